"""A fund with two investors who must not know of each other, and everybody who might ask about them."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from uuid import UUID

from pypdf import PdfWriter

from blackgem.identity import changes
from blackgem.lib.context import WriteContext
from blackgem.models import AccountChange, SavedView, User
from capital.models import CapitalCallItem, Excuse, ResidualSettlement
from capital.services.settlements import settle_residual
from closings.models import (
    ClosingReversal,
    Refund,
)
from closings.services.refunds import request_refund_reversal
from distributions.models import DistributionItem
from distributions.services.write_downs import write_down
from funds.access import Role
from funds.models import Fund, Notice, NoticeDelivery, NoticeDocument, PartMessage
from funds.queries.seals import seal_of_letter
from funds.services.controls import reject_change
from funds.services.invitations import invite_member
from tests.access.banked import banked
from tests.access.later import Later
from tests.access.payees import payees
from tests.factories import (
    AdminFactory,
    BankDetailsFactory,
    ContactFactory,
    FundFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
    set_by_two,
)
from tests.integration.capital.story import TODAY
from tests.integration.distributions.story import AT_EXIT, EXIT, ExitStory
from tests.support.api import token_of
from tests.support.opened import written

#: In the order of the table's columns.
PEOPLE = ("anonymous", "lp_a", "lp_b", "analyst", "auditor", "other", "manager", "admin")


def public_ids(
    item: CapitalCallItem, paid: DistributionItem, notice: Notice, refund: Refund
) -> dict[str, UUID]:
    """The ids in the addresses of the portal, and what investors call the rest."""
    partner = item.commitment
    named = {"call_item": item, "distribution_item": paid, "notice": notice, "letter_id": notice}
    named |= {"call_part_id": item, "distribution_part_id": paid, "refund": refund}
    named |= {"commitment": partner, "investor": partner.investor, "fund": partner.fund}
    return {name: row.public_id for name, row in named.items()}


@written()
def _saved_view(person) -> SavedView:
    return SavedView.objects.create(user=person, page="capital:call_list", name="Mine")


@dataclass
class World(Later):
    """A fund that called, was paid, and distributed. What it is asked about is investor B's."""

    story: ExitStory

    @classmethod
    def make(cls) -> "World":
        story = ExitStory(short="50000.00")
        BankDetailsFactory(fund=story.fund, created_by=story.manager)
        waiting = {"verified_at": None, "verified_by": None, "version": 2}
        BankDetailsFactory(fund=story.fund, created_by=story.manager, **waiting)
        return cls(story)

    @cached_property
    def people(self) -> dict[str, User | None]:
        fund, partners = self.story.fund, self.story.partners
        people = {"anonymous": None, "manager": self.story.manager, "admin": AdminFactory()}
        for name, partner in (("lp_a", partners[0]), ("lp_b", partners[1])):
            people[name] = ContactFactory(investor=partner.investor, user=UserFactory()).user
        for role in (Role.ANALYST, Role.AUDITOR):
            people[role.value] = MembershipFactory(fund=fund, role=role).user
        people["other"] = UserFactory()
        FundFactory(manager=people["other"])
        return people

    @cached_property
    def tokens(self) -> dict[str, str]:
        return {name: token_of(user) for name, user in self.people.items() if user}

    def _asked_of_an_account(self) -> AccountChange:
        """By another administrator than the one who looks around."""
        ctx = WriteContext(AdminFactory(), AT_EXIT)
        more = {"account": self.people["analyst"], "becomes": {"opens_funds": True}}
        return changes.ask(**more, reason="Opens the next fund", ctx=ctx)

    @cached_property
    def ids(self) -> dict[str, object]:
        """The value of every argument of an address; `item_id` and `reversal_id` depend on whose they are."""
        story, partner = self.story, self.story.partners[1]
        call = story.fund.capital_calls.order_by("number").last()
        item = call.items.get(commitment=partner)
        joined = self.joined()
        self.waive(call, story.partners[0], story.partners[2])
        distribution = story.issue_exit()
        story.pay_out(distribution)
        paid = distribution.items.get(commitment=partner)
        self.asked(call.items.get(commitment=story.partners[0]), "lp_a")
        allocation = story.allocate()
        assert self.tokens
        payment, payout = item.payments.get(), paid.payouts.get()
        refund = joined.refunds.get(commitment=partner)
        self.render()
        # Reversals and write-downs wait for a second person from here on.
        with written():
            Fund.objects.filter(pk=story.fund.pk).update(four_eyes=True)
        asked = {"email": "new@example.com", "role": "analyst", "ctx": WriteContext(story.manager, AT_EXIT)}
        change, _ = invite_member(fund_id=story.fund.pk, **asked)
        reject_change(change_id=change.pk, ctx=asked["ctx"])
        came_back = request_refund_reversal(
            payout_id=refund.payouts.get().pk, reason="Returned", ctx=asked["ctx"]
        )
        with written():
            asked_back = ClosingReversal.objects.create(
                closing=joined,
                fund=story.fund,
                reason="Not signed",
                four_eyes=True,
                requested_by=story.manager,
                requested_at=AT_EXIT,
            )
        netted = self.netted(item, paid)
        remedy, withdrawal = self.defaulted(item)
        fees = self.fees(partner)
        loss = {"fund_id": story.fund.pk, "deal_id": allocation.deal_id, "date": TODAY, "amount": "1.00"}
        return {
            "fund_id": story.fund.pk,
            "investor_id": partner.investor_id,
            "contact_id": partner.investor.contacts.get(user=self.people["lp_b"]).pk,
            "commitment_id": partner.pk,
            "event_id": partner.events.get().pk,
            "user_id": self.people["analyst"].pk,
            "account_change_id": self._asked_of_an_account().pk,
            "control_change_id": change.pk,
            "change_id": change.pk,
            "invitation_id": InvitationFactory(fund=story.fund, created_by=story.manager).pk,
            "bank_details_id": story.fund.bank_details.get(version=2).pk,
            "allocation_id": allocation.pk,
            "amendment_id": allocation.amounts.get().pk,
            "deal_id": allocation.deal_id,
            "call_id": call.pk,
            "item_id": item.pk,
            "payment_id": payment.pk,
            "settlement_id": self.turned_down(item).pk,
            "excuse_id": self.not_excused(item).pk,
            "reversal_id": story.reverse(payment).pk,
            "receipt_id": payment.receipt_id,
            "return_id": self.returned(partner),
            "view_id": _saved_view(story.manager).pk,
            "distribution_id": distribution.pk,
            "distribution_item_id": paid.pk,
            "payout_id": payout.pk,
            "payout_reversal_id": story.take_back(payout).pk,
            "closing_id": self.closing(partner).pk,
            "settled_closing_id": joined.pk,
            "collecting_call_id": joined.call_id,
            "closing_reversal_id": asked_back.pk,
            "default_id": remedy.default_id,
            "remedy_id": remedy.pk,
            "withdrawal_id": withdrawal.pk,
            "default_withdrawal_id": withdrawal.pk,
            "setoff_id": netted.part.setoff_id,
            "setoff_part_id": netted.part_id,
            "setoff_reversal_id": netted.pk,
            **fees,
            "transfer_id": self.asked_to_transfer(partner).pk,
            **banked(story, self.people["admin"]),
            **self.periods(),
            **payees(story, partner),
            "refund_id": refund.pk,
            "refund_payout_id": came_back.payout_id,
            "refund_payout_reversal_id": came_back.pk,
            "write_down_id": write_down(**loss, ctx=WriteContext(story.manager, AT_EXIT)).pk,
            "notice_id": self.notice_of(item).pk,
            "adviser": UUID(int=7),
            "adviser_pk": 10**9,
            "question_id": self.asked(item, "lp_b").pk,
            **public_ids(item, paid, self.notice_of(item), refund),
            "form": "csv",
            "page": "glossary",
            "name": "notice-1.png",
            "token_id": self.people["lp_b"].api_tokens.get().pk,
            "pk": 1,
            "session_id": 1,
            "token": "nobody-was-given-this",
            "uidb36": "1",
            "key": "nobody-was-given-this",
            "object_id": 1,
            "id": self.people["lp_b"].pk,
            "url": "nothing",
            "app_label": "funds",
        }

    def ids_of(self, who: str) -> dict[str, object]:
        """The same of another investor: what differs is its own."""
        partner = self.story.partners[0 if who == "lp_a" else 1]
        notice = Notice.objects.filter(commitment=partner, kind=Notice.Kind.CAPITAL_CALL).latest("pk")
        paid = Notice.objects.filter(commitment=partner, kind=Notice.Kind.DISTRIBUTION).latest("pk")
        own = {"item_id": notice.item_id, "distribution_item_id": paid.item_id, "notice_id": notice.pk}
        own |= {"commitment_id": partner.pk, "investor_id": partner.investor_id}
        item = CapitalCallItem.objects.get(pk=notice.item_id)
        refund = Refund.objects.get(commitment=partner)
        paid = DistributionItem.objects.get(pk=paid.item_id)
        own |= {"refund_id": refund.pk, "fee": self.fee_of(partner)}
        return self.ids | own | public_ids(item, paid, notice, refund)

    def waive(self, call, *partners) -> None:
        """What these still owe on a call."""
        set_by_two(call.fund, residual_limit=100_000)
        for item in call.items.filter(commitment__in=partners):
            settle_residual(
                item_id=item.pk,
                kind=ResidualSettlement.Kind.WAIVED,
                effective_on=EXIT,
                reason="Charges",
                ctx=WriteContext(self.story.manager, AT_EXIT),
            )

    def turned_down(self, item) -> ResidualSettlement:
        """A settlement that was asked for and turned down."""
        people = {"recorded_by": self.story.manager, "rejected_by": self.story.manager}
        with written():
            return ResidualSettlement.objects.create(
                **{name: getattr(item, name) for name in ("fund", "call", "commitment")},
                item=item,
                kind=ResidualSettlement.Kind.WAIVED,
                amount=1,
                effective_on=item.call.call_date,
                reason="Charges",
                four_eyes=True,
                recorded_at=AT_EXIT,
                rejected_at=AT_EXIT,
                **people,
            )

    @written()
    def not_excused(self, item) -> Excuse:
        """An excuse that was asked for and turned down."""
        people = {"recorded_by": self.story.manager, "rejected_by": self.story.manager}
        return Excuse.objects.create(
            **{name: getattr(item, name) for name in ("fund", "call", "commitment")},
            item=item,
            line=item.item_lines.first().line,
            amount=1,
            effective_on=item.call.call_date,
            reason="Policy",
            four_eyes=True,
            recorded_at=AT_EXIT,
            rejected_at=AT_EXIT,
            **people,
        )

    @written()
    def asked(self, item, who: str) -> PartMessage:
        """A question of an investor about its part of a call."""
        return PartMessage.objects.create(
            fund=self.story.fund,
            commitment=item.commitment,
            kind=Notice.Kind.CAPITAL_CALL,
            subject_id=item.call_id,
            item_id=item.pk,
            text="May we pay in two parts?",
            written_at=AT_EXIT,
            written_by=self.people[who],
        )

    def notice_of(self, item) -> Notice:
        return Notice.objects.filter(kind=Notice.Kind.CAPITAL_CALL, item_id=item.pk).latest("version")

    def render(self) -> None:
        """A sheet of paper for every letter, sent, so that each can be opened."""
        for notice in Notice.objects.all():
            self.render_one(notice)

    @written()
    def render_one(self, notice: Notice) -> None:
        writer, sheet = PdfWriter(), BytesIO()
        writer.add_blank_page(200, 200)
        writer.write(sheet)
        content = sheet.getvalue()
        NoticeDocument.objects.create(
            notice=notice,
            content=content,
            sha256=sha256(content).hexdigest(),
            seal=seal_of_letter(notice, content),
            page_count=1,
            rendered_at=AT_EXIT,
        )
        NoticeDelivery.objects.create(
            notice=notice,
            recipients=["lp@example.com"],
            state=NoticeDelivery.State.SENT,
            requested_at=AT_EXIT,
            requested_by=self.story.manager,
            due_at=AT_EXIT,
            sent_at=AT_EXIT,
            message_id=f"<world-{notice.pk}@example.com>",
        )
