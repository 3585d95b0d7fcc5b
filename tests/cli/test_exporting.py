"""A stored result becomes tables, a map and a report by one command each; what cannot be is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from kortrijk_sim.cli import main


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two futures with two seeds, one year, people's lives kept."""
    folder = tmp_path_factory.mktemp("result") / "result"
    size = ("--seeds", "2", "--years", "1", "--scale", "0.02", "--workers", "1", "--quiet")
    assert main(["compare", "unchanged", "care", "--out", str(folder), *size]) == 0
    return folder


def test_a_report_in_dutch_with_its_charts(stored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "verslag.html"
    assert main(["report", str(stored), "--lang", "nl", "--out", str(out), "--charts", str(tmp_path / "charts")]) == 0
    html = out.read_text(encoding="utf-8")
    assert '<html lang="nl">' in html and "Zorgdorpen: verschil met Ongewijzigd beleid" in html
    assert "Wie wint en wie verliest" in html and "De doelen uit de nota" in html
    assert "Slechts 2\N{NO-BREAK SPACE}% van de stad" in html
    assert len(list((tmp_path / "charts").glob("*.svg"))) == len(list((tmp_path / "charts").glob("*.png"))) > 12
    assert str(out) in capsys.readouterr().out
    assert main(["report", str(stored), "--out", str(out)]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == html


def test_the_tables_of_a_result_in_every_format(stored: Path, tmp_path: Path) -> None:
    assert main(["export", str(stored), "--to", "csv", "--out", str(tmp_path / "csv")]) == 0
    frame = pd.read_csv(tmp_path / "csv" / "indicators.csv")
    assert len(frame) == 2 * 2 * 2 * 15  # futures, seeds, ends of years, places
    columns = pd.read_csv(tmp_path / "csv" / "columns.csv").set_index(["table", "column"])
    for table in ("indicators", "runs", "comparison", "board", "winners"):
        read = pd.read_csv(tmp_path / "csv" / f"{table}.csv")
        assert not read.empty
        assert columns.loc[[(table, column) for column in read], "meaning"].notna().all(), table
    assert main(["export", str(stored), "--to", "xlsx", "--out", str(tmp_path / "r.xlsx"), "--wijk", "Marke"]) == 0
    assert {row[4].value for row in load_workbook(tmp_path / "r.xlsx")["indicators"].iter_rows(min_row=2)} == {"Marke"}
    assert main(["export", str(stored), "--to", "parquet", "--out", str(tmp_path / "pq"), "--years", "2025"]) == 0
    assert set(pd.read_parquet(tmp_path / "pq" / "indicators.parquet")["year"]) == {2025}
    assert main(["export", str(stored), "--to", "geojson", "--out", str(tmp_path / "w.geojson")]) == 0
    found = json.loads((tmp_path / "w.geojson").read_text(encoding="utf-8"))
    properties = next(f["properties"] for f in found["features"] if f["properties"]["name"] == "Marke")
    mean = frame[(frame["scenario"] == "care") & (frame["place"] == "Marke") & (frame["year"] == 2025)]["population"]
    assert properties["population"] == pytest.approx(mean.mean()) and "population_difference" in properties


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["export", "RESULT", "--to", "pdf", "--out", "x"], "valid: "),
        (["export", "RESULT", "--to", "csv", "--out", "x", "--years", "soon"], "valid: such as 2030,2035,2040"),
        (["export", "nowhere", "--to", "csv", "--out", "x"], "no result of an experiment"),
        (["report", "RESULT", "--lang", "fr", "--out", "x.html"], "valid: en, nl"),
        (["report", "nowhere", "--out", "x.html"], "no result of an experiment"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    stored: Path,
    tmp_path: Path,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([str(stored) if word == "RESULT" else word for word in words]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())
