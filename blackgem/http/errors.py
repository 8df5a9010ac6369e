"""What can be wrong with a request before it reaches any rule of the domain."""

from blackgem.lib.errors import DomainError


class BadRequest(DomainError):
    """The request cannot be read at all (400)."""

    status = 400


class Unauthorized(DomainError):
    """Nobody, or nobody we know, is asking (401)."""

    status = 401


class LengthRequired(DomainError):
    """A body came without its length (411)."""

    status = 411


class TooLarge(DomainError):
    """The body is larger than any request of this API needs to be (413)."""

    status = 413


class UnsupportedMediaType(DomainError):
    """The body is something else than plain JSON in UTF-8 (415)."""

    status = 415
