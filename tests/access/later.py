"""What happens in the world of the access tests later on: closings, transfers, fees, periods, set-offs, defaults."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from blackgem.lib.context import WriteContext
from capital.models import CapitalCallItem
from capital.services.payments import record_payment
from capital.services.receipts import record_receipt
from capital.services.returns import return_receipt
from closings.models import (
    Closing,
    Default,
    DefaultRemedy,
    DefaultWithdrawal,
    Setoff,
    SetoffPart,
    SetoffReversal,
    Transfer,
)
from closings.services.closings import draft_closing, submit_closing
from closings.services.planning import ClosingPlan, TranchePlan
from closings.services.refunds import pay_refunds
from distributions.models import DistributionItem
from fees.models import FeeRunCancellation, FeeStatement, FeeWaiverUse
from fees.services.asked import (
    approve_fee_schedule,
    record_fee_income,
    set_fee_letter,
    set_fee_schedule,
)
from fees.services.happened import record_fee_event, record_fee_realisation
from fees.services.payments import pay_fee_run
from fees.services.runs import approve_fee_run, request_fee_run
from funds.calc.quarters import quarter_of
from funds.models import Deal, PeriodClose
from tests.factories import (
    InvestorFactory,
)
from tests.integration.distributions.story import AT_EXIT, EXIT
from tests.support.opened import written

FEE_ROWS = ("schedule_id", "income_id", "realisation_id", "run_id")
JOINED = datetime(2027, 1, 15, 12, tzinfo=UTC)


class Later:
    """The part of the world that makes it."""

    @written()
    def asked_to_transfer(self, partner) -> Transfer:
        """A transfer of a half of another partner's interest to this one, which waits."""
        return Transfer.objects.create(
            fund=self.story.fund,
            number=1,
            transferor=self.story.partners[0],
            transferee=partner,
            numerator=1,
            denominator=2,
            effective_on=EXIT,
            reason="Sale",
            four_eyes=True,
            recorded_at=AT_EXIT,
            recorded_by=self.story.manager,
        )

    def joined(self) -> Closing:
        """A closing before the exit by which another partner came in: everybody gets something back."""
        plan = ClosingPlan(
            fund_id=self.story.fund.pk,
            held_on=JOINED.date(),
            pay_on=JOINED.date() + timedelta(days=14),
            tranches=(TranchePlan(InvestorFactory(created_by=self.story.manager).pk, Decimal("1000.00")),),
            fee_interest=Closing.FeeInterest.NONE,
            rate=Decimal("0.08"),
        )
        ctx = WriteContext(self.story.manager, JOINED)
        closing = submit_closing(closing_id=draft_closing(plan=plan, ctx=ctx).pk, ctx=ctx)
        paid = WriteContext(self.story.manager, JOINED + timedelta(days=14))
        [item] = closing.call.items.all()
        how = {"amount": item.amount, "value_date": closing.pay_on, "method": "wire"}
        record_payment(item_id=item.pk, **how, ctx=paid)
        pay_refunds(closing_id=closing.pk, value_date=closing.pay_on, ctx=paid)
        return closing

    def closing(self, partner) -> Closing:
        """A draft by which a partner promises more."""
        plan = ClosingPlan(
            fund_id=self.story.fund.pk,
            held_on=EXIT,
            pay_on=EXIT + timedelta(days=14),
            tranches=(TranchePlan(partner.investor_id, Decimal("1.00")),),
            fee_interest=Closing.FeeInterest.NONE,
            rate=Decimal("0.08"),
        )
        return draft_closing(plan=plan, ctx=WriteContext(self.story.manager, AT_EXIT))

    def fees(self, partner) -> dict[str, int]:
        """A schedule; another version, a side letter, fee income, an event, what was sold and a run that wait; one
        that the fund paid."""
        deal = Deal.objects.tied_to(self.story.fund).first().pk
        ctx, fund = WriteContext(self.story.manager, AT_EXIT), {"fund_id": self.story.fund.pk}
        terms = {"effective_on": EXIT, "rate": "0.02"}
        first = set_fee_schedule(**fund, fields=terms, ctx=ctx)
        approve_fee_schedule(schedule_id=first.pk, ctx=WriteContext(self.people["admin"], AT_EXIT))
        due = {"due_on": EXIT + timedelta(days=14)}
        spared = request_fee_run(**fund, **due, paid_from="cash", ctx=ctx)
        approve_fee_run(run_id=spared.pk, ctx=WriteContext(self.people["admin"], AT_EXIT))
        payment = pay_fee_run(run_id=spared.pk, value_date=EXIT, ctx=ctx)
        received = {"received_on": EXIT, "category": "other", "amount": "1.00"}
        ids = {
            "schedule_id": set_fee_schedule(**fund, fields=terms, ctx=ctx).pk,
            "fee_letter_id": set_fee_letter(commitment_id=partner.pk, effective_on=EXIT, ctx=ctx).pk,
            "income_id": record_fee_income(**fund, **received, ctx=ctx).pk,
            "fee_event_id": record_fee_event(
                **fund, kind="investment_period_ended", happened_on=EXIT, ctx=ctx
            ).pk,
            "realisation_id": record_fee_realisation(
                **fund, deal_id=deal, sold_on=EXIT, amount="1.00", ctx=ctx
            ).pk,
            "run_id": request_fee_run(**fund, **due, ctx=ctx).pk,
        }
        again = {f"fee_{name}": ids[name] for name in FEE_ROWS}
        paid = {"fee_payment_id": payment.pk}
        return ids | again | paid | self.waiting(spared, partner) | {"fee": self.fee_of(partner)}

    @written()
    def waiting(self, run, partner) -> dict[str, int]:
        """A cancellation of a run, and a use of waived fees, that wait and cannot take effect."""
        who = {"fund": run.fund, "four_eyes": True, "recorded_by": self.story.manager, "recorded_at": AT_EXIT}
        back = FeeRunCancellation.objects.create(run=run, effective_on=EXIT, reason="Mistyped", **who)
        item = CapitalCallItem.objects.filter(commitment=partner).first()
        use = FeeWaiverUse.objects.create(item=item, effective_on=EXIT, due_on=EXIT, amount=1, **who)
        both = {"cancellation_id": back.pk, "use_id": use.pk}
        return both | {"fee_cancellation_id": back.pk, "fee_waiver_use_id": use.pk}

    def fee_of(self, partner) -> UUID:
        """What a partner reads of its fee."""
        return FeeStatement.objects.get(commitment=partner).public_id

    def returned(self, partner) -> int:
        """Unapplied cash that went back to a partner, who was not told yet."""
        ctx = WriteContext(self.story.manager, AT_EXIT)
        receipt = record_receipt(fund_id=self.story.fund.pk, amount="5.00", value_date=EXIT, ctx=ctx)
        back = {"amount": "5.00", "value_date": EXIT, "reason": "Paid twice"}
        return return_receipt(receipt_id=receipt.pk, investor_id=partner.investor_id, ctx=ctx, **back).pk

    @written()
    def periods(self) -> dict[str, int]:
        """The first period of the fund, which waits to be closed."""
        fund = self.story.fund
        first, last = quarter_of(fund.began_on)
        who = {"recorded_at": AT_EXIT, "recorded_by": self.story.manager}
        close = PeriodClose.objects.create(fund=fund, first_day=first, last_day=last, **who)
        return {"close_id": close.pk, "period_close_id": close.pk}

    @written()
    def netted(self, item: CapitalCallItem, paid: DistributionItem) -> SetoffReversal:
        """A set-off that waits, and a request to take its part back."""
        fund = {"fund": self.story.fund}
        asked = {
            "requested_by": self.story.manager,
            "requested_at": AT_EXIT,
            "four_eyes": True,
            "reason": "Agreed",
        }
        both = {"call": item.call, "distribution": paid.distribution}
        setoff = Setoff.objects.create(number=1, value_date=EXIT, **fund, **asked, **both)
        part = SetoffPart.objects.create(
            setoff=setoff,
            commitment=item.commitment,
            call_item=item,
            distribution_item=paid,
            amount=Decimal("1.00"),
            **fund,
            **both,
        )
        return SetoffReversal.objects.create(part=part, **fund, **asked)

    @written()
    def defaulted(self, item: CapitalCallItem) -> tuple[DefaultRemedy, DefaultWithdrawal]:
        """Notice that was given, of which the withdrawal waits, and interest, both as if neither knew of the other."""
        asked = {"fund": self.story.fund, "effective_on": EXIT, "four_eyes": True, "recorded_at": AT_EXIT}
        asked |= {"recorded_by": self.story.manager, "reason": "Clause 6.6", "number": 1}
        default = Default.objects.create(
            call=item.call,
            item=item,
            commitment=item.commitment,
            due_on=item.call.due_date,
            cure_by=EXIT,
            rate="0.1",
            cap="0.5",
            approved_at=AT_EXIT,
            approved_by=self.people["admin"],
            **asked,
        )
        withdrawal = DefaultWithdrawal.objects.create(
            default=default,
            fund=self.story.fund,
            reason="Sent in error",
            four_eyes=True,
            requested_by=self.story.manager,
            requested_at=AT_EXIT,
        )
        later = {"kind": "interest", "amount": "1.00", "due_on": EXIT + timedelta(days=14)}
        return DefaultRemedy.objects.create(default=default, **later, **asked), withdrawal
