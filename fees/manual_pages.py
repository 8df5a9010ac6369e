"""What the manual says of these pages: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

register(
    "fees",
    {
        "fees": "managers/management-fees",
        "run_new": "managers/management-fees#bill-the-next-fee",
        "run": "managers/management-fees#read-a-run",
        "run_of_call": "managers/management-fees#read-a-run",
        "run_approve": "managers/second-person#decide",
        "run_reject": "managers/second-person#decide",
        "run_pay": "managers/management-fees#pay-it-from-cash-on-hand",
        "payment_take_back": "managers/management-fees#pay-it-from-cash-on-hand",
        "schedule_new": "managers/management-fees#enter-the-schedule",
        "schedule_approve": "managers/second-person#decide",
        "schedule_reject": "managers/second-person#decide",
        "letters": "managers/management-fees#side-letters",
        "letter_new": "managers/management-fees#side-letters",
        "letter_approve": "managers/second-person#decide",
        "letter_reject": "managers/second-person#decide",
        "happened": "managers/management-fees#what-happened",
        "event_new": "managers/management-fees#what-happened",
        "event_take_back": "managers/management-fees#what-happened",
        "event_approve": "managers/second-person#decide",
        "event_reject": "managers/second-person#decide",
        "realisation_new": "managers/management-fees#what-happened",
        "realisation_approve": "managers/second-person#decide",
        "realisation_reject": "managers/second-person#decide",
        "income": "managers/management-fees#fee-income",
        "income_new": "managers/management-fees#fee-income",
        "income_approve": "managers/second-person#decide",
        "income_reject": "managers/second-person#decide",
    },
)
