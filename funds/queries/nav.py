"""Who says what partners' shares of a fund's net asset value are worth: the app that knows the waterfall."""

from collections.abc import Callable, Mapping
from datetime import date

from blackgem.lib.knowledge import Knowledge
from funds.calc.nav import Nav
from funds.models import Fund

#: The value of every partner's share of some funds, each on a day, as known at a time, by commitment; a partner without
#: one is left out.
Valuer = Callable[[Mapping[Fund, date], Knowledge], Mapping[int, Nav]]
_valuers: list[Valuer] = []


def register_valuer(valuer: Valuer) -> None:
    """Say who works it out."""
    _valuers[:] = [valuer]


def valuer() -> Valuer:
    """Whoever works it out."""
    return _valuers[0]
