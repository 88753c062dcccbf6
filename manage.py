#!/usr/bin/env python3
"""Django's command-line entry."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum_portal.settings")
    try:
        # Django would pass over a wrong variable here and stumble later, without its name.
        bool(settings.INSTALLED_APPS)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    execute_from_command_line(sys.argv)
