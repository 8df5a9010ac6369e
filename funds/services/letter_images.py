"""Pictures for letters: whatever is uploaded is read within bounds, and written anew with nothing but its points."""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, UnidentifiedImageError

from blackgem.lib.context import WriteContext
from blackgem.lib.errors import InvalidInput
from funds.models import Fund, LetterImage

#: What may be uploaded, in bytes and in points before it is made smaller.
LARGEST_UPLOAD = 2 * 1024 * 1024
MOST_POINTS = 16_000_000
_FORMATS = ("PNG", "JPEG")
_TOO_LARGE = f"A picture has at most {LARGEST_UPLOAD // 1024 // 1024} MB and {MOST_POINTS:,} points."
_NOT_ONE = "This is no picture that letters print: choose a PNG or a JPEG."
#: Of a JPEG: the markers of its end, of one in passes and of a pass, those of arithmetic codes, and bytes of points
#: that stand for no marker.
_END, _PROGRESSIVE, _SCAN = 0xD9, 0xC2, 0xDA
_ARITHMETIC = {0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF}
_FILLER = b"".join(sha256(bytes([one])).digest() for one in range(128)).replace(b"\xff", b"\xfe")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is printed."""

    content: bytes
    kind: str
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()


def read_picture(content: bytes, *, field: str) -> Picture:
    """A PNG or JPEG, at most as large as a letter needs. Raises InvalidInput for anything else; the size is read before
    any point is, so that a small file cannot unpack to a large one."""
    if len(content) > LARGEST_UPLOAD:
        raise InvalidInput("picture.too_large", _TOO_LARGE, field=field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MOST_POINTS:
                    raise InvalidInput("picture.too_large", _TOO_LARGE, field=field)
                is_jpeg = image.format != "PNG"
                image.verify()  # of a PNG to its end
            if is_jpeg:
                _decode_to_its_end(content)
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                return _written_anew(image, field)
    except InvalidInput:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InvalidInput("picture.too_large", _TOO_LARGE, field=field) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, LookupError, Warning) as error:
        raise InvalidInput("picture.invalid", _NOT_ONE, field=field) from error


class _ToItsEnd(BytesIO):
    """Bytes that say when more of them was asked for than there are."""

    ran_out = False

    def read(self, size=-1):
        found = super().read(size)
        self.ran_out = self.ran_out or (not found and size != 0)
        return found


def _decode_to_its_end(content: bytes) -> None:
    """Raises OSError for a JPEG that ends before its points do: to open and save one would fill the rest with grey
    wherever the library that draws letters was loaded, which lets such files pass for the whole process.

    Of one whose end was put on where it was cut the library says nothing, and fills the rest. But what is whole stays
    as it is with more bytes before its end, and what is not takes them for points.
    """
    drawn, ran_out = _points_of(content)
    if ran_out:
        raise OSError("The picture ends too early.")
    end = _end_of_points(content)
    if end is not None and _points_of(content[:end] + _FILLER + content[end:])[0] != drawn:
        raise OSError("The picture ends too early.")


def _points_of(content: bytes) -> tuple[str, bool]:
    """The hash of the points of a JPEG, and whether more bytes were asked for than it has."""
    source = _ToItsEnd(content)
    with Image.open(source, formats=_FORMATS) as image:
        return sha256(image.tobytes()).hexdigest(), source.ran_out


def _end_of_points(content: bytes) -> int | None:
    """Where the marker stands that ends a JPEG (ITU-T T.81, annex B); None where its points are not in Huffman codes,
    of which the last may be left out. Raises OSError where passes of a progressive one are missing."""
    at, passes = 2, None
    while at + 2 <= len(content):
        marker = content[at + 1]
        if content[at] != 0xFF or marker == 0xFF or marker == 0x00 or 0xD0 <= marker <= 0xD7:
            at += 1  # points, filling bytes, and where they start anew
            continue
        if marker == _END:
            if passes and any(map(any, passes.values())):
                raise OSError("The picture ends before its last pass.")
            return at
        if marker in _ARITHMETIC:
            return None
        segment = content[at + 4 : at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")]
        if marker == _PROGRESSIVE:
            passes = {component: [1] * 64 for component in segment[6::3]}
        elif marker == _SCAN and passes:
            _pass(passes, segment)
        at += 4 + len(segment)
    return None


def _pass(passes: dict[int, list[int]], scan: bytes) -> None:
    """Note of each component how many bits its coefficients still lack after a pass."""
    first, last, lacking = scan[-3], scan[-2], scan[-1] & 0x0F
    for component in scan[1 : 1 + 2 * scan[0] : 2]:
        passes[component][first : last + 1] = [lacking] * (last + 1 - first)


def _written_anew(image: Image.Image, field: str) -> Picture:
    kind = "jpeg" if image.format == "JPEG" else "png"
    image = image.convert("RGB" if kind == "jpeg" else "RGBA")
    image.thumbnail((LetterImage.WIDEST, LetterImage.HIGHEST))
    kept, how = BytesIO(), {"quality": 90} if kind == "jpeg" else {"optimize": True}
    image.save(kept, format=kind.upper(), **how)
    if kept.tell() > LetterImage.LARGEST:
        message = "This picture is too detailed for a letter: choose a smaller one."
        raise InvalidInput("picture.too_large", message, field=field)
    return Picture(kept.getvalue(), kind, image.width, image.height)


def keep_picture(fund: Fund, picture: Picture, ctx: WriteContext) -> LetterImage:
    """The row of a picture, the same for the same points."""
    facts = {"kind": picture.kind, "width": picture.width, "height": picture.height}
    entered = {"recorded_at": ctx.at, "recorded_by": ctx.by}
    kept, _ = LetterImage.objects.get_or_create(
        fund=fund, sha256=picture.sha256, defaults=facts | entered | {"content": picture.content}
    )
    return kept
