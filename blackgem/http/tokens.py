"""Bearer tokens: shown once, kept as a hash, good for their user, a scope and a time."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import F, QuerySet

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import NotFound
from blackgem.lib.opened import opened
from blackgem.lib.sql import service
from blackgem.lib.written_once import written_once
from blackgem.models import ApiToken, User

PREFIX = "bg_"
MAX_DAYS = 366


def sha256_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@service
def create_token(*, user: User, scope: str, days: int, name: str, ctx: WriteContext) -> str:
    """A new token that acts as `user` for `days` days. The text is returned here and nowhere else."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user=user,
        name=name,
        scope=scope,
        token_sha256=sha256_of(token),
        created_at=ctx.at,
        expires_at=ctx.at + timedelta(days=days),
    )
    audit.record(verb="create_token", ctx=ctx, subject=row, also=[user], changes={"scope": [None, scope]})
    return token


@service
def revoke_token(*, token: str, at: datetime) -> None:
    """This token is no longer good. One that is unknown or was revoked before stays as it is."""
    row = ApiToken.objects.select_for_update().filter(token_sha256=sha256_of(token), revoked_at=None).first()
    if row is not None:
        _end(row, WriteContext(row.user, at))


def find_token(token: str, *, at: datetime) -> User | None:
    """Whose token this is, with its scope as `token_scope`; None when unknown, expired, revoked, or the person may not
    sign in."""
    return next(iter(User.objects.raw(*_whose(sha256_of(token), at))), None)


@written_once
def _whose(digest: str, at: datetime) -> QuerySet[User]:
    good = {
        "api_tokens__token_sha256": digest,
        "api_tokens__expires_at__gt": at,
        "api_tokens__revoked_at": None,
    }
    return User.objects.filter(is_active=True, **good).annotate(token_scope=F("api_tokens__scope"))


def tokens_of(user: User):
    """A person's tokens, newest first."""
    return ApiToken.objects.filter(user=user).order_by("-pk")


@service
def revoke_own_token(*, token_id: int, ctx: WriteContext) -> ApiToken:
    """End one of one's own tokens. Raises NotFound, Conflict for one that has ended."""
    return _revoke(ApiToken.objects.filter(user=ctx.by), token_id, ctx)


@service
def revoke_any_token(*, token_id: int, ctx: WriteContext) -> ApiToken:
    """End a token of anybody's, as an administrator. Raises NotFound, Conflict for one that has ended."""
    return _revoke(ApiToken.objects.all(), token_id, ctx)


def check_revoke(token: ApiToken, by: User) -> None:
    """Whether a token may be ended: it has not been yet."""
    if token.revoked_at:
        raise out_of_state("token.revoked", "This token was already revoked.")


def _revoke(tokens, token_id, ctx: WriteContext) -> ApiToken:
    row = tokens.select_for_update(no_key=True).filter(pk=token_id).first()
    if row is None:
        raise NotFound("not_found", "There is no such token.")
    check_revoke(row, ctx.by)
    return _end(row, ctx)


def _end(row: ApiToken, ctx: WriteContext) -> ApiToken:
    with opened(ctx):
        row.revoked_at = ctx.at
        row.save(update_fields=["revoked_at"])
        audit.record(verb="revoke_token", ctx=ctx, subject=row, also=[row.user])
    return row
