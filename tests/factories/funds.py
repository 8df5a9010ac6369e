"""People, funds and partners, saved through the ORM as the application's role, under its rails."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from uuid import uuid4

import factory
from django.db import transaction
from django.utils import timezone
from factory.django import DjangoModelFactory

from blackgem.lib.context import WriteContext
from blackgem.lib.opened import open_import
from blackgem.models import User
from capital.models import AllocationAmount, FundAllocation
from funds.models import (
    BankDetails,
    Commitment,
    CommitmentEvent,
    ControlChange,
    Deal,
    Fund,
    FundMembership,
    FundTerms,
    Investor,
    InvestorContact,
    Invitation,
    MailDomain,
    PortalGrant,
)
from funds.queries.controls import needs_another, request_needs_another
from funds.services.controls import plain
from funds.services.senders import admit_domain

ALLOTTED_AT = datetime(2025, 10, 1, tzinfo=UTC)
PASSWORD = "correct-horse-battery"


class Written(DjangoModelFactory):
    """A row that somebody entered, at some time, past the services."""

    class Meta:
        abstract = True

    @classmethod
    @transaction.atomic(savepoint=False)
    def _create(cls, model_class, *args, **kwargs):
        open_import()
        return super()._create(model_class, *args, **kwargs)


class UserFactory(Written):
    """Signs in with `PASSWORD`; a test client needs only `client.force_login(user)`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    full_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with transaction.atomic(savepoint=False):
            open_import()
            return model_class.objects.create_user(*args, **{"password": PASSWORD, **kwargs})


class AdminFactory(UserFactory):
    """A superuser."""

    is_staff = True
    is_superuser = True


class FundFactory(Written):
    """A fund in US dollars without four eyes, whose letters may leave without bank details. `manager=user` (analyst,
    auditor) makes a member."""

    class Meta:
        model = Fund
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Fund no. {n}")
    legal_name = factory.LazyAttribute(lambda fund: f"{fund.name}, L.P.")
    currency = "USD"
    lpa_date = date(2025, 9, 1)
    letters_without_account = True
    created_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model_class, *args, created_by, **kwargs):
        """By somebody who may open funds, and stands for this one as a sender of letters."""
        with transaction.atomic(savepoint=False):
            let_open_funds(created_by)
            sender = {"sender_admitted_by": created_by, "sender_admitted_at": timezone.now()}
            return super()._create(model_class, *args, created_by=created_by, **sender | kwargs)

    @factory.post_generation
    def manager(fund, create, user, **kwargs):
        if user:
            let_open_funds(user)
        _join(fund, user, FundMembership.Role.MANAGER)

    @factory.post_generation
    def analyst(fund, create, user, **kwargs):
        _join(fund, user, FundMembership.Role.ANALYST)

    @factory.post_generation
    def auditor(fund, create, user, **kwargs):
        _join(fund, user, FundMembership.Role.AUDITOR)


@transaction.atomic(savepoint=False)
def let_open_funds(user) -> None:
    """As an administrator would."""
    open_import()
    user.opens_funds = True
    user.save(update_fields=["opens_funds"])


@transaction.atomic(savepoint=False)
def rename(fund, **fields) -> None:
    """Change a fund, its names among the rest, as who may open funds would."""
    open_import()
    for name, value in {**fields, "sender_admitted_at": timezone.now()}.items():
        setattr(fund, name, value)
    fund.save()


@transaction.atomic(savepoint=False)
def _join(fund, user, role):
    if user:
        open_import()
        FundMembership.objects.create(fund=fund, user=user, role=role)


def admit(email: str) -> None:
    """Let funds give this address to investors."""
    if not MailDomain.objects.admits(email):
        admit_domain(name=email.rpartition("@")[2], ctx=WriteContext(AdminFactory(), timezone.now()))


class FundTermsFactory(Written):
    class Meta:
        model = FundTerms

    fund = factory.SubFactory(FundFactory)
    version = factory.LazyAttribute(lambda terms: terms.fund.terms.count() + 1)
    effective_on = date(2025, 9, 1)
    created_by = factory.SelfAttribute("fund.created_by")


