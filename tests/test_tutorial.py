"""The tutorial can be followed: its commands and code run from top to bottom and print what the page shows."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def script() -> Any:
    """Return the names of the script that writes the tutorial."""
    sys.path.insert(0, str(DOCS))
    yield runpy.run_path(str(DOCS / "make_tutorial.py"))
    sys.path.remove(str(DOCS))
    sys.modules.pop("markers", None)


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """Return what the page shows, part by part."""
    return {name: text.strip() for name, text in _parts(DOCS / "tutorial.md")}


@pytest.fixture(scope="module")
def followed(script: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Follow the tutorial; return the folder that it leaves and what was printed."""
    folder = tmp_path_factory.mktemp("tutorial")
    return folder, dict(script["outputs"](folder))


def _parts(page: Path) -> list[tuple[str, str]]:
    pattern = r"<!-- begin: ([a-z-]+) -->\n(.*?)<!-- end: \1 -->"
    return re.findall(pattern, page.read_text(encoding="utf-8"), re.DOTALL)


def _words(text: str) -> list[str]:
    """Return the words alone: figures may differ in the last digit where the processor is another one."""
    return re.findall(r"[A-Za-z]{2,}", re.sub(r"state [0-9a-f]+", "", text))


def _code(page: str) -> str:
    return "\n".join(re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL | re.M))


def test_the_commands_of_the_tutorial_print_what_it_shows(
    followed: tuple[Path, dict[str, str]], written: dict[str, str]
) -> None:
    _, printed = followed
    assert printed.keys() == written.keys() - {"made-with"}
    for name, text in printed.items():
        assert _words(text) == _words(written[name]), f"{name}: run python docs/make_tutorial.py"


def test_the_outputs_of_the_tutorial_were_made_with_this_model(script: Any, written: dict[str, str]) -> None:
    assert written["made-with"] == script["made_with"](), "the model has changed: run python docs/make_tutorial.py"


def test_the_tutorial_says_that_it_runs_a_small_city_for_a_few_years() -> None:
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    assert "--scale 0.05 --years 3`: a twentieth of the city, three years" in text
    for line in re.findall(r"^kortrijk-sim (?:run|compare) .*$", text, re.MULTILINE):
        assert "--scale 0.05 --years 3" in line


@pytest.mark.parametrize("page", ["experiments.md", "result_tables.md"])
def test_the_code_of_other_pages_reads_the_result_of_the_tutorial(
    page: str, followed: tuple[Path, dict[str, str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder, _ = followed
    monkeypatch.chdir(folder)
    file = tmp_path / "page.py"
    file.write_text(_code(page), encoding="utf-8")
    runpy.run_path(str(file))
