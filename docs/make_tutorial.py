"""Run the tutorial and write what its commands print into it: ``python docs/make_tutorial.py``, some minutes.

Blocks are run from top to bottom in an empty folder: ``toml`` is saved under the name in its first line, ``sh`` and
``python`` are executed. A part between markers shows what the block before it printed, or some lines of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from markers import DOCS, write_parts

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.run_spec import model_digest

PAGE = DOCS / "tutorial.md"
COLUMNS = "160"  # of the terminal
_STEP = re.compile(
    r"^```(?P<language>sh|toml|python)\n(?P<code>.*?)^```|^<!-- begin: (?P<part>[a-z-]+) -->", re.DOTALL | re.MULTILINE
)


class Step(NamedTuple):
    """A block of the tutorial and the names of the parts that show what it printed."""

    language: str
    code: str
    parts: tuple[str, ...]


def steps(page: str) -> list[Step]:
    """Return the blocks of the tutorial in their order."""
    found: list[Step] = []
    for match in _STEP.finditer(page):
        if match["part"] is None:
            found.append(Step(match["language"], match["code"], ()))
        elif found:
            found[-1] = found[-1]._replace(parts=(*found[-1].parts, match["part"]))
    return found


def run(step: Step, folder: Path) -> str:
    """Run a block and return what it printed.

    Raises:
        RuntimeError: It did not end well.
    """
    if step.language == "toml":
        name = step.code.splitlines()[0].removeprefix("#").strip()
        (folder / name).write_text(step.code, encoding="utf-8")
        return ""
    package = str(DOCS.parent)
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    env = os.environ | {"COLUMNS": COLUMNS, "PYTHONPATH": package, "PATH": path}
    words = ["bash", "-e", "-c", step.code] if step.language == "sh" else [sys.executable, "-c", step.code]
    ran = subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)  # noqa: S603
    if ran.returncode:
        raise RuntimeError(f"{step.code}\n{ran.stdout}\n{ran.stderr}")
    return ran.stdout


def outputs(folder: Path) -> Iterator[tuple[str, str]]:
    """Run the tutorial in a folder; yield name and text of each part."""
    for step in steps(PAGE.read_text(encoding="utf-8")):
        printed = run(step, folder)
        for part in step.parts:
            yield part, shown(part, printed)


def shown(part: str, printed: str) -> str:
    """Return what the page shows of what a block printed."""
    text = "\n".join(SHOWN.get(part, _whole)([line.rstrip() for line in printed.splitlines()]))
    return f"```text\n{text.strip(chr(10))}\n```"


def made_with() -> str:
    """Say with which model and tables the outputs were made."""
    return f"*Made with model `{model_digest()}`, tables `{Tables().digest()}`.*"


def _whole(lines: list[str]) -> list[str]:
    return lines


def _some(*words: str) -> Callable[[list[str]], list[str]]:
    """Return a choice of the lines that hold one of these words, with a mark where others were left out."""

    def choose(lines: list[str]) -> list[str]:
        out: list[str] = []
        for line in lines:
            if any(word in line for word in words):
                out.append(line)
            elif line.strip() and (not out or out[-1] != "..."):
                out.append("...")
        return out

    return choose


def _winners(lines: list[str]) -> list[str]:
    start = next(number for number, line in enumerate(lines) if line.startswith("Better and worse"))
    return lines[start:]


_COMPARED = (
    "mean difference", "unchanged   ", "December", "Rotation", "Family homes", "too large", "vacancy chain",
    "Price index", "social home  ", "Homes", "Care", "nursing home  ", "told from zero", "•",
)  # fmt: skip
SHOWN: dict[str, Callable[[list[str]], list[str]]] = {
    "run": _some("January", "Inhabitants", "65 and older", "Family homes", "too large", "Price index", "months in"),
    "compare-six": lambda lines: _before_winners(_some(*_COMPARED)(lines)),
    "compare-twelve": lambda lines: _before_winners(_some("Family homes", "too large", "vacancy chain", "•")(lines)),
    "winners": _winners,
    "board": _some(
        "runs)", "wanted", "extra social homes", "extra dwellings", "shared cars (", "Not simulated", "trees"
    ),
}


def _before_winners(lines: list[str]) -> list[str]:
    end = max(number for number, line in enumerate(lines) if line.startswith("•"))
    return lines[: end + 1]


def main() -> None:
    """Run, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        parts = {"made-with": made_with()}
        for part, text in outputs(Path(folder)):
            print(part, flush=True)
            parts[part] = text
    write_parts(PAGE, parts)


if __name__ == "__main__":
    main()
