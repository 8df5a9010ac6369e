"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "banking",
    {
        "account_new": "managers/bank-statements#register-the-account",
        "bank": "managers/bank-statements",
        "statement": "managers/bank-statements#post-what-is-certain",
        "upload": "managers/bank-statements#upload-a-file",
    },
)
