"""The routes whose answers have figures of several apps: funds, and commitments."""

from ninja import Router

from . import commitments, funds, links, positions

router = Router(by_alias=True)
for _part in (funds, commitments, positions):
    router.add_router("", _part.router)

__all__ = ["links", "router"]
