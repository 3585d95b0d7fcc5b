"""What a report says, in Dutch and English, and how it writes numbers in each."""

from __future__ import annotations

import json
import math
from functools import cache
from importlib import resources

from kortrijk_sim.errors import InputError, nearest

LANGUAGES = ("en", "nl")
MINUS, THIN, NONE = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}", "\N{EN DASH}"


class Texts:
    """The words and numbers of one language.

    Args:
        language: ``en`` or ``nl``.

    Raises:
        InputError: There is no such language.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise InputError(f"--lang: no language '{language}'; {nearest(language, LANGUAGES)}")
        self.language = language
        self._words = all_texts()

    def __call__(self, key: str, **values: object) -> str:
        """Return a text, with what stands in braces filled in."""
        text = self._words[key][self.language]
        return text.format(**values) if values else text

    def known(self, key: str, fallback: str) -> str:
        """Return a text if there is one: for names that a user's file can bring."""
        return self._words[key][self.language] if key in self._words else fallback

    def number(self, value: float, decimals: int = 0, *, sign: bool = False) -> str:
        """Return a number as it is written in this language: 1,234.5 or 1.234,5."""
        if not math.isfinite(value):
            return NONE
        size = f"{abs(value):,.{decimals}f}"
        if self.language == "nl":
            size = size.translate(str.maketrans(",.", ".,"))
        zero = not any(digit in size for digit in "123456789")
        lead = "" if zero else MINUS if value < 0 else "+" if sign else ""
        return lead + size

    def percent(self, share: float, decimals: int = 0, *, sign: bool = False) -> str:
        """Return a share as a percentage."""
        written = self.number(100.0 * share, decimals, sign=sign)
        return written if written == NONE else f"{written}{THIN}%"

    def listing(self, items: list[str]) -> str:
        """Return items as one phrase: a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return f"{', '.join(items[:-1])} {self('and')} {items[-1]}"

    def sentence(self, text: str) -> str:
        """Return a text with a capital and a full stop."""
        text = text.strip()
        return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


@cache
def all_texts() -> dict[str, dict[str, str]]:
    """Return every text by its key and language."""
    found: dict[str, dict[str, str]] = {}
    folder = resources.files("kortrijk_sim.experiments.report") / "texts"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".json"):
            found |= json.loads(file.read_text(encoding="utf-8"))
    return found
