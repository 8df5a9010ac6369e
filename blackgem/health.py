"""Whether web, database and worker are up, and whatever else an app watches."""

from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blackgem.celery import worker_is_alive

#: What else is watched: name → whether it is well, asked of the database. Apps add theirs on loading.
WATCHED: dict[str, Callable[[], bool]] = {}


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except DatabaseError:
        return False


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503; the body says what is not. What cannot be asked is not well."""
    up = {"web": True, "database": database_answers(), "worker": worker_is_alive(settings.REDIS_URL)}
    up |= {name: up["database"] and is_well() for name, is_well in WATCHED.items()}
    return JsonResponse(up, status=200 if all(up.values()) else 503)
