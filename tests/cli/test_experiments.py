"""The commands on experiments, as somebody types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kortrijk_sim.cli import main

ASKED = 'name = "tiny"\nscenarios = ["unchanged", "rotation"]\nseeds = 1\nyears = 1\nscale = 0.02\n'


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("experiment")
    (folder / "tiny.toml").write_text(ASKED)
    assert main(["experiment", "run", str(folder / "tiny.toml"), "--out", str(folder / "r"), "--workers", "1"]) == 0
    return folder


def test_check_says_what_would_be_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wide.toml"
    file.write_text(
        ASKED.replace("seeds = 1", "seeds = 3")
        + '[design]\nkind = "factorial"\nlevels = 2\n[uncertainties]\nparameters = ["habit_reconsider_per_year"]\n'
    )
    assert main(["experiment", "check", str(file)]) == 0
    said = capsys.readouterr().out
    assert "12 runs = 2 scenarios (unchanged, rotation) x 2 points x 3 seeds; 1 years, scale 0.02" in said
    assert "habit_reconsider_per_year" in said
    assert list(tmp_path.iterdir()) == [file]


def test_run_a_second_time_runs_nothing(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {file: file.stat().st_mtime_ns for file in (place / "r").rglob("part.parquet")}
    assert main(["experiment", "run", str(place / "tiny.toml"), "--out", str(place / "r"), "--quiet"]) == 0
    assert "2 of 2 runs stand in" in capsys.readouterr().out.replace("\n", " ")
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_status_counts_runs_by_scenario(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment", "status", str(place / "r")]) == 0
    said = capsys.readouterr().out
    assert "rotation" in said
    assert "Nobody is running it now." in said


def test_cancel_says_when_there_is_nothing_to_stop(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment", "cancel", str(place / "r")]) == 0
    assert "Nobody is running it." in capsys.readouterr().out
    assert not (place / "r" / "cancel").exists()


def test_a_run_that_fails_is_said_and_ends_with_exit_code_1(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = next(file for file in (place / "r" / "records").iterdir() if '"rotation"' in file.read_text())
    text = record.read_text()
    record.write_text(text.replace('"status": "done"', '"status": "failed"').replace('"reason": ""', '"reason": "why"'))
    try:
        assert main(["experiment", "status", str(place / "r")]) == 0
        assert "rotation, point 0, seed 1: why" in capsys.readouterr().out
        monkeypatch.setattr("kortrijk_sim.experiments.runner._run_here", lambda *_: None)
        assert main(["experiment", "run", str(place / "tiny.toml"), "--out", str(place / "r"), "--quiet"]) == 1
        said = capsys.readouterr().out.replace("\n", " ")
        assert "1 of 2 runs stand in" in said
        assert "1 failed, the first (rotation, seed 1) because: why" in said
    finally:
        record.write_text(text)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "no.toml"], "no.toml"),
        (["run", "bad.toml"], "bad.toml: seed: unknown key; did you mean 'seeds'?"),
        (["run", "tiny.toml", "--workers", "0"], "workers: 0; valid: 1 to"),
        (["run", "tiny.toml", "--dask", "nowhere"], "--dask: no scheduler answers at 'nowhere'"),
        (["run", "tiny.toml", "--out", "bad.toml"], "bad.toml: is a file"),
        (["status", "."], "no result of an experiment"),
        (["cancel", "."], "no result of an experiment"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_exit_code_2(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tiny.toml").write_text(ASKED)
    (tmp_path / "bad.toml").write_text("seed = 3\n" + ASKED)
    assert main(["experiment", *words]) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert said in error[-1]
    assert not any("Traceback" in line for line in error)
