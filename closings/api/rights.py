"""Who may do what with the rows that addresses name."""

from closings.models import (
    Closing,
    ClosingReversal,
    Default,
    DefaultRemedy,
    DefaultWithdrawal,
    RefundPayout,
    RefundPayoutReversal,
    Setoff,
    SetoffPart,
    SetoffReversal,
    Transfer,
)
from funds.api.rights import of_fund

of_fund("closing_id", Closing, asked_by="submitted_by")
of_fund("closing_reversal_id", ClosingReversal, asked_by="requested_by")
of_fund("refund_payout_id", RefundPayout)
of_fund("refund_payout_reversal_id", RefundPayoutReversal, "payout__fund_id", asked_by="requested_by")
of_fund("default_id", Default, asked_by="recorded_by")
of_fund("remedy_id", DefaultRemedy, asked_by="recorded_by")
of_fund("default_withdrawal_id", DefaultWithdrawal, asked_by="requested_by")
of_fund("setoff_id", Setoff, asked_by="requested_by")
of_fund("setoff_part_id", SetoffPart)
of_fund("setoff_reversal_id", SetoffReversal, asked_by="requested_by")
of_fund("transfer_id", Transfer, asked_by="recorded_by")
