"""Questions of investors, for those who work for the fund: all of them, and one thread with its answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.downloads import stream_table
from blackgem.lib.lists import Listing, as_file, sort_of
from blackgem.lib.pages import FormPage, form_page, narrowed
from funds.forms.questions import MessageForm, QuestionFilterForm
from funds.queries import questions as queries
from funds.queries.files import export_name
from funds.queries.lists import PER_PAGE, page_of
from funds.services.questions import answer_question, check_answer


@manager_page
@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """Every thread, those that wait for an answer first."""
    form, threads = _narrowed(request)
    page = page_of(threads, PER_PAGE, request.GET.get("page"))
    listing = Listing(queries.QUESTIONS, request, form, page, hidden=form.same_in_all)
    return render(request, "funds/question_list.html", {"listing": listing})


@require_GET
@manager_page
def export_questions(request: HttpRequest, form: str) -> HttpResponse:
    """The whole filter as CSV or XLSX, in the order of the list."""
    asked, threads = _narrowed(request)
    rows = queries.export_rows(threads)
    fund = asked.fund_chosen
    return stream_table(
        form,
        *as_file(request, queries.QUESTIONS, queries.EXPORT_COLUMNS, rows),
        name=export_name("questions", fund and fund.pk),
        sheet="Questions",
        ctx=context_of(request),
    )


def _narrowed(request):
    form = QuestionFilterForm(request.GET, user=request.user)
    chosen = narrowed(form)
    return form, queries.narrowed_threads(request.user, sort=sort_of(request, queries.QUESTIONS), **chosen)


def _page(request, question_id) -> FormPage:
    question = queries.question_of(request.user, question_id)
    context = {
        "question": question,
        "thread": queries.thread_of(question.kind, question.item_id),
        "answer": offer(check_answer, question),
    }
    form = MessageForm(
        request.POST or None, label="Answer", help_text="Whoever asked is told by mail that it is here."
    )
    return FormPage(template="funds/question.html", form=form, context=context)


@manager_page
@form_page(_page)
def question(request: HttpRequest, page: FormPage, question_id: int) -> HttpResponse:
    """One thread, and what a manager answers."""
    answer_question(question_id=question_id, text=page.form.cleaned_data["text"], ctx=context_of(request))
    messages.success(request, "The answer is sent.")
    return redirect("funds:question_list")
