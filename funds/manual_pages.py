"""What the manual says of these pages, and of rows in the administration: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "funds",
    {
        "adviser_decline": "managers/invite-an-investor#advisers-of-an-investor",
        "bank_details_new": "managers/bank-details#enter-them",
        "bank_details_verify": "managers/bank-details#verify-them",
        "fund_number_new": "managers/bank-details#telephone-numbers-on-file",
        "payee_details": "managers/bank-details#accounts-of-partners",
        "payee_details_list": "managers/bank-details#accounts-of-partners",
        "payee_details_new": "managers/bank-details#accounts-of-partners",
        "payee_number_new": "managers/bank-details#telephone-numbers-on-file",
        "commitment_edit": "managers/set-up-a-fund#investors",
        "register_event": "managers/set-up-a-fund#when-a-commitment-changes",
        "commitment_new": "managers/set-up-a-fund#investors",
        "contact_edit": "managers/invite-an-investor#end-access",
        "contact_rights": "managers/invite-an-investor#say-what-a-contact-may-do",
        "contact_new": "managers/invite-an-investor#add-a-contact",
        "deal_edit": "managers/allocate-to-a-deal",
        "deal_new": "managers/allocate-to-a-deal#new-deal-and-allocation",
        "fund_edit": "managers/set-up-a-fund#what-guards-the-fund",
        "fund_new": "managers/set-up-a-fund#enter-the-fund",
        "investor_edit": "managers/invite-an-investor",
        "investor_new": "managers/invite-an-investor",
        "members": "managers/set-up-a-fund#people",
        "partner_table": "managers/set-up-a-fund#investors",
        "question": "managers/questions",
        "question_list": "managers/questions",
        "side_letter_new": "managers/set-up-a-fund#terms",
        "terms_new": "managers/set-up-a-fund#terms",
    },
)
register(
    "admin",
    {
        "funds_bankdetails": "administrators/funds-and-senders#bank-details-and-other-changes-that-wait",
        "funds_callback": "administrators/funds-and-senders#bank-details-and-other-changes-that-wait",
        "funds_payeedetails": "administrators/funds-and-senders#bank-details-and-other-changes-that-wait",
        "funds_phonenumber": "administrators/funds-and-senders#bank-details-and-other-changes-that-wait",
        "funds_controlchange": "administrators/funds-and-senders#bank-details-and-other-changes-that-wait",
        "funds_fund": "administrators/funds-and-senders#admit-a-fund-as-a-sender",
        "funds_fundmembership": "administrators/people#add-a-person",
        "funds_maildomain": "administrators/funds-and-senders#mail-domains",
        "funds_noticedelivery": "administrators/oversight#letters",
        "funds_warningmail": "administrators/oversight#letters",
    },
)
