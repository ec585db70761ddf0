#!/usr/bin/env python
"""Django's door for the command line. Which login a command gets is said by COUNTERSIGN_PROCESS."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    execute_from_command_line(sys.argv)
