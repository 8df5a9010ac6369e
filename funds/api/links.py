"""Which ids the answers here have, for the links of the OpenAPI document."""

from blackgem.http.links import register

register(
    {
        "ControlChangeAnswer": "control_change_id",
        "DealAnswer": "deal_id",
        "InvestorAnswer": "investor_id",
        "PeriodCloseAnswer": "period_close_id",
        "QuestionAnswer": "question_id",
    },
    {"QuestionsAnswer": {"question_id": "/questions/0/id"}},
)
