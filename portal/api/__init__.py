"""The routes of what an investor is told. Each handler calls one query."""

from ninja import Router

from . import links, own, own_fees, questions, statements

router = Router(by_alias=True)
router.add_router("", statements.router)
router.add_router("", own.router)
router.add_router("", own_fees.router)
router.add_router("", questions.router)

__all__ = ["links", "router"]
