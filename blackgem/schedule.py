"""What runs by the clock, for Celery's beat. Times of day are UTC; what depends on a fund's day asks the fund."""


def schedule(*, sweep_seconds: int) -> dict[str, dict]:
    """Name → task, when, and after how many seconds a turn that nobody took is dropped, as the next one has come."""
    return {
        "sweep-notices": {
            "task": "funds.tasks.sweep_notices",
            "schedule": sweep_seconds,
            "options": {"expires": sweep_seconds},
        },
        "sweep-statements": {
            "task": "banking.tasks.sweep_statements",
            "schedule": sweep_seconds,
            "options": {"expires": sweep_seconds},
        },
        "tell-approvers": {
            "task": "funds.tasks.tell_approvers",
            "schedule": 60,
            "options": {"expires": 60},
        },
        "remind": {
            "task": "capital.tasks.remind_partners",
            "schedule": 1800,
            "options": {"expires": 1800},
        },
        "tell-anchor": {
            "task": "evidence.tasks.tell_anchor_of_the_day",
            "schedule": 600,
            "options": {"expires": 600},
        },
        "reconcile": {
            "task": "evidence.tasks.reconcile_everything",
            "schedule": 3600,
            "options": {"expires": 3600},
        },
        # Within a minute of its commit everything is sealed: a turn outlasts the half minute of making letters.
        "seal-rows": {"task": "evidence.tasks.seal_rows", "schedule": 20, "options": {"expires": 60}},
    }
