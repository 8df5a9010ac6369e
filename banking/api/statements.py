"""Bank statements: a file is uploaded and read, its entries are matched, and what is certain is posted."""

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from banking.models import StatementFile
from banking.queries import pages as read
from banking.services.files import upload_statement
from banking.services.posting import post_matches
from blackgem.http.pagination import Paged, page_of, part_of
from blackgem.http.rights import needs
from blackgem.http.schemas import NOTHING, Nothing
from blackgem.http.validation import naming
from blackgem.lib.context import context_of
from funds.access import MANAGE
from funds.api.verbs import one
from funds.models import Fund

from .answers import (
    BankStatementDetailAnswer,
    BankStatementsAnswer,
    PostedMatchesAnswer,
    StatementFileAnswer,
)
from .bodies import BankStatementFilter, StatementFileBody
from .serializers import detail_of, entry_answer, file_answer, posted_answer, statement_answer

router = Router(by_alias=True, tags=["Bank statements"])


@router.get("/bank-statements", response=BankStatementsAnswer)
def list_bank_statements(request: HttpRequest, asked: Query[BankStatementFilter]):
    """Newest first."""
    rows = read.statements_seen_by(request.user)
    if asked.fund_id is not None:
        rows = rows.filter(fund=asked.fund_id)
    found, total = page_of(rows, asked)
    return BankStatementsAnswer(statements=[statement_answer(row) for row in found], total=total)


@router.post("/bank-statements", response={201: StatementFileAnswer})
@needs(MANAGE)
def post_bank_statements(request: HttpRequest, response: HttpResponse, body: StatementFileBody):
    """Keep a file of statements, which a worker reads: what came of it is read at `Location`. 409 for bytes that were
    imported already."""
    with naming(file="content"):
        file = upload_statement(**body.model_dump(), ctx=context_of(request))
    response["Location"] = f"/api/bank-statement-files/{file.pk}"
    return file_answer(file)


@router.get("/bank-statement-files/{id:statement_file_id}", response=StatementFileAnswer)
def get_bank_statement_file(request: HttpRequest, statement_file_id: int):
    """How far a file is read, and what was taken of it."""
    files = StatementFile.objects.filter(fund__in=Fund.objects.visible_to(request.user))
    return file_answer(one(files.defer("content"), statement_file_id))


@router.get("/bank-statements/{id:statement_id}", response=BankStatementDetailAnswer)
def get_bank_statement(request: HttpRequest, statement_id: int, asked: Query[Paged]):
    """A page of its lines, each credit with whom it is from as the books stand now."""
    statement = one(read.statements_seen_by(request.user), statement_id)
    lines = read.lines_shown(statement)
    shown, _ = part_of(lines, asked)
    return BankStatementDetailAnswer.of(
        statement, **detail_of(statement, lines), entries=[entry_answer(line) for line in shown]
    )


@router.post("/bank-statements/{id:statement_id}/post", response=PostedMatchesAnswer)
@needs(MANAGE)
def post_bank_statement_matches(request: HttpRequest, statement_id: int, body: Nothing = NOTHING):
    """Record the payment of every certain match; what is exact and waits for a person is among `left`. Twice posts
    nothing twice. 409 for a statement that does not prove itself."""
    posted, left = post_matches(statement_id=statement_id, ctx=context_of(request))
    return posted_answer(one(read.statements_seen_by(request.user), statement_id), posted, left)
