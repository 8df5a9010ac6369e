"""The routes of later closings, their refunds, transfers and set-offs. Each handler calls one service or one query."""

from ninja import Router

from . import closings, letters, links, refunds, rights, setoffs, transfers

router = Router(by_alias=True)
for _part in (closings, letters, refunds, transfers, setoffs):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
