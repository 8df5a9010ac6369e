"""The routes of bank statements and payment files. Each handler calls one service or one query."""

from ninja import Router

from . import links, payments, rights, settling, statements

router = Router()
for _one in (statements, settling, payments):
    router.add_router("", _one.router)

__all__ = ["links", "rights", "router"]
