"""What `--limit` of the commands for cron takes."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db

COMMANDS = [
    *("audit_storage", "claim_ownerless", "clean_references", "drain_outbox"),
    *("erase_accounts", "expire_exports", "expire_shares", "purge_trash", "recount_quota"),
    *("purge_api_requests", "purge_sessions", "resume_emptyings", "resume_exports"),
    "sweep_jobs",
]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("limit", ["0", "-1", "x", "²"])
def test_a_limit_of_nothing_is_refused_in_words(command: str, limit: str) -> None:
    with pytest.raises(CommandError, match="--limit: must be 1 or more"):
        call_command(command, f"--limit={limit}")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_limit_is_taken(command: str) -> None:
    call_command(command, "--limit=1")
