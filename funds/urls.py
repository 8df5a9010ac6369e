"""Addresses at which funds, their partners and terms are entered and changed, and invitations taken up."""

from django.urls import path

from funds.views import (
    advisers,
    bank,
    commitments,
    contact_rights,
    controls,
    deals,
    funds,
    investors,
    invitations,
    partner_table,
    payees,
    periods,
    questions,
    register,
    revealing,
    terms,
    wording,
)

app_name = "funds"
urlpatterns = [
    path("funds/new/", funds.fund_new, name="fund_new"),
    path("funds/<int:fund_id>/edit/", funds.fund_edit, name="fund_edit"),
    path("funds/<int:fund_id>/letters/", wording.wording, name="wording"),
    path("funds/<int:fund_id>/letters/preview.pdf", wording.wording_preview, name="wording_preview"),
    path("funds/<int:fund_id>/terms/new/", terms.terms_new, name="terms_new"),
    path("funds/<int:fund_id>/members/", funds.members, name="members"),
    path(
        "funds/<int:fund_id>/members/invitations/<int:invitation_id>/withdraw/",
        funds.member_invitation_withdraw,
        name="member_invitation_withdraw",
    ),
    path("funds/<int:fund_id>/members/<int:user_id>/remove/", funds.member_remove, name="member_remove"),
    path("funds/<int:fund_id>/bank-details/new/", bank.bank_details_new, name="bank_details_new"),
    path(
        "control-changes/<int:change_id>/approve/",
        controls.approve_control_change,
        name="control_change_approve",
    ),
    path(
        "control-changes/<int:change_id>/reject/",
        controls.reject_control_change,
        name="control_change_reject",
    ),
    path("bank-details/<int:bank_details_id>/verify/", bank.bank_details_verify, name="bank_details_verify"),
    path(
        "bank-details/<int:bank_details_id>/reveal/",
        revealing.bank_details_reveal,
        name="bank_details_reveal",
    ),
    path("investors/<int:investor_id>/reveal/", revealing.tax_reference_reveal, name="tax_reference_reveal"),
    path("bank-details/<int:bank_details_id>/reject/", bank.bank_details_reject, name="bank_details_reject"),
    path("funds/<int:fund_id>/phone-numbers/new/", payees.phone_number_new, name="fund_number_new"),
    path(
        "phone-numbers/<int:phone_number_id>/withdraw/", payees.phone_number_withdraw, name="number_withdraw"
    ),
    path(
        "commitments/<int:commitment_id>/phone-numbers/new/", payees.phone_number_new, name="payee_number_new"
    ),
    path(
        "commitments/<int:commitment_id>/payee-details/", payees.payee_details_list, name="payee_details_list"
    ),
    path(
        "commitments/<int:commitment_id>/payee-details/new/",
        payees.payee_details_new,
        name="payee_details_new",
    ),
    path("payee-details/<int:payee_details_id>/", payees.payee_details, name="payee_details"),
    path(
        "payee-details/<int:payee_details_id>/reject/",
        payees.payee_details_reject,
        name="payee_details_reject",
    ),
    path(
        "payee-details/<int:payee_details_id>/reveal/",
        revealing.payee_details_reveal,
        name="payee_details_reveal",
    ),
    path("funds/<int:fund_id>/commitments/new/", commitments.commitment_new, name="commitment_new"),
    path("funds/<int:fund_id>/commitments/table/", partner_table.partner_table, name="partner_table"),
    path("commitments/<int:commitment_id>/side-letter/", terms.side_letter_new, name="side_letter_new"),
    path("commitments/<int:commitment_id>/event/", register.register_event, name="register_event"),
    path(
        "commitment-events/<int:event_id>/approve/", register.approve_event, name="commitment_event_approve"
    ),
    path("commitment-events/<int:event_id>/reject/", register.reject_event, name="commitment_event_reject"),
    path("commitments/<int:commitment_id>/edit/", commitments.commitment_edit, name="commitment_edit"),
    path(
        "commitments/<int:commitment_id>/standing/",
        commitments.commitment_standing,
        name="commitment_standing",
    ),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("investors/new/", investors.investor_new, name="investor_new"),
    path("investors/<int:investor_id>/edit/", investors.investor_edit, name="investor_edit"),
    path("investors/<int:investor_id>/contacts/new/", investors.contact_new, name="contact_new"),
    path(
        "investors/<int:investor_id>/contacts/<int:contact_id>/", investors.contact_edit, name="contact_edit"
    ),
    path(
        "investors/<int:investor_id>/contacts/<int:contact_id>/remove/",
        investors.contact_remove,
        name="contact_remove",
    ),
    path(
        "investors/<int:investor_id>/contacts/<int:contact_id>/invite/",
        invitations.contact_invite,
        name="contact_invite",
    ),
    path(
        "investors/<int:investor_id>/contacts/<int:contact_id>/grant/",
        invitations.contact_grant,
        name="contact_grant",
    ),
    path(
        "investors/<int:investor_id>/contacts/<int:contact_id>/rights/",
        contact_rights.contact_rights,
        name="contact_rights",
    ),
    path(
        "investors/<int:investor_id>/contacts/<int:contact_id>/withdraw/",
        invitations.contact_withdraw,
        name="contact_withdraw",
    ),
    path("advisers/<int:adviser_pk>/decline/", advisers.decline_adviser_page, name="adviser_decline"),
    path("funds/<int:fund_id>/periods/", periods.period_list, name="periods"),
    path("funds/<int:fund_id>/periods/close/", periods.close_period, name="period_close"),
    path("periods/<int:close_id>/", periods.period, name="period"),
    path("periods/<int:close_id>/approve/", periods.approve_period_close, name="period_close_approve"),
    path("periods/<int:close_id>/reject/", periods.reject_period_close, name="period_close_reject"),
    path("periods/<int:close_id>/reopen/", periods.reopen_period, name="period_reopen"),
    path("questions/", questions.question_list, name="question_list"),
    path("questions/export.<str:form>", questions.export_questions, name="question_export"),
    path("questions/<int:question_id>/", questions.question, name="question"),
    path("deals/new/", deals.deal_new, name="deal_new"),
    path("deals/<int:deal_id>/edit/", deals.deal_edit, name="deal_edit"),
]
