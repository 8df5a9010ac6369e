"""The routes of later closings, refunds, transfers, set-offs and defaults. Each handler calls one service or query."""

from ninja import Router

from . import closings, defaults, letters, links, losses, refunds, rights, setoffs, transfers

router = Router(by_alias=True)
for _part in (closings, letters, refunds, transfers, setoffs, defaults, losses):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
