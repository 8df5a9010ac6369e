"""What the application's role may do here: append, and no more."""

from blackgem.lib.privileges import APPEND, READ, register

register(
    {
        "chain_seals": APPEND,
        "leaf_salts": APPEND,
        "frozen_inputs": READ,
        "anchors_told": APPEND,
        "reconciliations": APPEND,
    }
)
