"""The routes of later closings and their refunds. Each handler calls one service or one query."""

from ninja import Router

from . import closings, letters, links, refunds, rights

router = Router(by_alias=True)
for _part in (closings, letters, refunds):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
