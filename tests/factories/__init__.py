"""What tests make rows with. Whoever tests a service uses the service; what stands around it comes from here."""

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
    MembershipFactory,
    UserFactory,
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
    "MembershipFactory",
    "UserFactory",
]
