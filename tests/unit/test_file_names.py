"""Names in an archive: any script, no trap of any system, no two alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.calc.file_names import LONGEST, Paths, safe_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("กองทุนบำเหน็จ ๑", "กองทุนบำเหน็จ ๑"),
        ("صندوق التقاعد", "صندوق التقاعد"),
        ("../../etc/passwd", "etc passwd"),
        ("a\\b:c*?|<d>\n", "a b c d"),
        ("\u202egpj.exe", "gpj.exe"),
        ("-rf .. ", "rf"),
        ("NUL.v1", "_NUL.v1"),
        ("...", "Unnamed"),
        ("\ud800", "Unnamed"),
        ("ห" * 200, "ห" * (LONGEST // 3)),
    ],
)
def test_a_name_is_readable_and_safe(text, name):
    assert safe_name(text) == name


def test_same_names_are_numbered_whatever_their_case_or_spelling():
    paths = Paths()
    taken = [paths.take("Fund", name, ".pdf") for name in ("A é", "a E\u0301", "A é", "Ａ é", "B")]
    assert taken == [
        "Fund/A é.pdf",
        "Fund/a É (2).pdf",
        "Fund/A é (3).pdf",
        "Fund/Ａ é (4).pdf",
        "Fund/B.pdf",
    ]


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=20))
def test_no_path_leaves_its_folder_and_none_is_twice(names):
    paths = Paths()
    taken = [paths.take(folder, name, ".pdf") for folder, name in names]
    assert len({path.casefold() for path in taken}) == len(taken)
    for path in taken:
        folder, _, name = path.partition("/")
        assert folder not in ("", ".", "..")
        assert "/" not in name
        assert "\\" not in path
        assert name.isprintable()
