#!/usr/bin/env python
"""The operator's commands: `manage.py help` lists them."""

import gc
import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kms_project.settings")
    gc.disable()  # `KmsProjectConfig` enables it, when everything is loaded
    execute_from_command_line(sys.argv)
