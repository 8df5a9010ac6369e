"""The ASGI entry point of the web server."""

import os

from django.core.asgi import get_asgi_application

from blackgem.lib.sql_files import require_current_or_away

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "blackgem.settings")
# Each web process keeps its connections in a pool, one per thread that may need it.
os.environ.setdefault("DATABASE_POOL_MAX", "32")
# Who waits longer than a person would is told to come again.
os.environ.setdefault("DATABASE_LOCK_TIMEOUT", "3")
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "30")

application = get_asgi_application()

require_current_or_away()
