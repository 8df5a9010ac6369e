"""Domains of the addresses that letters carry: admitted and withdrawn by administrators."""

import re

from blackgem.lib import audit
from blackgem.lib.checks import out_of_state
from blackgem.lib.context import WriteContext
from blackgem.lib.errors import Conflict, Forbidden, InvalidInput
from blackgem.lib.sql import service
from funds.models import MailDomain

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
