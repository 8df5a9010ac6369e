"""Investors and deals, which belong to no single fund: what a person has to do with them, and for whom they may be
taken."""

from django.db.models import Exists, OuterRef

from blackgem.lib.pages import found
from funds.access import Role
from funds.calc.names import is_look_alike, skeleton
from funds.models import Deal, Investor


def namesakes(user, model, name: str, *, but=None) -> list:
    """Investors or deals that a reader may take for this one: alike but for case, accents, legal form, look-alikes."""
    wanted = skeleton(name)
    rows = model.objects.visible_to(user).exclude(pk=but).order_by("pk")
    return [row for row in rows.only("pk", "name") if skeleton(row.name) == wanted]


def look_alike_domains(contact) -> list[str]:
    """Domains of the investor's other mailboxes for which this contact's may be taken, and which it is not."""
    investor = contact.investor
    others = investor.contacts.exclude(pk=contact.pk).values_list("email", flat=True)
    known = {_domain(email) for email in (*others, investor.email) if email}
    own = _domain(contact.email)
    return [] if own in known else sorted(one for one in known if is_look_alike(own, one))


def _domain(email: str) -> str:
    return email.rpartition("@")[2].lower()


# ---------------------------------------------------------------- one investor, one deal


def with_rights(rows, user):
    """Each row with `is_tied` to a fund, whether it `is_kept` by this person, who prepares for such a fund, and whether
    it `is_managed`, by this person too. The checks of `funds.access` read them."""
    tied = rows.model.funds_tied_to(OuterRef("pk"))
    return rows.annotate(
        is_tied=Exists(tied),
        is_kept=Exists(tied.run_by(user, Role.MANAGER, Role.ANALYST)),
        is_managed=Exists(tied.run_by(user, Role.MANAGER)),
    )


def investor_of(user, investor_id) -> Investor:
    """An investor; 404 where it is not to be seen."""
    return found(with_rights(Investor.objects.visible_to(user), user), pk=investor_id)


def deal_of(user, deal_id) -> Deal:
    """A deal; 404 where it is not to be seen."""
    return found(with_rights(Deal.objects.visible_to(user), user), pk=deal_id)


def investors_without_commitment(user, fund):
    """Investors that this person sees and the fund has not as a partner yet."""
    return (
        Investor.objects.visible_to(user)
        .exclude(pk__in=fund.commitments.values("investor"))
        .order_by("name", "pk")
    )
