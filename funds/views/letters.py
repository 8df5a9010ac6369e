"""The letters of a call or a distribution: what its page says of them, and their PDFs."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from blackgem.lib.access import manager_page
from blackgem.lib.context import WriteContext, context_of
from blackgem.lib.downloads import makes_file, show_pdf, stream_file, takes
from blackgem.lib.errors import Conflict
from blackgem.lib.joined_pdf import joined
from blackgem.lib.letter_fonts import check_printable, texts_in
from blackgem.lib.pages import says_refusals
from funds.models import Notice
from funds.queries.documents import merged_notices, newest_letter
from funds.queries.letter_states import copy_of
from funds.queries.wording import pictures_in
from funds.services.letters import file_name
from funds.services.rendering import draft_pdf


def say_queued(request: HttpRequest, count: int, nothing: str) -> None:
    """That so many are queued, or why none is."""
    if count:
        queued = "notice is" if count == 1 else "notices are"
        messages.success(request, f"{count} {queued} queued for mailing.")
    else:
        messages.info(request, nothing)


def show_draft(letter: Notice | None, *, inline: bool = True) -> HttpResponse:
    """A letter that is not issued, as "LSFI-CC3-0001-draft.pdf". Raises Conflict("notice.none") where nothing is asked
    of the investor, or paid to it."""
    if letter is None:
        raise Conflict("notice.none", "This investor gets no letter: its amount is zero.")
    name = f"{file_name(letter).removesuffix('-v1.pdf')}-draft.pdf"
    return show_pdf(draft_pdf(letter), name=name, inline=inline)


def send_drafts(letters: Sequence[Notice], *, name: str, ctx: WriteContext) -> HttpResponse:
    """Every letter that is not issued yet, each marked as a draft, in one PDF that is drawn while it is sent. Raises
    Conflict("notice.none") where there is none, Unprintable."""
    if not letters:
        raise Conflict("notice.none", "There is no letter: nobody is asked for anything, or paid.")
    for letter in letters:
        check_printable(texts_in(letter.facts))
    first = letters[0]
    pictures = pictures_in(first.fund_id, first.facts["fund"])
    drawn = (
        (f"{one.number} {one.facts['partner']['name']}", draft_pdf(one, pictures=pictures)) for one in letters
    )
    content = joined(drawn, title=f"DRAFT: {name}")
    return stream_file(content, name=f"{name}.pdf", content_type="application/pdf", ctx=ctx)


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterPages:
    """The letters of one kind of event, a call, a distribution or a closing: their PDFs, and that they are sent.

    `event_of(user, id)` and `item_of(user, id, item_id)` are what this person may see, else 404; `event` is the item's
    name for it, `event_page` the name of its page. `before_issue` are the states in which a letter is only a draft,
    which `draft(event, item_id, at=)` writes, and `drafts(event, at=)` all of them; `page` is the name of the page of
    the letter itself, `title` stands in the name of the file of all, and `refused` is the page on which is said why
    there is none.
    """

    kind: Notice.Kind
    event: str
    event_page: str
    event_of: Callable
    item_of: Callable
    page: str
    title: str
    refused: Callable
    before_issue: Container = ()
    draft: Callable | None = None
    drafts: Callable | None = None

    def all_in_one(self) -> Callable:
        """Every notice in one PDF."""

        def view(request: HttpRequest, **ids) -> HttpResponse:
            event = self.event_of(request.user, *ids.values())
            name = f"{event.fund.code}_{self.title}_{event.number}_Notices.pdf"
            takes(request, event, fund_id=event.fund_id)
            return show_pdf(merged_notices(self.kind, event.pk), name=name)

        return makes_file(self._page(view))

    def newest(self) -> Callable:
        """One investor's newest notice."""

        def view(request: HttpRequest, **ids) -> HttpResponse:
            self.item_of(request.user, *ids.values())  # 404 where it is not to be seen
            letter = newest_letter(self.kind, *ids.values())
            takes(request, letter, fund_id=letter.fund_id)
            return show_pdf(copy_of(letter), name=file_name(letter))

        return self._page(view)

    def preview(self) -> Callable:
        """One investor's letter before the issue, marked as a draft; the letter itself afterwards. Writes nothing."""

        def view(request: HttpRequest, **ids) -> HttpResponse:
            item = self.item_of(request.user, *ids.values())
            event = getattr(item, self.event)
            if event.status not in self.before_issue:
                return redirect(self.page, *ids.values())
            takes(request, event, fund_id=event.fund_id)
            return show_draft(self.draft(event, item.pk, at=timezone.now()))

        return makes_file(self._page(view))

    def all_previews(self) -> Callable:
        """Every letter before the issue in one file, marked as drafts; the page of the event afterwards. Writes
        nothing."""

        def view(request: HttpRequest, **ids) -> HttpResponse:
            event = self.event_of(request.user, *ids.values())
            if event.status not in self.before_issue:
                return redirect(self.event_page, *ids.values())
            takes(request, event, fund_id=event.fund_id)
            letters = self.drafts(event, at=timezone.now())
            name = f"{event.fund.code}_{self.title}_{event.number}_Draft_Notices"
            return send_drafts(letters, name=name, ctx=context_of(request))

        return self._page(view)

    def send(self, service: Callable, *flags: str, lists: Sequence[str] = ()) -> Callable:
        """Queue the newest notice of all; `resend`, and the other `flags` that the service takes, are ticked or not; of
        `lists` everything that is ticked is taken."""

        def view(request: HttpRequest, **ids) -> HttpResponse:
            ticked = {name: request.POST.get(name) == "yes" for name in ("resend", *flags)}
            ticked |= {name: request.POST.getlist(name) for name in lists}
            count = service(**ids, **ticked, ctx=context_of(request))
            say_queued(request, count, "No notice was waiting to be sent.")
            return redirect(self.event_page, *ids.values())

        return require_POST(manager_page(says_refusals(self.refused)(view)))

    def _page(self, view: Callable) -> Callable:
        return require_safe(manager_page(says_refusals(self.refused)(view)))
