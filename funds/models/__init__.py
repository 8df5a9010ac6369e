"""Who promised what, on which terms; the ledger; and the letters about it."""

from .bank import BankDetails
from .fund import Fund, FundMembership, FundTerms, FundTermsTier, NavEntry, NavEntryDeal
from .invitations import Invitation
from .ledger import CapitalTransaction
from .notices import Notice, NoticeDelivery, NoticeDocument, NoticeReading, NoticeRendering
from .partners import Commitment, Deal, Investor, InvestorContact, SideLetter
from .senders import MailDomain

__all__ = [
    "BankDetails",
    "CapitalTransaction",
    "Commitment",
    "Deal",
    "Fund",
    "FundMembership",
    "FundTerms",
    "FundTermsTier",
    "Investor",
    "InvestorContact",
    "Invitation",
    "MailDomain",
    "NavEntry",
    "NavEntryDeal",
    "Notice",
    "NoticeDelivery",
    "NoticeDocument",
    "NoticeReading",
    "NoticeRendering",
    "SideLetter",
]
