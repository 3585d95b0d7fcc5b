"""The site of the docs: it builds without a warning, and no page of it asks the internet for anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What a browser loads of its own accord; a link that a reader may follow is something else.
LOADED = re.compile(r"<(?:script|img|iframe|source|video|audio)\b[^>]*?\ssrc=[\"']?((?:https?:)?//[^\"'> ]+)", re.I)
LINKED = re.compile(
    r"<link\b(?![^>]*rel=[\"']?(?:canonical|next|prev))[^>]*?\shref=[\"']?((?:https?:)?//[^\"'> ]+)", re.I
)
IN_STYLES = re.compile(r"(?:url\(|@import\s+)[\"']?((?:https?:)?//[^\"') ]+)", re.I)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the site as ``make docs`` does."""
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    env = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder


def test_every_page_becomes_a_page_of_the_site(site: Path) -> None:
    for page in (ROOT / "docs").glob("*.md"):
        assert (site / f"{page.stem}.html").is_file()
    assert "the whole city of Kortrijk" in (site / "readme.html").read_text(encoding="utf-8").replace("The", "the")


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    pages, styles = list(site.rglob("*.html")), list(site.rglob("*.css"))
    assert pages
    assert styles
    for file in pages:
        text = file.read_text(encoding="utf-8")
        assert not LOADED.findall(text) + LINKED.findall(text) + IN_STYLES.findall(text), file.name
    for file in styles:
        assert not IN_STYLES.findall(file.read_text(encoding="utf-8")), file.name


def test_what_would_load_from_elsewhere_is_seen() -> None:
    assert LOADED.findall('<script async src="https://elsewhere.example/a.js"></script>')
    assert LINKED.findall('<link rel="stylesheet" href="//fonts.example/b.css">')
    assert IN_STYLES.findall("@font-face{src:url(https://fonts.example/c.woff2)}")
    assert not LINKED.findall('<link rel="canonical" href="https://here.example/">')


def test_links_out_of_the_docs_lead_to_copies_within_the_site(site: Path) -> None:
    index = (site / "index.html").read_text(encoding="utf-8")
    for link in ("readme.html", "benchmarks.html", "files/examples/first_run.py.txt", "files/NOTICE.txt"):
        assert f'href="{link}' in index or f"href={link}" in index, link
        assert (site / link).is_file()


def test_the_search_works_without_the_internet(site: Path) -> None:
    assert "vacancy chain" in (site / "search" / "search_index.json").read_text(encoding="utf-8").lower()
