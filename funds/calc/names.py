"""When two names are the same to the eye or the ear of a reader."""

import re
import unicodedata

# Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏαβεικνορτυχγωϲ",
    "abekmhopctyxijsdqwhlabeikvoptuxywc",
)
_NOT_A_WORD = re.compile(r"[^\w]+|_")
# fmt: off
_LEGAL_FORMS = frozenset({
    "ag", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "incorporated", "kg", "limited", "llc", "llp",
    "lp", "ltd", "plc", "sa", "sarl", "spa", "the",
})
# fmt: on


def skeleton(name: str) -> str:
    """What is left of a name without case, accents, punctuation, legal form and look-alike letters."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    words = _NOT_A_WORD.sub(" ", plain.replace(".", "")).split()
    kept = [word for word in words if word not in _LEGAL_FORMS]
    return "".join(kept or words)
