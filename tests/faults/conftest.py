"""One broker, one worker group and one beat for all fault tests; each test finds them running."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings

from generation import catalogue
from generation.models import GenerationJob
from generation.providers import registry
from tests.conftest import BrokerServer
from tests.faults.harness import THOROUGH, Stack
from tests.faults.vendor import provider as vendor

FOLDER = Path(__file__).parent

# Measuring and chaos take their time: `make prove` asks for them.
collect_ignore = [] if THOROUGH else ["test_recovery.py", "test_chaos.py"]
if project_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    collect_ignore.append("test_frozen_commit.py")


@pytest.fixture(autouse=True)
def _nobody_else_works(started_stack: Stack, request: pytest.FixtureRequest) -> None:
    """A test that does not ask for workers has none: they would take its jobs."""
    if "stack" not in request.fixturenames:
        started_stack.stop()


@pytest.fixture(scope="session")
def started_stack(broker_server: BrokerServer, django_db_setup: None) -> Iterator[Stack]:
    stack = Stack(broker_server)
    yield stack
    stack.stop()


@pytest.fixture
def stack(
    transactional_db: None,
    _clean_broker: None,
    started_stack: Stack,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stack]:
    """Everything runs, no fault is planned, and the counting vendor is known here too."""
    monkeypatch.setattr(catalogue, "_load", catalogue._load)
    monkeypatch.setitem(registry.PROVIDERS, vendor.CountingProvider.slug, "")
    vendor.register()
    started_stack.faults = 0
    started_stack.plan()
    started_stack.ensure_running()
    yield started_stack
    started_stack.plan()
    if GenerationJob.objects.unfinished().exists():
        # After a failure: what hangs or is frozen must not hold up the tests that follow.
        started_stack.stop_workers()


@pytest.fixture
def credits_on(settings: Any) -> None:
    """Work costs credits, of which everybody has enough."""
    settings.CREDITS_ENABLED = True
    settings.CREDITS_SIGNUP_GRANT = 1_000_000


@pytest.fixture
def real_times(stack: Stack) -> Iterator[Stack]:
    """The workers and the beat keep the times of production."""
    stack.stop()
    stack.real_times = True
    stack.ensure_running()
    yield stack
    stack.stop()
    stack.real_times = False


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """The tests of other folders, in the same process, have their database for themselves."""
    stack = getattr(item, "funcargs", {}).get("started_stack")
    if stack is not None and (nextitem is None or FOLDER not in nextitem.path.parents):
        stack.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[pytest.TestReport]:
    report = yield
    stack = getattr(item, "funcargs", {}).get("stack")
    if report.when == "call" and report.failed and isinstance(stack, Stack):
        report.sections.append(("last words of the programs", stack.log_tails()))
    return report
