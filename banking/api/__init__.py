"""The routes of bank statements. Each handler calls one service or one query."""

from ninja import Router

from . import links, rights, settling, statements

router = Router()
for _one in (statements, settling):
    router.add_router("", _one.router)

__all__ = ["links", "rights", "router"]
