"""Pages are sent compressed, but to nobody who could learn a secret from their length.

Decision 48 says who could, and what holds him off.
"""

from django.http import HttpRequest, HttpResponse
from django.middleware.gzip import GZipMiddleware

#: What a browser says of a request that another site made it send, by a link, a form or a picture.
FROM_ELSEWHERE = {"cross-site", "same-site"}
TEXTS = ("text/", "application/json", "application/problem+json", "image/svg+xml")


class Compressed(GZipMiddleware):
    """Django's compression, whose lengths are random by up to a hundred bytes, of text that this site asked for."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        from_elsewhere = request.headers.get("Sec-Fetch-Site") in FROM_ELSEWHERE
        if from_elsewhere or not response.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
