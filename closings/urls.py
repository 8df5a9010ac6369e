"""Addresses of later closings and of transfers."""

from django.urls import path

from closings.views import (
    closings,
    defaults,
    drafts,
    files,
    letters,
    losses,
    proof,
    refunds,
    setoffs,
    transfers,
    verbs,
)

app_name = "closings"
_ONE = "closings/<int:closing_id>/"

urlpatterns = [
    path("funds/<int:fund_id>/closings/", closings.closing_list, name="closing_list"),
    path("calls/<int:call_id>/closing/", closings.closing_of_call, name="closing_of_call"),
    path("funds/<int:fund_id>/closings/export.<str:form>", files.export_closings, name="closing_export"),
    path("closings/new/", drafts.new_closing, name="closing_new"),
    path(_ONE, closings.closing, name="closing"),
    path(f"{_ONE}figures/", closings.closing_figures, name="closing_figures"),
    path(f"{_ONE}proof.xlsx", proof.proof_sheet, name="closing_proof"),
    path(f"{_ONE}edit/", drafts.edit_closing, name="closing_edit"),
    path(f"{_ONE}submit/", verbs.submit_closing, name="closing_submit"),
    path(f"{_ONE}settle/", verbs.settle_closing, name="closing_settle"),
    path(f"{_ONE}send-back/", verbs.send_back_closing, name="closing_send_back"),
    path(f"{_ONE}cancel/", verbs.cancel_closing, name="closing_cancel"),
    path(f"{_ONE}reverse/", verbs.reverse_closing, name="closing_reverse"),
    path(
        "closing-reversals/<int:reversal_id>/approve/",
        verbs.approve_closing_reversal,
        name="closing_reversal_approve",
    ),
    path(
        "closing-reversals/<int:reversal_id>/reject/",
        verbs.reject_closing_reversal,
        name="closing_reversal_reject",
    ),
    path(f"{_ONE}refunds/pay/", refunds.pay_refunds, name="refunds_pay"),
    path(f"{_ONE}refunds/<int:refund_id>/", refunds.refund, name="refund"),
    path(
        f"{_ONE}refund-payouts/<int:payout_id>/reverse/",
        refunds.request_refund_reversal,
        name="refund_payout_reverse",
    ),
    path(
        "refund-reversals/<int:reversal_id>/approve/",
        refunds.approve_refund_reversal,
        name="refund_reversal_approve",
    ),
    path(
        "refund-reversals/<int:reversal_id>/reject/",
        refunds.reject_refund_reversal,
        name="refund_reversal_reject",
    ),
    path(f"{_ONE}send-notices/", letters.send_notices, name="closing_send_notices"),
    path(f"{_ONE}notices.pdf", letters.all_notices, name="closing_notices"),
    path(f"{_ONE}notices/", letters.notices_card, name="closing_notices_card"),
    path(f"{_ONE}drafts.pdf", letters.all_previews, name="letter_previews"),
    path(f"{_ONE}partners/<int:investor_id>/draft.pdf", letters.preview_notice, name="letter_preview"),
    path(f"{_ONE}refunds/export.<str:form>", files.export_refunds, name="refund_export"),
    path(f"{_ONE}refunds/<int:refund_id>/notice.pdf", letters.refund_notice, name="refund_notice"),
    path(f"{_ONE}refunds/<int:refund_id>/resend/", letters.resend_notice, name="refund_resend"),
    path("funds/<int:fund_id>/set-offs/", setoffs.setoff_list, name="setoff_list"),
    path("funds/<int:fund_id>/set-offs/export.<str:form>", setoffs.export_setoffs, name="setoff_export"),
    path("distributions/<int:distribution_id>/set-off/<int:call_id>/", setoffs.set_off, name="setoff_new"),
    path("closings/<int:closing_id>/set-off/<int:call_id>/", setoffs.set_off, name="setoff_new_refunds"),
    path("set-offs/<int:setoff_id>/", setoffs.setoff, name="setoff"),
    path("set-offs/<int:setoff_id>/approve/", setoffs.approve_setoff, name="setoff_approve"),
    path("set-offs/<int:setoff_id>/reject/", setoffs.reject_setoff, name="setoff_reject"),
    path(
        "set-offs/<int:setoff_id>/parts/<int:part_id>/reverse/", setoffs.reverse_setoff, name="setoff_reverse"
    ),
    path(
        "set-off-reversals/<int:reversal_id>/approve/",
        setoffs.approve_setoff_reversal,
        name="setoff_reversal_approve",
    ),
    path(
        "set-off-reversals/<int:reversal_id>/reject/",
        setoffs.reject_setoff_reversal,
        name="setoff_reversal_reject",
    ),
    path("funds/<int:fund_id>/defaults/", defaults.default_list, name="default_list"),
    path("funds/<int:fund_id>/defaults/export.<str:form>", defaults.export_defaults, name="default_export"),
    path("call-parts/<int:item_id>/default/", defaults.new_default, name="default_new"),
    path("defaults/<int:default_id>/", defaults.default, name="default"),
    path("defaults/<int:default_id>/approve/", defaults.approve_default, name="default_approve"),
    path("defaults/<int:default_id>/reject/", defaults.reject_default, name="default_reject"),
    path("defaults/<int:default_id>/interest/", defaults.ask_interest, name="default_interest"),
    path("defaults/<int:default_id>/shortfall/", defaults.ask_shortfall, name="default_shortfall"),
    path("defaults/<int:default_id>/forfeiture/", losses.forfeit, name="default_forfeiture"),
    path("defaults/<int:default_id>/sale/", losses.sell, name="default_sale"),
    path("defaults/<int:default_id>/reduction/", losses.cut, name="default_reduction"),
    path("defaults/<int:default_id>/withdraw/", losses.withdraw, name="default_withdraw"),
    path(
        "default-withdrawals/<int:withdrawal_id>/approve/",
        losses.approve_withdrawal,
        name="default_withdrawal_approve",
    ),
    path(
        "default-withdrawals/<int:withdrawal_id>/reject/",
        losses.reject_withdrawal,
        name="default_withdrawal_reject",
    ),
    path("default-remedies/<int:remedy_id>/approve/", defaults.approve_remedy, name="remedy_approve"),
    path("default-remedies/<int:remedy_id>/reject/", defaults.reject_remedy, name="remedy_reject"),
    path("default-remedies/<int:remedy_id>/pay/", defaults.pay_interest_on, name="remedy_pay"),
    path("funds/<int:fund_id>/transfers/", transfers.transfer_list, name="transfer_list"),
    path("funds/<int:fund_id>/transfers/new/", transfers.new_transfer, name="transfer_new"),
    path(
        "funds/<int:fund_id>/transfers/export.<str:form>", transfers.export_transfers, name="transfer_export"
    ),
    path("transfers/<int:transfer_id>/", transfers.transfer, name="transfer"),
    path("transfers/<int:transfer_id>/approve/", transfers.approve_transfer, name="transfer_approve"),
    path("transfers/<int:transfer_id>/reject/", transfers.reject_transfer, name="transfer_reject"),
]
