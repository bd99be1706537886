"""On whose account a call goes out: the person's own key, or the operator's.

Chosen when a job is made, and never changed afterwards: a job that was to run on a person's key
does not fall back to the operator's money, nor the reverse.
"""

from __future__ import annotations

from generation import catalogue
from generation.models import GenerationJob
from generation.providers import registry
from generation.providers.errors import ErrorKind, ProviderError
from generation.providers.types import Connection, ModelSpec
from generation.services import keys
from generation.services.keys import KeyState


def on_own_key(spec: ModelSpec, states: catalogue.Keys) -> bool:
    """Whether a new job for this model runs on the person's own key: if there is one, it does."""
    return states.get(spec.provider) is KeyState.USABLE


def for_job(job: GenerationJob, spec: ModelSpec) -> Connection:
    """The connection for a job. Raises ProviderError (AUTH) when its key is not there any more."""
    if job.uses_own_key:
        return keys.connection(job.owner, spec.provider)
    connection = registry.operator_connection(spec.provider)
    if connection is None:
        variable = registry.PROVIDERS[spec.provider].key_variable
        raise ProviderError(ErrorKind.AUTH, f"Missing required environment variable: {variable}")
    return connection
