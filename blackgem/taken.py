"""Whatever leaves as a file is in the audit trail: who took it, as whom, of what, and from where."""

import re
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from blackgem.http.problems import answer_error
from blackgem.lib import audit
from blackgem.lib.context import WriteContext
from blackgem.lib.downloads import Taken, taken_of
from blackgem.lib.errors import DomainError
from blackgem.lib.shell import who_runs_this
from blackgem.lib.sql import service

#: What of an address the event repeats: a code, a number, a day. Of anything else it tells the name of the parameter
#: alone, for what people search for names somebody.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_.,-]{0,39}")
_SEARCHES = {"q", "text", "search", "fund", "fundId"}
_PDF = "application/pdf"


class FilesRecorded:
    """Records every file that is answered, before any of it is sent; what cannot be recorded is not sent.

    A file is what carries a name to be kept under. To ask for its head alone takes nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not is_taken(request, response):
            return response
        try:
            record_taking(request, response)
        except DomainError as error:
            response.close()
            if request.path.startswith("/api/"):
                return answer_error(request, error)
            raise
        except Exception:
            response.close()
            raise
        return response


def is_taken(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether a person who is signed in is sent a file."""
    is_file = response.status_code == 200 and response.has_header("Content-Disposition")
    return is_file and request.method != "HEAD" and request.user.is_authenticated


def record_taking(request: HttpRequest, response: HttpResponse) -> None:
    """One event: the file by its name, with what it was narrowed to."""
    taken, facts = taken_of(request), _facts(request)
    is_document = response["Content-Disposition"].startswith("inline") or response["Content-Type"] == _PDF
    verb = "open_document" if is_document else "take_file"
    _record(verb, taken, _name_of(response), facts, ctx=WriteContext(request.user, timezone.now()))


def taken_on_the_command_line(label: str, *, by: str = "", facts: dict) -> None:
    """The same for a file that a command writes, which nobody signed in for: as whom the operating system knows it, and
    who it says that it is (`by`). To be called before the file is written: what cannot be recorded is not written."""
    said = {"asked_as": f"the command line, by {who_runs_this()}"} | ({"in_the_name_of": by} if by else {})
    _record("take_file", Taken(), label, said | facts, ctx=WriteContext(None, timezone.now()))


@service
def _record(verb: str, taken: Taken, label: str, facts: dict, *, ctx: WriteContext) -> None:
    changes = {name: [None, value] for name, value in (facts | taken.facts).items()}
    audit.record(
        verb=verb,
        ctx=ctx,
        subject=None,
        also=taken.subjects,
        fund_id=taken.fund_id,
        label=label,
        changes=changes,
    )


def _facts(request: HttpRequest) -> dict[str, str]:
    """Whose place was taken, by what way, and how the list was narrowed."""
    facts = {}
    if read_as := getattr(request, "read_as", ""):
        facts["as"] = read_as
    if request.path.startswith("/api/"):
        facts["through"] = "API token" if "Authorization" in request.headers else "API"
    narrowed = (_said(name, value) for name, value in sorted(request.GET.items()) if value)
    if said := "; ".join(list(narrowed)[:12]):
        facts["narrowed_to"] = said
    return facts


def _said(name: str, value: str) -> str:
    is_plain = name not in _SEARCHES and _PLAIN.fullmatch(value)
    return f"{name[:40]}={value}" if is_plain else name[:40]


def _name_of(response: HttpResponse) -> str:
    """As which the file is kept."""
    said = response["Content-Disposition"]
    plain, encoded = said.partition("filename=")[2], said.partition("filename*=utf-8''")[2]
    return (plain.strip('"') or unquote(encoded) or "a file")[:300]
