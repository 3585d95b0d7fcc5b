"""What MkDocs needs besides ``mkdocs.yml``: what stands outside ``docs``, so that links work in the site too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel

DOCS = Path(__file__).parent
ROOT = DOCS.parent
PAGES = {"readme.md": ROOT / "README.md", "benchmarks.md": ROOT / "benchmarks" / "README.md"}
FILES = DOCS / "experiments"  # in docs, but no pages
# Folders have no page: what describes them.
FOLDERS = {ROOT / "kortrijk_sim" / "city" / "data": "data.md", FILES: "experiments.md"}
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s#:]+)(?P<anchor>#[^)\s]*)?(?=\))")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages from outside ``docs``, and the files that pages link to, as plain text."""
    for name, source in PAGES.items():
        files.append(File.generated(config, name, content=source.read_text(encoding="utf-8")))
    sources = {name: source.read_text(encoding="utf-8") for name, source in PAGES.items()}
    sources |= {page.name: page.read_text(encoding="utf-8") for page in DOCS.glob("*.md")}
    for target in sorted({target for name, text in sources.items() for target in _outside(name, text)}):
        content = target.read_text(encoding="utf-8")
        shown = File.generated(config, _place(target), content=content, inclusion=InclusionLevel.NOT_IN_NAV)
        files.append(shown)
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Turn links to what stands outside ``docs`` into links within the site."""
    name = page.file.src_uri
    return _LINK.sub(lambda link: _site_link(name, link["path"]) + (link["anchor"] or ""), markdown)


def _outside(name: str, text: str) -> set[Path]:
    targets = {_target(name, link["path"]) for link in _LINK.finditer(text)}
    return {t for t in targets if t.is_file() and _is_outside(t) and t not in PAGES.values()}


def _is_outside(target: Path) -> bool:
    return target.is_relative_to(ROOT) and (target.is_relative_to(FILES) or not target.is_relative_to(DOCS))


def _target(name: str, path: str) -> Path:
    return (PAGES.get(name, DOCS / name).parent / path).resolve()


def _place(target: Path) -> str:
    """Return where a file of the repository stands in the site; as text, so that browsers show it."""
    return f"files/{target.relative_to(ROOT).as_posix()}.txt"


def _site_link(name: str, path: str) -> str:
    target = _target(name, path)
    for page, source in PAGES.items():
        if target == source:
            return page
    if target in FOLDERS:
        return FOLDERS[target]
    if target.is_file() and _is_outside(target):
        return _place(target)
    return target.relative_to(DOCS).as_posix() if target.is_relative_to(DOCS) else path
