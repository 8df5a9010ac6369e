"""The words of the manual's glossary, for pages that explain them where they stand."""

from functools import cache

from django.conf import settings

GLOSSARY = settings.BASE_DIR / "docs" / "manual" / "glossary.md"


@cache
def meanings() -> dict[str, str]:
    """Each word of the glossary → what it means, as plain text. Words in lines that follow one another share one."""
    found: dict[str, str] = {}
    words: list[str] = []
    for line in GLOSSARY.read_text().splitlines():
        if line.startswith("  "):
            found |= dict.fromkeys(words, line.strip().replace("*", ""))
        words = [*words, line] if line and not line.startswith((" ", "`")) else []
    return found
