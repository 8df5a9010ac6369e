"""The account of a commitment: what was called, paid, got, and may still be called.

Calls make the account; the app that keeps them registers the relation through which its roll-up is read.
"""

from funds.models import Commitment

_relations: list[str] = []


def register_accounts(relation: str) -> None:
    """`relation` leads from a commitment to its account."""
    _relations[:] = [relation]


def account_path(figure: str = "") -> str:
    """The look-up from a commitment to its account, or to a figure of it: "unfunded"."""
    return f"{_relations[0]}__{figure}" if figure else _relations[0]


def account_of(commitment: Commitment):
    """The account, in the fund's currency; read with the commitment if that was fetched with `account_path()`."""
    return getattr(commitment, _relations[0])
