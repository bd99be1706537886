"""Settings of the workers in the fault tests: as in production, but in more of a hurry.

The pytest process shares their database, folder and broker. FAULTS_REAL_TIMES=1 keeps the times
of production, for measuring how long a recovery takes.
"""

from __future__ import annotations

from datetime import timedelta

from environs import Env

from pixelstream.settings import *  # noqa: F403
from pixelstream.settings import CELERY_BEAT_SCHEDULE, DATA_DIR, INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.vendor"]
FAULTPOINTS = f"@{DATA_DIR / 'fault-plan'}"
BUILTIN_ENGINE_FAULTS = True
HTTPS = True  # it is not; but the vendor beside it is told where to call back only then

if not Env().bool("FAULTS_REAL_TIMES", False):
    JOB_LEASE = timedelta(seconds=5)
    JOB_LEASE_RENEWAL = timedelta(seconds=1)
    CELERY_BEAT_SCHEDULE = {
        name: {**entry, "schedule": timedelta(seconds=1), "options": {"expires": 5}}
        for name, entry in CELERY_BEAT_SCHEDULE.items()
        # The vendor beside it has no list of models, and would be asked for it every second.
        if entry["task"] != "generation.tasks.refresh_catalogue"
    }
