"""Under whose name letters leave, and the domains of the addresses they carry: administrators admit and withdraw."""

import re

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput, NotFound
from blackgem.lib.sql import service
from funds.access import may_open_funds
from funds.models import Fund, MailDomain

_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
NOT_ADMITTED = "Investors answer to this address, and no administrator has admitted its domain for that."


def check_contact_email(email: str) -> None:
    """Raise InvalidInput("fund.contact_domain") for an address of a domain that nobody admitted."""
    if email and not MailDomain.objects.admits(email):
        raise InvalidInput("fund.contact_domain", NOT_ADMITTED, field="contact_email")


def domain_name(text: str) -> str:
    """A domain as mail names it: small letters, in ASCII. Raises InvalidInput("domain.invalid")."""
    try:
        name = text.strip().lower().removeprefix("@").encode("idna").decode()
    except UnicodeError:  # an empty or too long part
        name = ""
    if not _DOMAIN.fullmatch(name) or len(name) > 253:
        raise InvalidInput("domain.invalid", "Enter a domain such as fund.example.", field="name")
    return name


def check_administers_domains(by) -> None:
    if not by.is_superuser:
        raise Forbidden("role.insufficient", "Only an administrator admits the domains of senders.")


def check_withdraw_domain(domain: MailDomain, by) -> None:
    check_administers_domains(by)
    if domain.withdrawn_at:
        raise out_of_state("domain.withdrawn", f"{domain} is withdrawn already.")


@service
def admit_domain(*, name: str, ctx: WriteContext) -> MailDomain:
    """Let funds give addresses of this domain. Raises Forbidden, InvalidInput, Conflict("domain.admitted")."""
    check_administers_domains(ctx.by)
    name = domain_name(name)
    if MailDomain.objects.admitted().filter(name=name).exists():
        raise Conflict("domain.admitted", f"{name} is admitted already.", field="name")
    domain = MailDomain.objects.create(name=name, admitted_at=ctx.at, admitted_by=ctx.by)
    audit.record(verb="admit_domain", ctx=ctx, subject=domain)
    return domain


@service
def withdraw_domain(*, domain_id, ctx: WriteContext) -> MailDomain:
    """Letters carry no address of this domain from now on. Raises Forbidden, Conflict("domain.withdrawn")."""
    domain = MailDomain.objects.select_for_update().get(pk=domain_id)
    check_withdraw_domain(domain, ctx.by)
    domain.withdrawn_at, domain.withdrawn_by = ctx.at, ctx.by
    domain.save(update_fields=["withdrawn_at", "withdrawn_by"])
    audit.record(verb="withdraw_domain", ctx=ctx, subject=domain)
    return domain


# ---------------------------------------------------------------- funds as senders

#: What letters say of who sends them.
NAMES = ("name", "legal_name")


def admit_anew(fund: Fund, ctx: WriteContext) -> list[str]:
    """A new name is admitted with the right to open funds of whoever gives it; else letters wait for an administrator.
    Returns the fields that changed, for the caller to save."""
    by = ctx.by if may_open_funds(ctx.by) else None
    fund.sender_admitted_at, fund.sender_admitted_by = by and ctx.at, by
    return ["sender_admitted_at", "sender_admitted_by"]


def check_admit_sender(fund: Fund, by) -> None:
    """Whether this person may let letters of a fund leave under its name: an administrator, while nobody did."""
    _check_administers_senders(by)
    if fund.sender_admitted_at:
        raise out_of_state("sender.admitted", f"{fund} is admitted already.")


def check_withdraw_sender(fund: Fund, by) -> None:
    _check_administers_senders(by)
    if not fund.sender_admitted_at:
        raise out_of_state("sender.not_admitted", f"{fund} is not admitted.")


def _check_administers_senders(by) -> None:
    if not by.is_superuser:
        raise Forbidden("role.insufficient", "Only an administrator admits a fund as a sender of letters.")


@service
def admit_sender(*, fund_id, ctx: WriteContext) -> Fund:
    """Let letters of a fund leave under its name. Raises Forbidden, NotFound, Conflict("sender.admitted")."""
    fund = _locked(fund_id)
    check_admit_sender(fund, ctx.by)
    fund.save(update_fields=admit_anew(fund, ctx))
    audit.record(verb="admit_sender", ctx=ctx, subject=fund, fund_id=fund.pk)
    return fund


@service
def withdraw_sender(*, fund_id, ctx: WriteContext) -> Fund:
    """No letter of a fund leaves from now on. Raises Forbidden, NotFound, Conflict("sender.not_admitted")."""
    fund = _locked(fund_id)
    check_withdraw_sender(fund, ctx.by)
    fund.sender_admitted_at = fund.sender_admitted_by = None
    fund.save(update_fields=["sender_admitted_at", "sender_admitted_by"])
    audit.record(verb="withdraw_sender", ctx=ctx, subject=fund, fund_id=fund.pk)
    return fund


def _locked(fund_id) -> Fund:
    fund = Fund.objects.select_for_update(no_key=True).filter(pk=fund_id).first()
    if fund is None:
        raise NotFound("not_found", "There is no such fund.")
    return fund
