"""What one person asks for and another may have to decide, written once for every kind of request.

A kind is a `Decidable`: how its rows are found, who may ask, what is locked in which order, what is checked again and
what takes effect. `ask` writes the request and, where its fund demands no second person, lets it take effect at once;
`approve` and `reject` decide it once, under the same locks. Rows are fixed from the moment they are written (the rail
`guard_request`): what is approved is what was shown. Whatever the request rests on may have moved meanwhile: that is
what `check` is for.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Model, QuerySet

from blackgem.lib import audit
from blackgem.lib.approvals import at_of
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.decisions import check_alive, check_seen
from blackgem.lib.errors import Conflict, InvalidInput, NotFound
from funds.access import MANAGE, check_asker, check_decline, check_role, check_second_person, role_in


@dataclass(frozen=True, kw_only=True)
class Decidable:
    """A kind of request. `pending()` are the rows that wait, `fetch` the relations that are read with one, `fund_of`
    the id of its fund (`asked_in`: those in which who asked may work, where these are more);
    `code` begins its refusals ("reversal.decided"), `noun` stands in their words.

    `lock(row)` takes the locks of what the decision touches, in the one order in which everyone locks, and may put what
    it read under them on the row. `check(row, at)` raises where the request can no longer be met. `effect(row, by, at)`
    does what was asked for, and calls `approved`. `asked`, `granted` and `refused` are the verbs of the audit trail;
    `also` the objects that an event is about too, `told` what it records where nothing else is said. A kind that is not
    `announced` records nothing of the request where it takes effect at once; one that is not `at_once` always waits.

    `decision` is the word of its columns ("approved_at"). `revision(row)` is that of what the request adds to, where
    others add to it meanwhile: approving says which one was seen. `needs_second(row)` is whether another person than
    the one who asked has to decide, where the row alone does not say it.
    """

    pending: Callable[[], QuerySet]
    fetch: tuple[str, ...] = ()
    fund_of: Callable[..., int] = lambda row: row.fund_id
    asked_in: Callable[..., list[int]] | None = None
    code: str
    noun: str
    asked: str
    granted: str
    refused: str
    also: Callable[..., list]
    told: Callable[..., dict | None] = lambda row: None
    lock: Callable[..., object] = lambda row: None
    check: Callable[..., None] = lambda row, at: None
    effect: Callable[..., None]
    asked_by: str = "recorded_by"
    needs_second: Callable[..., bool] = lambda row: row.four_eyes
    announced: bool = True
    at_once: bool = True
    decision: str = "approved"
    revision: Callable[..., int] | None = None

    def ask(self, row: Model, *, ctx: WriteContext, changes: dict | None = None) -> Model:
        """Write a request that was checked under its locks; it takes effect where its fund demands no second person."""
        row.save(force_insert=True)
        return self.asked_for(row, ctx=ctx, changes=changes)

    def asked_for(self, row: Model, *, ctx: WriteContext, changes: dict | None = None) -> Model:
        """The same for a request that was written already, with the parts that it is made of."""
        waits = row.four_eyes or not self.at_once
        if waits or self.announced:
            self._record(row, self.asked, ctx, changes)
        if not waits:
            self.effect(row, ctx)
        return row

    def approve(self, pk, *, revision: int | None = None, ctx: WriteContext) -> Model:
        """Let it take effect, once; where its fund demanded it, as another person than the one who asked.

        Raises NotFound, Forbidden("role.insufficient", "four_eyes"), Conflict("….decided", "request.expired",
        "request.role_ended", "stale_version") and what `check` does.
        """
        row = self._found(pk, ctx.by)
        self.check_approve(row, ctx.by)
        self._lock_pending(row)
        check_alive(getattr(row, at_of(self.asked_by)), ctx.at)
        check_asker(getattr(row, self.asked_by), *(self.asked_in or (lambda one: [self.fund_of(one)]))(row))
        if self.revision:
            check_seen(revision, self.revision(row))
        self.check(row, ctx.at)
        self.effect(row, ctx)
        return row

    def reject(self, pk, *, reason: str = "", ctx: WriteContext) -> Model:
        """Refuse it, or take it back as the one who asked: it counts nowhere, and may be asked for again.

        Raises InvalidInput("reason.required") where the context asks why, and who asked for it was another person.
        """
        row = self._found(pk, ctx.by)
        self.check_reject(row, ctx.by)
        self._lock_pending(row)
        reason = (reason or ctx.why).strip()
        if ctx.asks_why and not reason and self._asked_by_id(row) != ctx.by.pk:
            raise InvalidInput(
                "reason.required", "Say why it is turned down: whoever asked for it reads it.", field="reason"
            )
        self.turned_down(row, ctx, reason=reason)
        return row

    def turned_down(self, row: Model, ctx: WriteContext, *, reason: str = "") -> None:
        """Write the refusal on the row, which is locked; the trail has the reason, where one is given."""
        self._decide(row, "rejected", ctx)
        self._record(row, self.refused, ctx, reason=reason)

    def check_approve(self, row: Model, by) -> None:
        """Whether this person may let it take effect; the row has the `role` of who asks."""
        check_role(row.role, MANAGE)
        self._check_undecided(row)
        check_second_person(needed=self.needs_second(row), first=self._asked_by_id(row), second=by.pk)

    def check_reject(self, row: Model, by) -> None:
        """Whether this person may refuse it, or take it back."""
        check_decline(row.role, self._asked_by_id(row), by)
        self._check_undecided(row)

    def _asked_by_id(self, row: Model) -> int:
        return getattr(row, f"{self.asked_by}_id")

    def _check_undecided(self, row: Model) -> None:
        if getattr(row, f"{self.decision}_at") or row.rejected_at:
            raise self._was_decided(row)

    def _was_decided(self, row: Model) -> Conflict:
        decision = "rejected" if row.rejected_at else self.decision
        return out_of_state(f"{self.code}.decided", f"This {self.noun} was already {decision}.")

    def approved(self, row: Model, ctx: WriteContext, *, changes: dict | None = None, **facts) -> None:
        """Write the decision on the row, with the `facts` that come with it (such as a compensation)."""
        self._decide(row, self.decision, ctx, **facts)
        self._record(row, self.granted, ctx, changes)

    def _found(self, pk, by) -> Model:
        """The row, with the `role` of who asks: it does not exist for who has none in its fund."""
        row = self.pending().model.objects.select_related(*self.fetch).filter(pk=pk).first()
        if row is None or (role := role_in(by, self.fund_of(row))) is None:
            raise NotFound("not_found", f"There is no such {self.noun}.")
        row.role = role
        return row

    def _lock_pending(self, row: Model) -> None:
        self.lock(row)
        if not self.pending().select_for_update(no_key=True).filter(pk=row.pk).values_list("pk").first():
            row.refresh_from_db(fields=[f"{self.decision}_at", "rejected_at"])
            raise self._was_decided(row)

    def _decide(self, row: Model, decision: str, ctx: WriteContext, **facts) -> None:
        written = {f"{decision}_by": ctx.by, f"{decision}_at": ctx.at, **facts}
        for name, value in written.items():
            setattr(row, name, value)
        row.save(update_fields=list(written))

    def _record(
        self, row: Model, verb: str, ctx: WriteContext, changes: dict | None = None, *, reason: str = ""
    ) -> None:
        audit.record(
            verb=verb,
            ctx=ctx,
            subject=row,
            also=self.also(row),
            fund_id=self.fund_of(row),
            reason=reason or getattr(row, "reason", ""),
            changes=changes or self.told(row),
        )
