"""What each rail of the seals says, should it ever have to speak."""

from functools import partial

from blackgem.lib.errors import Conflict
from blackgem.lib.sql import RAILS

_CHAIN = partial(Conflict, "seal.chain", "A seal follows the one before it, and stays as it is.")
_DONE = partial(Conflict, "reconciliation.done", "What was reconciled on a day stays as it was found.")

EVIDENCE_RAILS = {
    "seals_are_append_only": _CHAIN,
    "seals_follow_each_other": _CHAIN,
    "seals_cover_what_was_covered": _CHAIN,
    "leaf_salt_is_sixteen_bytes": _CHAIN,
    "chain_seal_hashes_are_hashes": _CHAIN,
    "anchor_told_has_a_hash": _CHAIN,
    "one_salt_per_sealed_row": _CHAIN,
    "reconciliations_are_append_only": _DONE,
    "reconciliation_asks_something": _DONE,
}

RAILS.update(EVIDENCE_RAILS)
