"""The tables here that are sealed against tampering."""

from blackgem.lib.evidence import Covered, register

register({"payout_releases": Covered(salted=("reason",))})
