"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "banking",
    {
        "account_new": "managers/bank-statements#register-the-account",
        "bank": "managers/bank-statements",
        "columns": "managers/bank-statements#name-the-columns-of-a-table",
        "entry": "managers/bank-statements#decide-line-by-line",
        "receipt_holder": "managers/bank-statements#decide-line-by-line",
        "payment_file": "managers/payment-files#approve-it-and-take-it-to-the-bank",
        "payment_file_new": "managers/payment-files#write-a-file",
        "payment_layout": "managers/payment-files#what-the-bank-asks-for",
        "payment_files": "managers/payment-files",
        "reconciliation": "managers/bank-statements#the-bank-against-the-books",
        "rule_change": "managers/bank-statements#rules",
        "rule_new": "managers/bank-statements#rules",
        "rules": "managers/bank-statements#rules",
        "statement": "managers/bank-statements#post-what-is-certain",
        "upload": "managers/bank-statements#upload-a-file",
    },
)
