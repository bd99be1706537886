"""What `manage.py check --deploy` says of the project's own settings."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks

SHORT = "pixelstream.W003"


@pytest.mark.parametrize(
    ("token", "is_told"), [("", False), ("t" * 31, True), ("t" * 32, False), ("t" * 64, False)]
)
def test_a_token_for_metrics_that_can_be_guessed_is_told_before_a_deployment(
    settings: Any, token: str, is_told: bool
) -> None:
    settings.METRICS_TOKEN = token
    found = run_checks(include_deployment_checks=True)
    assert (SHORT in {one.id for one in found}) is is_told
    assert not any(token and token in str(one) for one in found)
    assert SHORT not in {one.id for one in run_checks()}
