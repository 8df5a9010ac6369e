"""What tests make rows with: the surroundings of a test. What is under test is written by its service."""

from .funds import (
    PASSWORD,
    AdminFactory,
    AllocationFactory,
    BankDetailsFactory,
    CommitmentFactory,
    ContactFactory,
    DealFactory,
    FundFactory,
    FundTermsFactory,
    InvestorFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
    admit,
)

__all__ = [
    "PASSWORD",
    "AdminFactory",
    "AllocationFactory",
    "BankDetailsFactory",
    "CommitmentFactory",
    "ContactFactory",
    "DealFactory",
    "FundFactory",
    "FundTermsFactory",
    "InvestorFactory",
    "InvitationFactory",
    "MembershipFactory",
    "UserFactory",
    "admit",
]
