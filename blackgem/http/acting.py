"""Who does it and when: what every handler hands to its service."""

from django.http import HttpRequest
from django.utils import timezone


def acting(request: HttpRequest) -> dict:
    return {"by": request.user, "at": timezone.now()}
