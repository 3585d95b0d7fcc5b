"""The examples run, on a small city, and print what they promise."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_the_first_run_tells_two_futures_a_wish_to_move_and_a_life(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = (EXAMPLES / "first_run.py").read_text(encoding="utf-8")
    assert source.count("rng=1") == 1
    small = tmp_path / "first_run.py"
    small.write_text(source.replace("rng=1", "rng=1, scale=0.05"), encoding="utf-8")
    runpy.run_path(str(small))
    said = capsys.readouterr().out.splitlines()
    without, with_it = (float(word.replace(",", "")) for word in said[0].split()[1:])
    assert said[0].startswith("population")
    assert 3_500 < without < with_it, "the homes of the policy draw people in"
    wish = next(n for n, line in enumerate(said) if line.startswith("The head is"))
    end = next(n for n, line in enumerate(said) if line.startswith("Together:"))
    assert wish < end
    life = said[end + 1 :]
    assert any("refuses it." in line for line in life)
    assert any(" enters " in line and line.endswith("of waiting.") for line in life)


def test_mesas_tools_work_on_the_city(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / "mesa_tools.py"), run_name="__main__")
    said = capsys.readouterr().out
    assert "mean size: 2.2" in said
    assert "'Kooigem'" in said
    assert "seniors alone" in said
    batch = said[said.rindex("rng") :].splitlines()
    assert [line.split()[1] for line in batch[1:4]] == ["1", "2", "3"]
    assert len({line.split()[3] for line in batch[1:4]}) > 1, "other dice, another city"
