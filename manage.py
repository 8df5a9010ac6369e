#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL, the checkout's own PostgreSQL runs as long as the command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blackgem.settings")
    if os.environ.get("BLACKGEM_ENV") != "production":
        start_embedded_database()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def start_embedded_database() -> None:
    from devtools.embedded import EmbeddedError
    from devtools.embedded.demand import provide_database

    try:
        provide_database(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
