"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "dashboard",
    {
        "approvals": "managers/second-person",
        "audit_trail": "managers/lists-and-files#audit-trail",
        "deal_list": "managers/allocate-to-a-deal",
        "fund": "managers/set-up-a-fund",
        "fund_position": "managers/lists-and-files#as-of-a-day",
        "fund_list": "managers/set-up-a-fund",
        "investor": "managers/invite-an-investor",
        "investor_list": "managers/invite-an-investor",
        "letter_list": "managers/send-notices#how-far-it-is",
        "overview": "managers/overview",
        "search": "managers/keyboard-and-search#search",
        "shortcuts": "managers/keyboard-and-search#keys",
        "transaction_list": "managers/lists-and-files#transactions",
    },
)
