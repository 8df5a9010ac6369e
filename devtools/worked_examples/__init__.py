"""Worked examples of an agreement, recomputed with the same pure functions that the application uses.

It belongs to no app: the examples are about money in (capital), money out (distributions) and returns (funds).
"""

from devtools.worked_examples.defaults import compute_default
from devtools.worked_examples.equalisations import compute_equalisation
from devtools.worked_examples.fees import compute_fee
from devtools.worked_examples.figures import compute_clawback, compute_multiple, compute_prorata, compute_xirr
from devtools.worked_examples.keys import compute_excuse, compute_next_call_key
from devtools.worked_examples.netting import compute_setoff
from devtools.worked_examples.reading import Case
from devtools.worked_examples.transfers import compute_transfer
from devtools.worked_examples.waterfalls import compute_waterfall

COMPUTE = {
    "waterfall": compute_waterfall,
    "clawback": compute_clawback,
    "xirr": compute_xirr,
    "multiple": compute_multiple,
    "prorata": compute_prorata,
    "excuse": compute_excuse,
    "next_call_key": compute_next_call_key,
    "equalisation": compute_equalisation,
    "transfer": compute_transfer,
    "default": compute_default,
    "setoff": compute_setoff,
    "fee": compute_fee,
}


def compute(case: Case) -> dict:
    """What a case comes to, in the shape of its `expected`: money as text with two decimals.

    Raises CaseError for a case that says something unknown or incomplete, and InvalidInput for one that is
    refused (terms, amounts, weights).
    """
    return COMPUTE[case.kind](case)
