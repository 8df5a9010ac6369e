#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL, the checkout's own PostgreSQL runs as long as the command."""

import os
import sys

from blackgem.embedded import EmbeddedError
from blackgem.embedded.demand import provide_database


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blackgem.settings")
    try:
        provide_database(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
