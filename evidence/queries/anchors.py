"""What was told outside."""

from evidence.models import AnchorTold


def newest_anchor() -> str:
    """The last anchor that was told, "12:3fa9…"; empty before the first. An investor may read it too."""
    told = AnchorTold.objects.order_by("-told_on").values_list("seal_id", "hash").first()
    return "{}:{}".format(*told) if told else ""
