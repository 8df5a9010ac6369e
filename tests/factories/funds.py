"""People, funds and partners, saved through the ORM as the application's role, under its rails."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from blackgem.lib.opened import open_import
from blackgem.models import User
from capital.models import AllocationAmount, FundAllocation
from funds.models import (
    BankDetails,
    Commitment,
    Deal,
    Fund,
    FundMembership,
    FundTerms,
    Investor,
    InvestorContact,
    Invitation,
    MailDomain,
)

ALLOTTED_AT = datetime(2025, 10, 1, tzinfo=UTC)
PASSWORD = "correct-horse-battery"


class UserFactory(DjangoModelFactory):
    """Signs in with `PASSWORD`; a test client needs only `client.force_login(user)`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    full_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **{"password": PASSWORD, **kwargs})


class AdminFactory(UserFactory):
    """A superuser."""

    is_staff = True
    is_superuser = True


class FundFactory(DjangoModelFactory):
    """A fund in US dollars without four eyes. `manager=user` (analyst, auditor) makes a member."""

    class Meta:
        model = Fund
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Fund {n}")
    legal_name = factory.LazyAttribute(lambda fund: f"{fund.name}, L.P.")
    currency = "USD"
    lpa_date = date(2025, 9, 1)
    created_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def manager(fund, create, user, **kwargs):
        _join(fund, user, FundMembership.Role.MANAGER)

    @factory.post_generation
    def analyst(fund, create, user, **kwargs):
        _join(fund, user, FundMembership.Role.ANALYST)

    @factory.post_generation
    def auditor(fund, create, user, **kwargs):
        _join(fund, user, FundMembership.Role.AUDITOR)


def _join(fund, user, role):
    if user:
        FundMembership.objects.create(fund=fund, user=user, role=role)


def admit(email: str) -> None:
    """Let funds give this address to investors."""
    if not MailDomain.objects.admits(email):
        MailDomain.objects.create(name=email.rpartition("@")[2], admitted_by=AdminFactory())


class FundTermsFactory(DjangoModelFactory):
    class Meta:
        model = FundTerms

    fund = factory.SubFactory(FundFactory)
    version = factory.LazyAttribute(lambda terms: terms.fund.terms.count() + 1)
    effective_on = date(2025, 9, 1)
    created_by = factory.SelfAttribute("fund.created_by")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = FundMembership

    fund = factory.SubFactory(FundFactory)
    user = factory.SubFactory(UserFactory)
    role = FundMembership.Role.MANAGER


class InvitationFactory(DjangoModelFactory):
    """The offer of a role that waits to be accepted."""

    class Meta:
        model = Invitation

    fund = factory.SubFactory(FundFactory)
    role = FundMembership.Role.ANALYST
    email = factory.Sequence(lambda n: f"invited{n}@example.com")
    token_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    created_at = datetime(2025, 9, 2, 12, tzinfo=UTC)
    created_by = factory.SelfAttribute("fund.created_by")
    expires_at = datetime(2055, 9, 2, 12, tzinfo=UTC)


class BankDetailsFactory(DjangoModelFactory):
    """Verified payment instructions; `verified_at=None, verified_by=None` leaves them pending."""

    class Meta:
        model = BankDetails

    fund = factory.SubFactory(FundFactory)
    version = factory.LazyAttribute(lambda details: details.fund.bank_details.count() + 1)
    bank_name = "First Republic Trust"
    account_name = factory.SelfAttribute("fund.legal_name")
    account_number = "000123456789"
    routing_number = "021000021"
    four_eyes = factory.SelfAttribute("fund.four_eyes")
    created_by = factory.SelfAttribute("fund.created_by")
    verified_at = datetime(2025, 9, 2, 12, tzinfo=UTC)
    verified_by = factory.SubFactory(UserFactory)

    @classmethod
    def _create(cls, model, *args, **values):
        with transaction.atomic(savepoint=False):
            open_import()
            return super()._create(model, *args, **values)


class InvestorFactory(DjangoModelFactory):
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


class ContactFactory(DjangoModelFactory):
    class Meta:
        model = InvestorContact

    investor = factory.SubFactory(InvestorFactory)
    name = factory.SelfAttribute("investor.name")
    email = factory.Sequence(lambda n: f"contact{n}@example.com")


class DealFactory(DjangoModelFactory):
    class Meta:
        model = Deal

    name = factory.Sequence(lambda n: f"Deal {n}")
    created_by = factory.SubFactory(UserFactory)


class CommitmentFactory(DjangoModelFactory):
    """100,000.00 unless told otherwise; the reference is the next free number of the fund."""

    class Meta:
        model = Commitment

    fund = factory.SubFactory(FundFactory)
    investor = factory.SubFactory(InvestorFactory, created_by=factory.SelfAttribute("..fund.created_by"))
    amount = Decimal("100000.00")
    closing_date = date(2025, 9, 1)
    reference = factory.LazyAttribute(lambda commitment: f"{commitment.fund.commitments.count() + 1:04d}")
    created_by = factory.SelfAttribute("fund.created_by")


class AllocationFactory(DjangoModelFactory):
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
