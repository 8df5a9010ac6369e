"""What a random life draws, deed by deed, and whether it lived."""

from decimal import Decimal

ANY = 7


# What a deed draws from the dice of its step.
def anyone(dice):
    return dice.randint(0, ANY)


def cents(dice):
    return Decimal(dice.randint(1, dice.choice([1_000, 5_000, 30_000]))) / 100


def maybe_cents(dice):
    return cents(dice) if dice.random() < 0.5 else None


def coin(dice):
    return dice.random() < 0.5


def shares(dice):
    return Decimal(dice.choice([1, 20, 33, 50, 99, 100, 100, 101])) / 100


def small_shares(dice):
    return Decimal(dice.choice([1, 5, 10, 20, 33, 50, 100, 101])) / 100


def one_of(*choices):
    return lambda dice: dice.choice(choices)


DEEDS = []


def deed(weight, *, when=None, **arguments):
    """One of the things that can happen in a step; `weight`: how often, beside the others, where `when` holds."""

    def register(method):
        DEEDS.append((weight, when, method, arguments))
        return method

    return register


#: What has to succeed at least how often, as a share of all steps.
LIVELY = [
    ("called", ("call_allocation", "approve"), 0.03),
    ("paid", ("pay_item", "pay", "apply"), 0.03),
    ("reversed or cancelled", ("reverse", "cancel"), 0.03),
]


def part_of(amount: Decimal, share: Decimal) -> Decimal:
    """A share of an amount, down to a cent, and never nothing."""
    return max(Decimal("0.01"), (amount * share).quantize(Decimal("0.01"), rounding="ROUND_DOWN"))


def print_tally(tally):
    """What was done and refused, for `pytest -s`."""
    for deed in sorted({deed for deed, _ in tally}):
        print(f"{deed:18} done {tally[deed, True]:5}  refused {tally[deed, False]:5}")


def assert_it_lived(tally, steps):
    """A random life in which nothing succeeds proves nothing: enough of each kind of deed has to go through."""
    for kind, deeds, share in LIVELY:
        done = sum(tally[deed, True] for deed in deeds)
        assert done >= steps * share, f"only {done} times {kind} in {steps} steps"
