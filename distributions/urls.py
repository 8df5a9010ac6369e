"""Addresses of money paid out."""

from django.urls import path

from distributions.views import distributions, items, letters, payouts, returns, verbs, workbook

app_name = "distributions"
_ONE = "distributions/<int:distribution_id>/"
_ITEM = f"{_ONE}items/<int:item_id>/"

urlpatterns = [
    path("payouts/<int:distribution_item_id>/release/", payouts.release, name="payout_release"),
    path("funds/<int:fund_id>/returns/", returns.fund_returns, name="fund_returns"),
    path("funds/<int:fund_id>/clawback/", returns.fund_clawback, name="fund_clawback"),
    path("funds/<int:fund_id>/nav/new/", returns.new_nav, name="nav_new"),
    path("funds/<int:fund_id>/write-downs/new/", returns.new_write_down, name="write_down_new"),
    path("write-downs/<int:write_down_id>/approve/", returns.approve_write_down, name="write_down_approve"),
    path("write-downs/<int:write_down_id>/reject/", returns.reject_write_down, name="write_down_reject"),
    path("distributions/", distributions.distribution_list, name="distribution_list"),
    path("distributions/export.<str:form>", distributions.export_distributions, name="distribution_export"),
    path("distributions/new/", distributions.new_distribution, name="distribution_new"),
    path("distributions/preview/", distributions.preview_distribution, name="distribution_preview"),
    path(_ONE, distributions.distribution, name="distribution"),
    path(f"{_ONE}changes/", distributions.distribution_changes, name="distribution_changes"),
    path(f"{_ONE}check.xlsx", workbook.check_workbook, name="distribution_check"),
    path(f"{_ONE}edit/", distributions.edit_distribution, name="distribution_edit"),
    path(f"{_ONE}delete/", verbs.delete_draft, name="distribution_delete"),
    path(f"{_ONE}submit/", verbs.submit_distribution, name="distribution_submit"),
    path(f"{_ONE}approve/", verbs.approve_distribution, name="distribution_approve"),
    path(f"{_ONE}send/", verbs.issue_approved_distribution, name="distribution_send"),
    path(f"{_ONE}return-to-draft/", verbs.return_to_draft, name="distribution_return_to_draft"),
    path(f"{_ONE}issue/", verbs.issue_distribution, name="distribution_issue"),
    path(f"{_ONE}send-back/", verbs.send_back_distribution, name="distribution_send_back"),
    path(f"{_ONE}cancel/", verbs.cancel_distribution, name="distribution_cancel"),
    # letters
    path(f"{_ONE}send-notices/", letters.send_notices, name="distribution_send_notices"),
    path(f"{_ONE}notices.pdf", letters.all_notices, name="distribution_notices"),
    path(f"{_ONE}drafts.pdf", letters.all_previews, name="distribution_previews"),
    path(f"{_ONE}notices/", letters.notices_card, name="distribution_notices_card"),
    path(f"{_ITEM}notice.pdf", letters.item_notice, name="item_notice"),
    path(f"{_ITEM}draft.pdf", letters.preview_notice, name="item_preview"),
    path(f"{_ITEM}resend/", letters.resend_notice, name="item_resend"),
    # items and payouts
    path(_ITEM, items.item, name="item"),
    path(f"{_ONE}payouts/new/", payouts.pay_out, name="payout_new"),
    path(f"{_ONE}payouts/<int:payout_id>/reverse/", payouts.request_payout_reversal, name="payout_reverse"),
    path(
        "payout-reversals/<int:reversal_id>/approve/",
        payouts.approve_payout_reversal,
        name="payout_reversal_approve",
    ),
    path(
        "payout-reversals/<int:reversal_id>/reject/",
        payouts.reject_payout_reversal,
        name="payout_reversal_reject",
    ),
]
