"""Addresses of management fees."""

from django.urls import path

from fees.views import asked, happened, home, payments, runs, waivers

app_name = "fees"
_FUND = "funds/<int:fund_id>/fees/"

urlpatterns = [
    path(_FUND, home.fees, name="fees"),
    path(f"{_FUND}export.<str:form>", home.export_runs, name="run_export"),
    path(f"{_FUND}workbook.xlsx", home.workbook, name="workbook"),
    path("calls/<int:call_id>/fee-run/", home.run_of_call, name="run_of_call"),
    path(f"{_FUND}next/", runs.new_run, name="run_new"),
    path("fee-runs/<int:run_id>/", runs.run, name="run"),
    path("fee-runs/<int:run_id>/export.<str:form>", runs.export_lines, name="line_export"),
    path("fee-runs/<int:run_id>/drafts.pdf", runs.drafts, name="run_drafts"),
    path("fee-runs/<int:run_id>/approve/", runs.approve_run, name="run_approve"),
    path("fee-runs/<int:run_id>/reject/", runs.reject_run, name="run_reject"),
    path("fee-runs/<int:run_id>/pay/", payments.pay_run, name="run_pay"),
    path("fee-runs/<int:run_id>/cancel/", waivers.cancel_run, name="run_cancel"),
    path(
        "fee-cancellations/<int:cancellation_id>/approve/",
        waivers.approve_cancellation,
        name="cancellation_approve",
    ),
    path(
        "fee-cancellations/<int:cancellation_id>/reject/",
        waivers.reject_cancellation,
        name="cancellation_reject",
    ),
    path(f"{_FUND}waived/", waivers.waived, name="waived"),
    path(f"{_FUND}waived/use/", waivers.use_waived, name="waiver_use"),
    path("fee-waiver-uses/<int:use_id>/approve/", waivers.approve_use, name="waiver_use_approve"),
    path("fee-waiver-uses/<int:use_id>/reject/", waivers.reject_use, name="waiver_use_reject"),
    path("fee-payments/<int:payment_id>/take-back/", payments.take_payment_back, name="payment_take_back"),
    path(f"{_FUND}schedule/new/", asked.new_schedule, name="schedule_new"),
    path("fee-schedules/<int:schedule_id>/approve/", asked.approve_schedule, name="schedule_approve"),
    path("fee-schedules/<int:schedule_id>/reject/", asked.reject_schedule, name="schedule_reject"),
    path(f"{_FUND}side-letters/", asked.letter_list, name="letters"),
    path(f"{_FUND}side-letters/new/", asked.new_letter, name="letter_new"),
    path("fee-letters/<int:letter_id>/approve/", asked.approve_letter, name="letter_approve"),
    path("fee-letters/<int:letter_id>/reject/", asked.reject_letter, name="letter_reject"),
    path(f"{_FUND}happened/", happened.happened, name="happened"),
    path(f"{_FUND}happened/event/", happened.new_event, name="event_new"),
    path(f"{_FUND}happened/sold/", happened.new_realisation, name="realisation_new"),
    path("fee-events/<int:event_id>/take-back/", happened.take_back, name="event_take_back"),
    path("fee-events/<int:event_id>/approve/", happened.approve_event, name="event_approve"),
    path("fee-events/<int:event_id>/reject/", happened.reject_event, name="event_reject"),
    path(
        "fee-realisations/<int:realisation_id>/approve/",
        happened.approve_realisation,
        name="realisation_approve",
    ),
    path(
        "fee-realisations/<int:realisation_id>/reject/",
        happened.reject_realisation,
        name="realisation_reject",
    ),
    path(f"{_FUND}income/", asked.income_list, name="income"),
    path(f"{_FUND}income/new/", asked.new_income, name="income_new"),
    path(f"{_FUND}income/export.<str:form>", home.export_income, name="income_export"),
    path("fee-income/<int:income_id>/approve/", asked.approve_income, name="income_approve"),
    path("fee-income/<int:income_id>/reject/", asked.reject_income, name="income_reject"),
]
