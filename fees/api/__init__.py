"""The routes of management fees. Each handler calls one service or one query."""

from ninja import Router

from . import asked, happened, letters, links, rights, runs, waivers

router = Router(by_alias=True)
for _part in (asked, happened, runs, letters, waivers):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
