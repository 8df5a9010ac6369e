"""Pictures of letters, as pages show them."""

from base64 import b64encode
from io import BytesIO

from PIL import Image

#: As large as a page shows one, in points.
SHOWN = (320, 120)


def small(content: bytes) -> str:
    """A picture that letters print, made small, as an address that holds it."""
    kept = BytesIO()
    with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
        shown = image.convert("RGBA")
    shown.thumbnail(SHOWN)
    shown.save(kept, format="PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(kept.getvalue()).decode()}"
