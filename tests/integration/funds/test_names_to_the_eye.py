"""Which names of funds a reader takes for one another: the database says it, of every pair of this table."""

import unicodedata

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db

ALIKE = [
    # what is blank, or not drawn
    ("Granite Fund I", "Granite\N{HANGUL FILLER} Fund I"),
    ("Granite Fund I", "Granite Fund I\N{HALFWIDTH HANGUL FILLER}"),
    ("Granite Fund I", "Gra\N{HANGUL CHOSEONG FILLER}nite Fund I"),
    ("Granite Fund I", "Gra\N{HANGUL JUNGSEONG FILLER}nite Fund I"),
    ("Granite Fund I", "Granite\N{KHMER VOWEL INHERENT AQ} Fund\N{KHMER VOWEL INHERENT AA} I"),
    ("Granite Fund I", "Granite\N{BRAILLE PATTERN BLANK}Fund I"),
    ("Granite Fund I", "Granite\N{MONGOLIAN VOWEL SEPARATOR} Fund\N{TAG SPACE} I"),
    # strokes
    ("Fund 1", "Fund I"),
    ("Fund 1", "Fund l"),
    ("Fund I", "Fund |"),
    ("Fund I", "Fund !"),
    ("Fund I", "Fund \N{INVERTED EXCLAMATION MARK}"),
    ("Fund I", "Fund /"),
    ("Fund I", "Fund \N{FULLWIDTH SOLIDUS}"),
    ("Fund I", "Fund \N{DIVISION SLASH}"),
    ("Fund I", "Fund \N{BOX DRAWINGS LIGHT DIAGONAL UPPER RIGHT TO LOWER LEFT}"),
    ("Fund I", "Fund \\"),
    ("Fund I", "Fund \N{SET MINUS}"),
    ("Fund II", "Fund []"),
    ("Granite Capital", "Gran[te Cap/ta\\"),
    ("Fund I", "Fund \N{BROKEN BAR}"),
    ("Fund I", "Fund \N{LATIN LETTER DENTAL CLICK}"),
    ("Fund II", "Fund \N{LATIN LETTER LATERAL CLICK}"),
    ("Fund II", "Fund !!"),
    ("Fund I", "Fund \N{HEBREW PUNCTUATION PASEQ}"),
    ("Fund I", "Fund \N{HEBREW LETTER VAV}"),
    ("Fund I", "Fund \N{HEBREW LETTER FINAL NUN}"),
    ("Fund I", "Fund \N{ARABIC LETTER ALEF}"),
    ("Fund I", "Fund \N{ARABIC LETTER ALEF ISOLATED FORM}"),
    ("Fund I", "Fund \N{ARABIC-INDIC DIGIT ONE}"),
    ("Fund I", "Fund \N{NKO LETTER A}"),
    ("Fund II", "Fund \N{HEBREW LIGATURE YIDDISH DOUBLE VAV}"),
    ("Fund 0", "Fund \N{ARABIC LETTER HEH}"),
    # several letters for one
    ("Sterling Capital", "Sterling Capita1"),
    ("Modern Partners", "Modem Partners"),
    ("Claymore Fund", "Daymore Fund"),
    ("Wells Fund", "VVells Fund"),
    # digits and signs in words
    ("Granite Assets", "Gr4nite A$$ets"),
    ("Granite Assets", "Granite Asset5"),
    ("Granite Assets", "Gr@nite Assets"),
    ("Boston Fund", "B0st0n Fund"),
    ("Boston Fund", "8oston Fund"),
    ("Stone Fund", "St0n3 Fund"),
    ("Texas Fund", "7exas Fund"),
    ("Euro Fund", "\N{EURO SIGN}uro Fund"),
    ("Fund 4", "Fund4"),
    ("Fund II", "Fund-II."),
    # legal forms
    ("Granite Fund I LP", "Granite Fund I, L.P."),
    ("Granite Fund I LP", "Granite Fund I Limited Partnership"),
    ("Granite Fund I L. P.", "GRANITE FUND I LIMITED PARTNERSHIP"),
    ("Granite Capital Ltd", "Granite Capital Limited"),
    ("Granite Capital Ltd.", "Granite Capita1 1imited"),
    ("Granite Capital LLC", "Granite Capital Limited Liability Company"),
    ("Granite Capital Inc.", "Granite Capital, Incorporated"),
    ("Granit GmbH & Co. KG", "Granit G.m.b.H. und Co KG"),
    ("Granit GmbH & Co. KG", "Granit Gesellschaft mit beschr\u00e4nkter Haftung & Co. Kommanditgesellschaft"),
    ("Granite SA", "Granite S.A."),
    ("Granite SA", "Granite Soci\u00e9t\u00e9 Anonyme"),
    ("Smith & Sons", "Smith and Sons"),
    # whatever of these stands in one name
    ("Modern Assets I, L.P.", "M0dem\N{HANGUL FILLER} A5sets \N{HEBREW LETTER VAV} Limited Partnership"),
]
DIFFERENT = [
    ("Fund I", "Fund II"),
    ("Fund II", "Fund III"),
    ("Fund 1", "Fund 2"),
    ("Fund 4", "Fund 5"),
    ("Fund 4", "Fund A"),
    ("Fund 5", "Fund S"),
    ("Fund 6", "Fund 8"),
    ("Fund A4", "Fund A5"),
    ("Fund A4", "Fund AA"),
    ("Series AB6", "Series AB9"),
    ("Vintage 2024", "Vintage 2025"),
    ("Fund IV", "Fund VI"),
    ("Fund I", "Fund"),
    ("Fund I", "Fund //"),
    ("Fund A/B", "Fund A/C"),
    ("Fund (I)", "Fund III"),
    ("Granite Fund I LP", "Granite Fund I Ltd"),
    ("Granite Fund I LP", "Granite Fund I GmbH"),
    ("Granite Growth", "Granite Credit"),
    ("Smith & Sons", "Smith & Daughters"),
    (
        "\u0413\u0440\u0430\u043d\u0438\u0442 \u0424\u043e\u043d\u0434",
        "\u041c\u0440\u0430\u043c\u043e\u0440 \u0424\u043e\u043d\u0434",
    ),
    ("\u82b1\u5d17\u5ca9", "\u5927\u7406\u77f3"),
]


def are_alike(one: str, other: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT looks_like(%s, %s), looks_like(%s, %s)", [one, other, other, one])
        there, back = cursor.fetchone()
    assert there == back
    return there


def test_names_that_are_one_to_the_eye():
    assert [pair for pair in ALIKE if not are_alike(*pair)] == []


def test_names_that_a_reader_tells_apart():
    assert [pair for pair in DIFFERENT if are_alike(*pair)] == []


def test_no_character_that_is_not_drawn_tells_two_names_apart():
    """Every one that Unicode calls a format, a filler or a selector of variants."""
    hidden = [
        chr(code)
        for code in range(0x80, 0xE0FFF)
        if unicodedata.category(chr(code)) in ("Cf", "Zs", "Zl", "Zp")
        or any(word in unicodedata.name(chr(code), "") for word in ("FILLER", "VARIATION SELECTOR"))
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one FROM unnest(%s::text[]) one WHERE NOT looks_like('Granite Fund', 'Gran' || one || 'ite Fund')",
            [hidden],
        )
        told_apart = [unicodedata.name(one) for (one,) in cursor.fetchall()]
    assert [name for name in told_apart if "SIGN" not in name] == []
