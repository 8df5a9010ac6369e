"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "portal",
    {
        "adviser_ask": "investors/advisers",
        "adviser_list": "investors/advisers",
        "ask_about_call": "investors/questions",
        "ask_about_distribution": "investors/questions",
        "all_statements": "investors/statement#all-funds",
        "bank_details": "investors/documents-and-profile#bank-details",
        "bank_details_propose": "investors/documents-and-profile#bank-details",
        "call": "investors/pay-safely",
        "call_list": "investors/pay-safely",
        "distribution": "investors/distributions",
        "distribution_list": "investors/distributions",
        "document": "investors/letters",
        "document_archive": "investors/documents-and-profile#documents",
        "document_list": "investors/documents-and-profile#documents",
        "fee": "investors/fees",
        "fee_list": "investors/fees",
        "home": "investors/home",
        "investor_statement": "investors/statement",
        "mails": "investors/documents-and-profile#what-is-mailed-to-whom",
        "payment_list": "investors/documents-and-profile#payments",
        "profile": "investors/documents-and-profile#profile",
        "refund": "investors/refunds",
        "refund_list": "investors/refunds",
        "statement": "investors/statement",
    },
)
