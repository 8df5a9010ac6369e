"""Who promised what, on which terms; the ledger; and the letters about it."""

from .advisers import Adviser
from .bank import BankDetails
from .controls import ControlChange
from .fund import Fund, FundMembership, FundTerms, FundTermsTier, NavEntry, NavEntryDeal
from .grants import PortalGrant
from .invitations import Invitation
from .ledger import CapitalTransaction
from .notices import Notice, NoticeDelivery, NoticeDocument, NoticeReading, NoticeRendering
from .partners import Commitment, Deal, Investor, InvestorContact, SideLetter
from .payees import CallBack, PayeeDetails, PhoneNumber
from .periods import PeriodAccount, PeriodClose, PeriodReopening
from .questions import PartMessage
from .register import CommitmentAmounts, CommitmentEvent
from .senders import MailDomain
from .warnings import ApproverTold, WarningMail
from .wording import LetterImage, LetterWording

__all__ = [
    "Adviser",
    "ApproverTold",
    "BankDetails",
    "CallBack",
    "CapitalTransaction",
    "Commitment",
    "CommitmentAmounts",
    "CommitmentEvent",
    "ControlChange",
    "Deal",
    "Fund",
    "FundMembership",
    "FundTerms",
    "FundTermsTier",
    "Investor",
    "InvestorContact",
    "Invitation",
    "LetterImage",
    "LetterWording",
    "MailDomain",
    "NavEntry",
    "NavEntryDeal",
    "Notice",
    "NoticeDelivery",
    "NoticeDocument",
    "NoticeReading",
    "NoticeRendering",
    "PartMessage",
    "PayeeDetails",
    "PeriodAccount",
    "PeriodClose",
    "PeriodReopening",
    "PhoneNumber",
    "PortalGrant",
    "SideLetter",
    "WarningMail",
]
