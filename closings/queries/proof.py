"""The proof sheet of a closing: what it was worked out from, and what it came to, as a workbook with live formulas."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal

from blackgem.lib.knowledge import Knowledge
from capital.models import CapitalCallLine, CommitmentCapital
from closings.calc.equalise import equalise
from closings.calc.terms import Resplit
from closings.models import Closing
from closings.proof_sheet.build import build_proof_sheet
from closings.proof_sheet.terms import ProofFacts
from closings.queries.fees_before import fees_before
from closings.queries.shares import ShareRoot
from closings.queries.working import Party, Root, Source, given, work_out
from closings.states import ClosingStatus
from distributions.models import Distribution
from funds.models import Commitment

ZERO = Decimal("0.00")
_JUST_BEFORE = timedelta(microseconds=1)


def proof_of(closing: Closing, *, at: datetime) -> bytes:
    """The workbook, dated `at`: of what was settled, or of what it would be now. Raises what `work_out` raises."""
    if closing.status == ClosingStatus.SETTLED:
        frozen = Closing.objects.values_list("inputs", flat=True).get(pk=closing.pk)
        parties = _frozen_parties(closing, frozen)
        facts = _proved(closing, parties, _frozen_roots(frozen), _frozen_shares(frozen))
    else:
        found = work_out(closing)
        facts = _proved(closing, found.parties, found.roots, found.shares)
    return build_proof_sheet(facts, heading=_heading(closing), at=at)


def proof_name(closing: Closing) -> str:
    """By the fund's code: "LSFI-closing-2-proof.xlsx"."""
    return f"{closing.fund.code}-closing-{closing.number}-proof.xlsx"


def _proved(closing: Closing, parties, roots, shares) -> ProofFacts:
    facts = given(closing, parties, roots, shares, fees_before(closing, parties))
    parts = {one.name: getattr(facts, one.name) for one in fields(facts)}
    beside, unit = parts.pop("beside"), parts.pop("unit")
    return ProofFacts(
        **parts,
        found=equalise(*parts.values(), beside=beside, unit=unit),
        beside=beside,
        unit=unit,
        partner_names={one.investor_id: one.name for one in parties},
        line_names={root.line.pk: _name_of(root.line) for root in roots}
        | {one.key: str(one.distribution) for one in shares},
    )


def _name_of(line: CapitalCallLine) -> str:
    name = line.allocation.deal.name if line.allocation_id else line.get_kind_display()
    return f"Call {line.call.number}: {name}"


def _heading(closing: Closing) -> list[str]:
    inputs = f" SHA-256 of its inputs: {closing.inputs_sha256}" if closing.inputs_sha256 else ""
    return [
        f"{closing.fund.legal_name}: closing {closing.number} on {closing.held_on.isoformat()}",
        f"{closing.get_status_display()}.{inputs}",
    ]


# ---------------------------------------------------------------- what a settled closing was worked out from


def _frozen_parties(closing: Closing, frozen: dict) -> tuple[Party, ...]:
    partners = {
        one.reference: one
        for one in Commitment.objects.filter(fund=closing.fund).only("reference", "kind", "investor")
    }
    known = Knowledge(closing.approved_at - _JUST_BEFORE)
    unfunded = {
        one.commitment_id: one.unfunded
        for one in CommitmentCapital.on(closing.pay_on, known, fund=closing.fund_id)
    }
    return tuple(
        Party(
            partners[reference].investor_id,
            name,
            reference,
            partners[reference].kind,
            Decimal(before),
            Decimal(after),
            partners[reference].pk,
            unfunded.get(partners[reference].pk, ZERO),
        )
        for reference, name, before, after in frozen["partners"]
    )


def _frozen_roots(frozen: dict) -> tuple[Root, ...]:
    keys = [line for line, *_ in frozen["lines"]]
    lines = CapitalCallLine.objects.select_related("call", "allocation__deal").in_bulk(keys)
    return tuple(
        Root(lines[line], _sources(held, dict(paid)), frozenset(excused), Resplit(resplit))
        for line, resplit, held, paid, excused in frozen["lines"]
    )


def _sources(held: list, paid: dict) -> dict[int, tuple[Source, ...]]:
    """Each partner's part as one."""
    return {key: (Source(0, 0, 0, 0, Decimal(amount), Decimal(paid.get(key, ZERO))),) for key, amount in held}


def _frozen_shares(frozen: dict) -> tuple[ShareRoot, ...]:
    """Each partner's share as two rows: what may be called again, and the rest."""
    found = frozen.get("shares", [])
    distributions = Distribution.objects.defer("inputs").in_bulk([pk for pk, *_ in found])
    return tuple(
        ShareRoot(
            distributions[pk],
            date.fromisoformat(paid_on),
            {
                key: ((0, True, Decimal(again)), (0, False, Decimal(held) - Decimal(again)))
                for key, held, again in rows
            },
            {},
            frozenset(excused),
            Resplit(resplit),
        )
        for pk, resplit, paid_on, rows, excused in found
    )
