"""Addresses of money called in."""

from django.urls import path

from capital.views import (
    allocations,
    calls,
    cash,
    excuses,
    items,
    letters,
    open_items,
    payment_table,
    payments,
    returns,
    settlements,
    verbs,
)

app_name = "capital"

urlpatterns = [
    path("funds/<int:fund_id>/allocations/new/", allocations.new_allocation, name="allocation_new"),
    path("allocations/<int:allocation_id>/", allocations.allocation, name="allocation"),
    path("allocations/<int:allocation_id>/amend/", allocations.amend_allocation, name="allocation_amend"),
    path("amendments/<int:amendment_id>/approve/", allocations.approve_amendment, name="amendment_approve"),
    path("amendments/<int:amendment_id>/reject/", allocations.reject_amendment, name="amendment_reject"),
    # calls
    path("calls/", calls.call_list, name="call_list"),
    path("calls/export.<str:form>", calls.export_calls, name="call_export"),
    path("calls/new/", calls.new_call, name="call_new"),
    path("calls/allocation/", calls.work_out_call, name="call_allocation"),
    path("calls/<int:call_id>/", calls.call, name="call"),
    path("calls/<int:call_id>/edit/", calls.edit_call, name="call_edit"),
    path("calls/<int:call_id>/delete/", verbs.delete_draft, name="call_delete"),
    path("calls/<int:call_id>/submit/", verbs.submit_call, name="call_submit"),
    path("calls/<int:call_id>/issue/", verbs.issue_call, name="call_issue"),
    path("calls/<int:call_id>/approve/", verbs.approve_call, name="call_approve"),
    path("calls/<int:call_id>/send-back/", verbs.send_back_call, name="call_send_back"),
    path("calls/<int:call_id>/cancel/", verbs.cancel_call, name="call_cancel"),
    path("calls/<int:call_id>/reword/", verbs.reword_call, name="call_reword"),
    path("open-items/", open_items.open_item_list, name="open_item_list"),
    path("open-items/export.<str:form>", open_items.export_open_items, name="open_item_export"),
    # letters
    path("calls/<int:call_id>/send/", letters.send_notices, name="call_send"),
    path("calls/<int:call_id>/notices.pdf", letters.all_notices, name="call_notices"),
    path("calls/<int:call_id>/drafts.pdf", letters.all_previews, name="call_previews"),
    path("calls/<int:call_id>/notices/", letters.notices_card, name="call_notices_card"),
    path("calls/<int:call_id>/items/<int:item_id>/notice.pdf", letters.item_notice, name="item_notice"),
    path("calls/<int:call_id>/items/<int:item_id>/draft.pdf", letters.preview_notice, name="item_preview"),
    path("calls/<int:call_id>/items/<int:item_id>/resend/", letters.resend_notice, name="item_resend"),
    # items and payments
    path("payments/table/", payment_table.payment_table, name="payment_table"),
    path("calls/<int:call_id>/items/<int:item_id>/", items.item, name="item"),
    path(
        "calls/<int:call_id>/items/<int:item_id>/payments/new/", payments.record_payment, name="payment_new"
    ),
    path(
        "calls/<int:call_id>/items/<int:item_id>/payments/<int:payment_id>/reverse/",
        payments.request_reversal,
        name="payment_reverse",
    ),
    path("reversals/<int:reversal_id>/approve/", payments.approve_reversal, name="reversal_approve"),
    path("reversals/<int:reversal_id>/reject/", payments.reject_reversal, name="reversal_reject"),
    path(
        "calls/<int:call_id>/items/<int:item_id>/settle/", settlements.settle_residual, name="residual_settle"
    ),
    path(
        "settlements/<int:settlement_id>/approve/", settlements.approve_settlement, name="settlement_approve"
    ),
    path("settlements/<int:settlement_id>/reject/", settlements.reject_settlement, name="settlement_reject"),
    path("calls/<int:call_id>/items/<int:item_id>/excuse/", excuses.excuse_partner, name="excuse"),
    path("excuses/<int:excuse_id>/approve/", excuses.approve_excuse, name="excuse_approve"),
    path("excuses/<int:excuse_id>/reject/", excuses.reject_excuse, name="excuse_reject"),
    # cash
    path("cash/", cash.receipt_list, name="receipt_list"),
    path("cash/export.<str:form>", cash.export_receipts, name="receipt_export"),
    path("cash/new/", cash.record_receipt, name="receipt_new"),
    path("cash/<int:receipt_id>/apply/", cash.apply_receipt, name="receipt_apply"),
    path("cash/<int:receipt_id>/return/", returns.return_receipt, name="receipt_return"),
    path("cash/<int:receipt_id>/return/preview.pdf", returns.preview_return, name="return_preview"),
    path("cash/returns/<int:return_id>/", returns.cash_return, name="cash_return"),
    path("cash/returns/<int:return_id>/send-notice/", returns.send_return_notice, name="return_send_notice"),
    path("cash/returns/<int:return_id>/notice.pdf", returns.return_notice, name="return_notice"),
    path("cash/returns/<int:return_id>/take-back/", returns.take_back_return, name="return_take_back"),
]
