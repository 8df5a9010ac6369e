"""Two ways to do the same deeds: through the services, and through the API."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import DomainError
from capital.services import allocations, calls, payments, receipts, returns, reversals
from capital.services.plans import CallPlan, ItemPlan, LinePlan
from funds.services.controls import approve_change
from tests.support.api import Api, read

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TODAY = date(2026, 3, 1)
DUE = date(2026, 3, 15)


class Refused(Exception):
    """The deed was refused; `status` says why: 409 for the state of the money, 422 for what could never be right."""

    def __init__(self, status):
        super().__init__(status)
        self.status = status


class ServiceClient:
    """Every deed is one service call."""

    def __init__(self, manager, second, fund):
        self.fund = fund
        self.ctx = WriteContext(manager, NOW)
        self.second = WriteContext(second, NOW)

    def do(self, service, **fields):
        try:
            return service(**fields)
        except DomainError as error:
            raise Refused(error.status) from error

    def allocate(self, deal, amount):
        self.do(allocations.allocate, fund_id=self.fund.pk, deal_id=deal.pk, committed=amount, ctx=self.ctx)

    def call_allocation(self, allocation, amount):
        self.do(calls.call_allocation, allocation_id=allocation, amount=amount, due_date=DUE, ctx=self.ctx)

    def plan(self, lines, items) -> CallPlan:
        planned = tuple(LinePlan(*line) for line in lines)
        return CallPlan(
            fund_id=self.fund.pk,
            total_amount=sum(line.amount for line in planned),
            purpose="Acquisition",
            purpose_detail="",
            call_date=TODAY,
            due_date=DUE,
            lines=planned,
            items=tuple(ItemPlan(**item) for item in items),
        )

    def draft(self, lines, items=()):
        self.do(calls.draft_call, plan=self.plan(lines, items), ctx=self.ctx)

    def change(self, call, lines, items=()):
        self.do(calls.change_draft, call_id=call, plan=self.plan(lines, items), ctx=self.ctx)

    def delete(self, call):
        self.do(calls.delete_draft, call_id=call, ctx=self.ctx)

    def submit(self, call):
        self.do(calls.submit_call, call_id=call, ctx=self.ctx)

    def approve(self, call):
        self.do(calls.approve_call, call_id=call, ctx=self.second)

    def cancel(self, call):
        self.agree(self.do(calls.cancel_call, call_id=call, reason="Fell through", ctx=self.ctx))

    def reword(self, call):
        fields = {"purpose": "Closing", "purpose_detail": "", "due_date": DUE + timedelta(days=1)}
        self.agree(self.do(calls.reword_call, call_id=call, **fields, ctx=self.ctx))

    def agree(self, changed):
        """What waits for another person is approved by one."""
        for change in changed.waiting:
            self.do(approve_change, change_id=change.pk, ctx=self.second)

    def pay_item(self, call, item, amount):
        self.do(
            payments.record_payment,
            item_id=item,
            amount=amount,
            value_date=TODAY,
            method="wire",
            ctx=self.ctx,
        )

    def pay(self, call, amount, **whom):
        self.do(payments.pay_call, call_id=call, amount=amount, **whom, ctx=self.ctx)

    def receive(self, amount):
        self.do(receipts.record_receipt, fund_id=self.fund.pk, amount=amount, value_date=TODAY, ctx=self.ctx)

    def apply(self, receipt, splits):
        self.do(receipts.apply_receipt, receipt_id=receipt, splits=splits, ctx=self.ctx)

    def give_back(self, receipt, amount):
        fields = {"amount": amount, "value_date": TODAY, "reason": "Sent twice"}
        self.do(returns.return_receipt, receipt_id=receipt, **fields, ctx=self.ctx)

    def reverse(self, payment, money_left):
        fields = {"reason": "The wire bounced", "money_left": money_left}
        self.do(reversals.request_reversal, payment_id=payment, **fields, ctx=self.ctx)

    def approve_reversal(self, reversal):
        self.do(reversals.approve_reversal, reversal_id=reversal, ctx=self.second)

    def reject_reversal(self, reversal):
        self.do(reversals.reject_reversal, reversal_id=reversal, ctx=self.second)


class ApiClient(ServiceClient):
    """The same over HTTP, where there is a route. Dates are those of the request, so none lies in the future."""

    _keys = count(1)

    def __init__(self, manager, second, fund):
        super().__init__(manager, second, fund)
        self.api, self.second_api = Api.of(manager), Api.of(second)

    def send(self, verb, path, body=None, api=None):
        key = None if verb in ("GET", "PUT", "DELETE") else f"key-{next(self._keys)}"
        answer = (api or self.api).send(verb, path, body, key=key)
        if answer.status_code >= 400:
            assert answer.status_code in (409, 422), answer.content
            raise Refused(answer.status_code)
        return read(answer)

    def allocate(self, deal, amount):
        self.send("POST", "/allocations", {"fundId": self.fund.pk, "dealId": deal.pk, "committed": amount})

    def call_allocation(self, allocation, amount):
        body = {"amount": amount, "callDate": str(TODAY), "dueDate": str(DUE)}
        self.send("POST", f"/allocations/{allocation}/calls", body)

    def body(self, lines):
        names = ("kind", "amount", "allocationId", "reducesUnfunded")
        named = [
            {name: value for name, value in zip(names, line, strict=False) if value is not None}
            for line in lines
        ]
        return {
            "fundId": self.fund.pk,
            "totalAmount": sum((line[1] for line in lines), Decimal(0)),
            "purpose": "Acquisition",
            "callDate": str(TODAY),
            "dueDate": str(DUE),
            "lines": named,
        }

    def draft(self, lines, items=()):
        if items:
            super().draft(lines, items)
        else:
            self.send("POST", "/capital-calls", self.body(lines))

    def change(self, call, lines, items=()):
        if items:
            super().change(call, lines, items)
        else:
            self.send("PUT", f"/capital-calls/{call}", self.body(lines))

    def delete(self, call):
        self.send("DELETE", f"/capital-calls/{call}")

    def submit(self, call):
        self.send("POST", f"/capital-calls/{call}/submit")

    def approve(self, call):
        self.send("POST", f"/capital-calls/{call}/approve", api=self.second_api)

    def cancel(self, call):
        answer = self.send("POST", f"/capital-calls/{call}/cancel", {"reason": "Fell through"})
        for change in answer["pendingChanges"]:
            self.send("POST", f"/control-changes/{change['id']}/approve", api=self.second_api)

    def pay_item(self, call, item, amount):
        body = {"paidAmount": amount, "paidDate": str(TODAY), "paymentMethod": "wire"}
        self.send("PATCH", f"/capital-calls/{call}/items/{item}/payment", body)

    def pay(self, call, amount, *, item_id=None, splits=None, spread=None):
        body = {"amount": amount, "txRef": f"TX-{next(self._keys)}", "itemId": item_id, "spread": spread}
        if splits:
            body["splits"] = [{"itemId": item, "amount": part} for item, part in splits]
        given = {name: value for name, value in body.items() if value is not None}
        self.send("POST", f"/capital-calls/{call}/payments", {**given, "valueDate": str(TODAY)})

    def receive(self, amount):
        body = {"amount": amount, "valueDate": str(TODAY), "payer": "Somebody"}
        self.send("POST", f"/funds/{self.fund.pk}/receipts", body)

    def apply(self, receipt, splits):
        named = [{"itemId": item, "amount": part} for item, part in splits]
        self.send("POST", f"/receipts/{receipt}/apply", {"splits": named})

    def give_back(self, receipt, amount):
        body = {"amount": amount, "valueDate": str(TODAY), "reason": "Sent twice"}
        self.send("POST", f"/receipts/{receipt}/return", body)

    def reverse(self, payment, money_left):
        self.send(
            "POST", f"/payments/{payment}/reverse", {"reason": "The wire bounced", "moneyLeft": money_left}
        )

    def approve_reversal(self, reversal):
        self.send("POST", f"/reversals/{reversal}/approve", api=self.second_api)

    def reject_reversal(self, reversal):
        self.send("POST", f"/reversals/{reversal}/reject", api=self.second_api)
