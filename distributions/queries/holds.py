"""Why a payout is held: because of the account that it would go to."""

from django.db.models import CharField, F, Func, IntegerField, Value

from distributions.models import DistributionItem

#: What is said of a hold, by its reason.
WORDS = {
    "waits": "New bank details of this partner wait to be verified.",
    "changed": "The bank details of this partner changed since the distribution was approved.",
}


def hold_of(by=None, *, item: str = "pk") -> Func:
    """Why the payout of an item is held for a person, or None; `item` leads to its id. Who released it may not record
    it, where there are two."""
    payer = Value(by.pk if by else 0, output_field=IntegerField())
    return Func(F(item), payer, function="payout_hold", output_field=CharField())


def read_hold(item: DistributionItem, by=None) -> str | None:
    """The same of an item that was read: with it, or now."""
    if not hasattr(item, "hold"):
        rows = DistributionItem.objects.filter(pk=item.pk)
        item.hold = rows.values_list(hold_of(by), flat=True).first()
    return item.hold
