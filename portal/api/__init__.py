"""The routes of what an investor is told. Each handler calls one query."""

from ninja import Router

from . import links, own, statements

router = Router(by_alias=True)
router.add_router("", statements.router)
router.add_router("", own.router)

__all__ = ["links", "router"]
