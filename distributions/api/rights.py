"""Who may do what with the rows that addresses name."""

from distributions.models import Distribution, Payout, PayoutReversal, WriteDown
from funds.api.rights import of_fund

of_fund("distribution_id", Distribution, asked_by="submitted_by")
of_fund("payout_id", Payout)
of_fund("payout_reversal_id", PayoutReversal, "payout__fund_id", asked_by="requested_by")
of_fund("write_down_id", WriteDown, asked_by="created_by")
