#!/usr/bin/env python
"""Django's command line for Faultline: ``lab``, ``host``, ``migrate``, …"""

import os
import sys

from lab.web.bad_start import BadStart


def main() -> None:
    """Run the command that the arguments name; a bad start ends with one sentence and status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lab.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BadStart as problem:
        sys.exit(f"Faultline cannot start: {problem}")


if __name__ == "__main__":
    main()
