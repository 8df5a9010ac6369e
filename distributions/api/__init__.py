"""The routes of distributions, payouts and write-downs. Each handler calls one service or one query."""

from ninja import Router

from . import distributions, links, notices, payouts, returns, rights, waterfall, write_downs

router = Router(by_alias=True)
for _part in (distributions, waterfall, payouts, notices, write_downs, returns):
    router.add_router("", _part.router)

__all__ = ["links", "rights", "router"]
