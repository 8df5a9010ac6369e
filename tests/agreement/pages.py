"""The pages of managers and of the portal that show a figure of now."""

from collections.abc import Iterator

from tests.agreement.facts import NOW, Said
from tests.agreement.ratios import of_investor
from tests.agreement.reader import WORDS, Reader
from tests.agreement.reading import amount

# ---------------------------------------------------------------- the manager's pages


def manager_pages(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    home = reader.page(reader.manager, "/")
    yield from reader.listed(home, fund, "overview", place="")
    yield from reader.tabled(
        home, lambda row: fund if row.startswith(reader.fund.name) else None, "overview", place="Funds"
    )
    page = reader.page(reader.manager, f"/funds/{reader.fund.pk}/")
    yield from reader.listed(page, fund, "fund page", place="")
    yield from reader.tabled(page, reader.partner, "fund page", place="Investor commitments")
    yield from reader.tabled(page, reader.deal, "fund page", place="Deals")
    yield from reader.tabled(
        page, lambda row: fund if row == "All calls" else None, "fund page", place="Deals"
    )
    for one in reader.fund.allocations.select_related("deal"):
        figures = reader.page(reader.manager, f"/allocations/{one.pk}/")
        yield from reader.listed(figures, reader.deal(one.deal.name), "allocation page", place="")


def call_pages(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    figures = reader.page(reader.manager, "/calls/")
    yield from reader.listed(figures, fund, "list of calls", place="")
    yield from reader.tabled(figures, reader.call, "list of calls", place="All calls")
    for call in reader.fund.capital_calls.exclude(status__in=("draft", "cancelled")):
        page = reader.page(reader.manager, f"/calls/{call.pk}/")

        def about(row, call=call):
            whole = reader.partner(row)
            if whole is None:
                return None
            return ("call", call.number) if whole[0] == "fund" else ("part of call", call.number, whole[1])

        yield from reader.tabled(page, about, "call page", place="LP payments")
        for item in call.items.all():
            figures = reader.page(reader.manager, f"/calls/{call.pk}/items/{item.pk}/")
            part = ("part of call", call.number, item.commitment_id)
            own = [one for one in figures if one.row not in WORDS["unfunded"]]
            yield from reader.listed(own, part, "item page", place="")
            yield from reader.listed(
                [one for one in figures if one not in own],
                ("partner", item.commitment_id),
                "item page",
                place="",
            )


def distribution_pages(reader: Reader) -> Iterator[Said]:
    fund = ("fund", reader.fund.pk)
    figures = reader.page(reader.manager, "/distributions/")
    yield from reader.listed(figures, fund, "list of distributions", place="")
    yield from reader.tabled(figures, reader.distribution, "list of distributions", place="All distributions")
    for one in reader.fund.distributions.filter(sent_at__isnull=False).exclude(status="cancelled"):
        page = reader.page(reader.manager, f"/distributions/{one.pk}/")
        yield from reader.listed(page, ("distribution", one.number), "distribution page", place="")
        for item in one.items.all():
            part = ("part of distribution", one.number, item.commitment_id)
            row = next(
                name for name, partner in reader.life.partners.items() if partner.pk == item.commitment_id
            )
            yield from reader.tabled(
                page,
                lambda text, row=row, part=part: part if text.startswith(row) else None,
                "distribution page",
                place="LP allocation",
            )
            figures = reader.page(reader.manager, f"/distributions/{one.pk}/items/{item.pk}/")
            yield from reader.listed(figures, part, "paid item page", place="")


def investor_pages(reader: Reader) -> Iterator[Said]:
    figures = reader.page(reader.manager, "/investors/")
    yield from reader.listed(figures, ("fund", reader.fund.pk), "list of investors", place="")
    yield from reader.tabled(figures, reader.partner, "list of investors", place="All investors")
    for partner in reader.life.partners.values():
        page = reader.page(reader.manager, f"/investors/{partner.investor_id}/")
        own = ("partner", partner.pk)
        yield from reader.tabled(
            page,
            lambda row, own=own: own if row.startswith(reader.fund.name) else None,
            "investor page",
            place="Commitments",
        )
        yield from of_investor(page, own, reader.fund)
        yield from reader.tabled(
            page, reader.part_of(reader.call, partner), "investor page", place="Capital calls"
        )
        yield from reader.tabled(
            page, reader.part_of(reader.distribution, partner), "investor page", place="Distributions"
        )


# ---------------------------------------------------------------- the portal


def called_by_what_is_not(reader: Reader, row, own) -> Iterator[Said]:
    """What was called, as committed less uncalled."""
    read = {one.column: amount(one.text) for one in row if one.column in ("Committed", "Uncalled")}
    committed, uncalled = read["Committed"], read["Uncalled"]
    yield Said(own, "called", NOW, committed - uncalled, "portal home, less uncalled")


def portal_pages(reader: Reader) -> Iterator[Said]:
    for name, client in reader.investors.items():
        partner = reader.life.partners[name]
        own, calls, out = (
            ("partner", partner.pk),
            reader.part_of(reader.call, partner),
            reader.part_of(reader.distribution, partner),
        )
        home = reader.page(client, "/portal/")
        named = [one for one in home if one.row.startswith(reader.fund.name)]
        yield from reader.tabled(named, lambda row, own=own: own, "portal home", place="Your commitments")
        yield from called_by_what_is_not(reader, named, own)
        yield from reader.tabled(home, calls, "portal home", place="Due from you")
        yield from reader.tabled(
            reader.page(client, "/portal/calls/"), calls, "portal calls", place="Every call to you"
        )
        yield from reader.tabled(
            reader.page(client, "/portal/payments/"), calls, "portal payments", place="Still to be paid"
        )
        yield from reader.tabled(
            reader.page(client, "/portal/distributions/"),
            out,
            "portal distributions",
            place="Every distribution to you",
        )
