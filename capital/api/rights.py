"""Who may do what with the rows that addresses name."""

from capital.models import (
    AllocationAmount,
    CapitalCall,
    Excuse,
    FundAllocation,
    Payment,
    PaymentReversal,
    Receipt,
    ReceiptReturn,
    ResidualSettlement,
)
from funds.api.rights import of_fund

of_fund("allocation_id", FundAllocation)
of_fund("amendment_id", AllocationAmount, asked_by="recorded_by")
of_fund("call_id", CapitalCall, asked_by="submitted_by")
of_fund("excuse_id", Excuse, asked_by="recorded_by")
of_fund("payment_id", Payment)
of_fund("reversal_id", PaymentReversal, "payment__fund_id", asked_by="requested_by")
of_fund("receipt_id", Receipt)
of_fund("return_id", ReceiptReturn)
of_fund("settlement_id", ResidualSettlement, asked_by="recorded_by")
