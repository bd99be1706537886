#!/usr/bin/env python
"""Django's command line. `manage.py up` runs everything on this machine."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command that was asked for."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pixelstream.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        sys.exit("Django is not installed here: run `make run`, or use .venv/bin/python.")
    if sys.argv[1:2] == ["up"]:
        _prepare_machine()
    _load_settings()
    try:
        execute_from_command_line(sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell would; no traceback for a Ctrl-C


def _prepare_machine() -> None:
    """Make what the settings of one machine need before they can be loaded."""
    from pixelstream import local

    local.load_env_file()
    if not os.environ.get("SECRET_KEY") and not os.environ.get("SECRET_KEY_FILE"):
        try:
            local.ensure_secrets(local.data_dir())
        except OSError as error:
            sys.exit(f"Cannot write to DATA_DIR: {error}")


def _load_settings() -> None:
    """Load the settings first, for one clear line instead of a traceback if they are wrong."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from environs.exceptions import EnvError

    try:
        _ = settings.DEBUG
    except (ImproperlyConfigured, EnvError, PermissionError) as error:
        sys.exit(f"Settings: {error}")


if __name__ == "__main__":
    main()
