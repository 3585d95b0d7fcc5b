"""Text that is made by a script stands between two comments; everything around it is written by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

DOCS = Path(__file__).parent
ROOT = DOCS.parent
_PART = re.compile(r"<!-- begin: (?P<name>[a-z-]+) -->\n(?P<text>.*?)<!-- end: (?P=name) -->", re.DOTALL)


def parts_of(page: Path) -> dict[str, str]:
    """Return what stands between each pair of markers of a page, by the name of the part."""
    return {part["name"]: part["text"].strip() for part in _PART.finditer(page.read_text(encoding="utf-8"))}


def write_parts(page: Path, parts: dict[str, str]) -> None:
    """Replace what stands between the markers of a page; other parts of it stay as they are.

    Args:
        page: A Markdown file.
        parts: Text by the name of the part.

    Raises:
        KeyError: The page has no such part.
    """
    if missing := parts.keys() - parts_of(page).keys():
        raise KeyError(f"{page}: no markers for {', '.join(sorted(missing))}")

    def fill(part: re.Match[str]) -> str:
        name = part["name"]
        text = parts[name].strip() if name in parts else part["text"].strip()
        return f"<!-- begin: {name} -->\n\n{text}\n\n<!-- end: {name} -->"

    page.write_text(_PART.sub(fill, page.read_text(encoding="utf-8")), encoding="utf-8")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], align: str) -> str:
    """Return a Markdown table; ``align`` holds l or r for each column."""
    lines = [heads, [":---" if side == "l" else "---:" for side in align], *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
