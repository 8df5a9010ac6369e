"""How a fund's letters look and what they say in its own words: versions, none of which ever changes."""

from django.db import models
from django.db.models import Q

from blackgem.lib.decisions import person

from .fund import Fund


class LetterImage(models.Model):
    """A logo or a signature, as it is printed: read, bounded and written anew when it was uploaded."""

    #: In points of the picture, and in bytes.
    WIDEST, HIGHEST, LARGEST = 1600, 1600, 600_000

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="letter_images")
    content = models.BinaryField()
    kind = models.CharField(max_length=4, choices=[("png", "PNG"), ("jpeg", "JPEG")])
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()
    recorded_by = person()

    class Meta:
        db_table = "letter_images"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["png", "jpeg"]), name="letter_image_kind_is_known"),
            models.CheckConstraint(
                condition=Q(width__range=(1, 1600), height__range=(1, 1600)), name="letter_image_is_no_poster"
            ),
            models.UniqueConstraint(fields=["fund", "sha256"], name="letter_image_is_kept_once"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.width} × {self.height}"


class LetterWording(models.Model):
    """One version of a fund's letterhead and words. The newest stands; a letter keeps what it was written with."""

    fund = models.ForeignKey(Fund, on_delete=models.PROTECT, related_name="letter_wordings")
    version = models.PositiveIntegerField()
    # Below the address: the regulator, the register, a telephone number.
    head_lines = models.CharField(max_length=600, blank=True)
    logo = models.ForeignKey(LetterImage, null=True, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(LetterImage, null=True, on_delete=models.PROTECT, related_name="+")
    # Paragraphs by key (funds/calc/wording.py), with names in braces.
    words = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()
    recorded_by = person()

    class Meta:
        db_table = "letter_wordings"
        constraints = [
            models.UniqueConstraint(fields=["fund", "version"], name="letter_wording_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="letter_wording_version_from_one"),
        ]

    def __str__(self):
        return f"Letterhead and words, version {self.version}"
