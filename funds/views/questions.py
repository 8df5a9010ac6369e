"""Questions of investors, for those who work for the fund: all of them, and one thread with its answer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.checks import offer
from blackgem.lib.context import context_of
from blackgem.lib.pages import FormPage, form_page
from funds.forms.questions import MessageForm
from funds.queries import questions as queries
from funds.queries.lists import PER_PAGE, page_of
from funds.services.questions import answer_question, check_answer


@manager_page
@require_safe
def question_list(request: HttpRequest) -> HttpResponse:
    """Every thread, those that wait for an answer first."""
    threads = page_of(queries.threads(request.user), PER_PAGE, request.GET.get("page"))
    return render(request, "funds/question_list.html", {"threads": threads})


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
