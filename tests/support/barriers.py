"""What keeps people from using a page, as far as axe sees it: in both themes, on a telephone and on a desktop."""

from axe_playwright_python.sync_playwright import Axe

SERIOUS = ("serious", "critical")
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1440, "height": 900}
_CUT = """() => [...document.querySelectorAll('main .table-scroll')]
    .filter(one => one.scrollWidth > one.clientWidth + 1)
    .map(one => `${one.getAttribute('aria-labelledby')}: ${one.scrollWidth} of ${one.clientWidth} px`)"""
_SWITCH = "theme => { document.documentElement.dataset.theme = theme }"
_OPEN = "() => document.querySelectorAll('main details').forEach(one => { one.open = true })"
_COLOURS = """() => axe.run(
    { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }
)"""


def barriers(page) -> list[tuple]:
    """(theme, rule, HTML) of every fault of the open page: against WCAG of any weight, else serious.

    Axe looks at it whole in the theme it stands in; in the other only colours differ. The browser is to ask for reduced
    motion, so that no colour is halfway.
    """
    page.evaluate(_OPEN)
    shown = page.evaluate("document.documentElement.dataset.theme")
    found = [
        (shown, *fault)
        for fault in _faults(Axe().run(page, options={"resultTypes": ["violations"]}).response)
    ]
    other = "light" if shown == "dark" else "dark"
    page.evaluate(_SWITCH, other)
    found += [(other, *fault) for fault in _faults(page.evaluate(_COLOURS))]
    page.evaluate(_SWITCH, shown)
    return found + _scrolls(page) + _is_cut(page)


def _faults(results) -> list[tuple]:
    return [
        (one["id"], one["impact"], [node["html"][:160] for node in one["nodes"]])
        for one in results["violations"]
        if one["impact"] in SERIOUS or any(tag.startswith("wcag") for tag in one["tags"])
    ]


def _scrolls(page) -> list[tuple]:
    """Whether the page itself, not a table in it, scrolls sideways on a telephone."""
    before = page.viewport_size
    page.set_viewport_size(PHONE)
    width = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(before)
    return [("any", "scrolls", "", [f"{width} px"])] if width > PHONE["width"] else []


def _is_cut(page) -> list[tuple]:
    """The tables whose last columns, and the buttons in them, lie beyond the edge of a desktop."""
    before = page.viewport_size
    page.set_viewport_size(DESKTOP)
    cut = page.evaluate(_CUT)
    page.set_viewport_size(before)
    return [("any", "cut", "", cut)] if cut else []
