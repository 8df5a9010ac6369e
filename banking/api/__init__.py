"""The routes of bank statements. Each handler calls one service or one query."""

from . import links, rights, statements

router = statements.router

__all__ = ["links", "rights", "router"]
