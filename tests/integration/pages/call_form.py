"""What a person types into the form of a call."""

MANAGEMENT = {
    "line-TOTAL_FORMS": "1",
    "line-INITIAL_FORMS": "0",
    "excuse-TOTAL_FORMS": "0",
    "excuse-INITIAL_FORMS": "0",
}


def form_data(story, **changes):
    """What a person types for a call of 100,000."""
    fields = {
        "fund": story.fund.pk,
        "do": "draft",
        "total_amount": "100000.00",
        "purpose": "Working capital",
        "call_date": "2026-03-01",
        "due_date": "2026-03-15",
        "line-0-kind": "other",
        **MANAGEMENT,
    }
    return fields | changes