@transaction.atomic
def agreed(funds, kind, becomes: dict, *, subject_id=None, write):
    """What `write()` answers, which weakens a control: in each fund in use two people agreed to it a moment before."""
    open_import()
    asked = {"kind": kind, "subject_id": subject_id, "was": {}, "becomes": becomes, "batch": uuid4()}
    for fund in funds:
        if needs_another(fund.pk, kind):
            who = {"recorded_by": UserFactory(), "approved_by": UserFactory()}
            when = {"recorded_at": timezone.now(), "approved_at": timezone.now()}
            ControlChange.objects.create(fund=fund, **asked, **who, **when)
    return write()


def set_by_two(fund, **fields) -> None:
    """Change settings of a fund as two people would, one at a time."""
    kinds = {
        "four_eyes": "four_eyes",
        "contact_email": "sender",
        "residual_limit": "limit",
        "looked_at_above": "limit",
        "warnings_acknowledged": "limit",
        "partner_totals": "totals",
    }
    for name, value in fields.items():
        changed = {name: value}
        write = partial(Fund.objects.filter(pk=fund.pk).update, **changed)
        agreed([fund], kinds[name], plain(changed), write=write)


def steer_by_two(contact, **fields) -> None:
    """Change where the letters of an investor go, as every fund of it would agree to."""
    becomes = {"id": contact.pk, "email": contact.email, "takes_notices": contact.takes_notices} | fields
    funds = Fund.objects.filter(commitments__investor=contact.investor_id).distinct()
    write = partial(InvestorContact.objects.filter(pk=contact.pk).update, **fields)
    agreed(funds, "contact", becomes, subject_id=contact.investor_id, write=write)


class MembershipFactory(Written):
    """In a fund in use, with a role that two people agreed to."""

    class Meta:
        model = FundMembership

    fund = factory.SubFactory(FundFactory)
    user = factory.SubFactory(UserFactory)
    role = FundMembership.Role.MANAGER

    @classmethod
    def _create(cls, model_class, *args, fund, user, role, **kwargs):
        write = partial(super()._create, model_class, fund=fund, user=user, role=role)
        return agreed([fund], "role", {"role": role}, subject_id=user.pk, write=write)


class InvitationFactory(Written):
    """The offer of a role that waits to be accepted; in a fund in use, two people agreed to it."""

    class Meta:
        model = Invitation

    fund = factory.SubFactory(FundFactory)
    role = FundMembership.Role.ANALYST
    email = factory.Sequence(lambda n: f"invited{n}@example.com")
    token_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    created_at = datetime(2025, 9, 2, 12, tzinfo=UTC)
    created_by = factory.SelfAttribute("fund.created_by")
    expires_at = datetime(2055, 9, 2, 12, tzinfo=UTC)

    @classmethod
    def _create(cls, model_class, *args, fund=None, **kwargs):
        write = partial(super()._create, model_class, *args, fund=fund, **kwargs)
        return (
            agreed([fund], "role", {name: kwargs[name] for name in ("email", "role")}, write=write)
            if fund
            else write()
        )


class BankDetailsFactory(Written):
    """Verified payment instructions; `verified_at=None, verified_by=None` leaves them pending."""

    class Meta:
        model = BankDetails

    fund = factory.SubFactory(FundFactory)
    version = factory.LazyAttribute(lambda details: details.fund.bank_details.count() + 1)
    bank_name = "First Republic Trust"
    account_name = factory.SelfAttribute("fund.legal_name")
    account_number = "000123456789"
    routing_number = "021000021"
    four_eyes = factory.LazyAttribute(lambda row: request_needs_another(row.fund.pk, "bank_details"))
    created_by = factory.SelfAttribute("fund.created_by")
    verified_at = datetime(2025, 9, 2, 12, tzinfo=UTC)
    verified_by = factory.SubFactory(UserFactory)


class InvestorFactory(Written):
    """`contact="a@b.example"` gives it a contact who takes notices."""

    class Meta:
        model = Investor
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Investor {n}")
    created_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def contact(investor, create, email, **kwargs):
        if email:
            ContactFactory(investor=investor, email=email)


class ContactFactory(Written):
    class Meta:
        model = InvestorContact
        skip_postgeneration_save = True

    investor = factory.SubFactory(InvestorFactory)
    name = factory.SelfAttribute("investor.name")
    email = factory.Sequence(lambda n: f"contact{n}@example.com")

    @classmethod
    def _create(cls, model_class, *args, investor, email, takes_notices=True, **kwargs):
        row = {"investor": investor, "email": email, "takes_notices": takes_notices}
        write = partial(super()._create, model_class, *args, **row, **kwargs)
        funds = Fund.objects.filter(commitments__investor=investor).distinct() if takes_notices else []
        becomes = {"email": email, "takes_notices": True}
        return agreed(funds, "contact", becomes, subject_id=investor.pk, write=write)

    @factory.post_generation
    def sees(contact, create, commitments, **kwargs):
        """Everything that the investor promised, or only these commitments."""
        for commitment in contact.investor.commitments.all() if commitments is None else commitments:
            _let_see(contact, commitment)


