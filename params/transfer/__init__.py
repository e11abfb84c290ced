"""Trees of parameters, out of files and into files: `manage.py params`."""
