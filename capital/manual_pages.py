"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "capital",
    {
        "allocation": "managers/allocate-to-a-deal",
        "allocation_amend": "managers/allocate-to-a-deal#change-the-amount",
        "allocation_new": "managers/allocate-to-a-deal#new-deal-and-allocation",
        "call": "managers/raise-a-capital-call#check-approve-issue",
        "call_cancel": "managers/raise-a-capital-call#change-or-cancel-it",
        "call_delete": "managers/raise-a-capital-call#change-or-cancel-it",
        "call_edit": "managers/raise-a-capital-call#draft-it",
        "call_list": "managers/raise-a-capital-call",
        "call_new": "managers/raise-a-capital-call#draft-it",
        "call_reword": "managers/raise-a-capital-call#change-or-cancel-it",
        "call_send_back": "managers/second-person#decide",
        "excuse": "managers/excuse-a-partner",
        "item": "managers/record-a-payment",
        "open_item_list": "managers/record-a-payment#what-is-owed",
        "payment_new": "managers/record-a-payment#one-payment",
        "payment_reverse": "managers/take-back-a-payment",
        "payment_table": "managers/record-a-payment#several-payments",
        "receipt_apply": "managers/unapplied-cash#apply-it",
        "receipt_list": "managers/unapplied-cash",
        "receipt_new": "managers/unapplied-cash#record-money-that-arrived",
        "receipt_return": "managers/unapplied-cash#return-it",
        "return_preview": "managers/unapplied-cash#return-it",
        "cash_return": "managers/unapplied-cash#the-letter-about-a-return",
        "return_take_back": "managers/unapplied-cash#take-a-return-back",
        "residual_settle": "managers/what-is-left-over",
    },
)