@transaction.atomic(savepoint=False)
def _let_see(contact, commitment) -> None:
    """By a manager of the fund; where it has none, by an administrator."""
    fund = commitment.fund
    manager = fund.memberships.filter(role="manager", user__is_active=True).exclude(user=contact.user).first()
    by = manager.user if manager else AdminFactory()
    row = {"commitment": commitment, "contact": contact, "granted_by": by, "granted_at": timezone.now()}
    becomes = {"contact_id": contact.pk, "email": contact.signs_in_as}
    write = partial(PortalGrant.objects.create, **row)
    agreed([fund], "portal", becomes, subject_id=contact.investor_id, write=write)


class DealFactory(Written):
    class Meta:
        model = Deal

    name = factory.Sequence(lambda n: f"Deal {n}")
    created_by = factory.SubFactory(UserFactory)


class CommitmentFactory(Written):
    """100,000.00 unless told otherwise; the reference is the next free number of the fund. Contacts of the investor
    see it in the portal."""

    class Meta:
        model = Commitment
        skip_postgeneration_save = True

    fund = factory.SubFactory(FundFactory)
    investor = factory.SubFactory(InvestorFactory, created_by=factory.SelfAttribute("..fund.created_by"))
    closing_date = factory.LazyAttribute(lambda commitment: commitment.fund.lpa_date)
    reference = factory.LazyAttribute(lambda commitment: f"{commitment.fund.commitments.count() + 1:04d}")
    created_by = factory.SelfAttribute("fund.created_by")

    @classmethod
    @transaction.atomic(savepoint=False)
    def _create(cls, model_class, *args, amount=Decimal("100000.00"), **kwargs):
        """Admitted on its closing date."""
        commitment = super()._create(model_class, *args, **kwargs)
        people = {"recorded_by": commitment.created_by, "approved_by": commitment.created_by}
        CommitmentEvent.objects.create(
            fund=commitment.fund,
            commitment=commitment,
            kind="admitted",
            changes_commitment=True,
            amount=amount,
            effective_on=commitment.closing_date,
            four_eyes=False,
            recorded_at=ALLOTTED_AT,
            approved_at=ALLOTTED_AT,
            **people,
        )
        return commitment

    @factory.post_generation
    def seen(commitment, create, seen, **kwargs):
        for contact in commitment.investor.contacts.all() if seen is not False else ():
            _let_see(contact, commitment)


@transaction.atomic(savepoint=False)
def promise_more(commitment: Commitment, amount: Decimal) -> None:
    """An increase from its closing date on."""
    open_import()
    people = {"recorded_by": commitment.created_by, "approved_by": commitment.created_by}
    CommitmentEvent.objects.create(
        fund=commitment.fund,
        commitment=commitment,
        kind="increased",
        changes_commitment=True,
        amount=amount,
        effective_on=commitment.closing_date,
        reason="Signed more",
        four_eyes=False,
        recorded_at=ALLOTTED_AT,
        approved_at=ALLOTTED_AT,
        **people,
    )


class AllocationFactory(Written):
    """1,000,000.00 for a deal, of which nothing is called."""

    class Meta:
        model = FundAllocation
        skip_postgeneration_save = True

    fund = factory.SubFactory(FundFactory)
    deal = factory.SubFactory(DealFactory, created_by=factory.SelfAttribute("..fund.created_by"))
    created_by = factory.SelfAttribute("fund.created_by")

    @factory.post_generation
    def committed_amount(self, create, amount, **kwargs):
        """Allotted on the first day of the tests' funds."""
        with transaction.atomic(savepoint=False):
            open_import()
            people = {"recorded_by": self.created_by, "approved_by": self.created_by}
            AllocationAmount.objects.create(
                fund=self.fund,
                allocation=self,
                kind="allotment",
                amount=amount or Decimal("1000000.00"),
                effective_on=self.fund.lpa_date,
                four_eyes=False,
                recorded_at=ALLOTTED_AT,
                approved_at=ALLOTTED_AT,
                **people,
            )
