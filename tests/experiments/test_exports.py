"""Exports hold what the result holds, and other programs read them."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from findings_made import LEVELS, SCENARIOS, WIJKEN, made_findings
from openpyxl import load_workbook
from shapely.geometry import shape

from kortrijk_sim.city.attribution import PUBLISHERS
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.places import KM_PER_DEGREE_LAT, KM_PER_DEGREE_LON
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.exports.export import export
from kortrijk_sim.experiments.exports.tables import export_tables
from kortrijk_sim.experiments.exports.workbook import write_workbook
from kortrijk_sim.experiments.findings import Findings

FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1")


@pytest.fixture(scope="module")
def findings() -> Findings:
    return made_findings()


def hostile(findings: Findings) -> Findings:
    """Put texts that look like formulas where a user's file can put texts."""
    runs = findings.runs.copy()
    runs["reason"] = [FORMULAS[number % len(FORMULAS)] for number in range(len(runs))]
    return replace(findings, runs=runs, about=replace(findings.about, title="=1+1", question="@SUM(A1)"))


def test_csv_read_back_is_the_table(findings: Findings, tmp_path: Path) -> None:
    files = export(findings, "csv", tmp_path / "csv")
    assert {file.name for file in files} >= {"indicators.csv", "runs.csv", "comparison.csv", "board.csv", "columns.csv"}
    read = pd.read_csv(tmp_path / "csv" / "indicators.csv")
    pd.testing.assert_frame_equal(read, findings.indicators, check_dtype=False, check_exact=True)


def test_csv_text_never_begins_like_a_formula(findings: Findings, tmp_path: Path) -> None:
    export(hostile(findings), "csv", tmp_path / "csv")
    read = pd.read_csv(tmp_path / "csv" / "runs.csv", keep_default_na=False)
    assert [text[1:] for text in read["reason"][: len(FORMULAS)]] == list(FORMULAS)
    assert set(read["reason"].str[0]) == {"'"}
    sources = pd.read_csv(tmp_path / "csv" / "sources.csv")
    assert sources.set_index("item").loc["title", "text"] == "'=1+1"


def test_negative_numbers_stay_numbers_in_csv(findings: Findings, tmp_path: Path) -> None:
    differences = findings.differences.assign(mean=-findings.differences["mean"].abs())
    export(replace(findings, differences=differences), "csv", tmp_path / "csv")
    read = pd.read_csv(tmp_path / "csv" / "comparison.csv")
    assert np.array_equal(read["mean"], differences["mean"], equal_nan=True)


def test_excel_read_back_is_the_table(findings: Findings, tmp_path: Path) -> None:
    small = replace(
        findings, indicators=findings.indicators[findings.indicators["year"] >= 2039].reset_index(drop=True)
    )
    export(small, "xlsx", tmp_path / "result.xlsx")
    book = load_workbook(tmp_path / "result.xlsx")
    rows = list(book["indicators"].iter_rows(values_only=True))
    read = pd.DataFrame(rows[1:], columns=list(rows[0]))
    pd.testing.assert_frame_equal(read, small.indicators, check_dtype=False, rtol=1e-14)
    assert all(cell.data_type == "n" for cell in book["indicators"]["F"][1:])
    sheet = book["indicators"]
    assert sheet.freeze_panes == "F2" and sheet.auto_filter.ref.startswith("A1:")
    assert sheet.column_dimensions["A"].width >= 10
    assert {"columns", "sources", "comparison", "board", "winners", "runs"} <= set(book.sheetnames)


def test_excel_says_units_meanings_and_sources(findings: Findings, tmp_path: Path) -> None:
    export(findings, "xlsx", tmp_path / "result.xlsx", years=[2040], wijken=["Kortrijk"])
    book = load_workbook(tmp_path / "result.xlsx")
    columns = {(row[0], row[1]): row[2:4] for row in book["columns"].iter_rows(values_only=True)}
    assert columns["indicators", "vacancy_share"] == ("share", "market homes that stand vacant")
    for table in export_tables(findings):
        assert all((table.name, column) in columns for column in table.frame)
    named = {row[2] for row in book["sources"].iter_rows(values_only=True)}
    assert {publisher.holder for publisher in PUBLISHERS} <= named
    assert "0.1.0" in named and "0123456789abcdef" in named


def test_excel_text_is_never_a_formula(findings: Findings, tmp_path: Path) -> None:
    export(hostile(findings), "xlsx", tmp_path / "result.xlsx", years=[2040], wijken=["Kortrijk"])
    book = load_workbook(tmp_path / "result.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    texts = [cell for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@"))]
    assert {cell.value for cell in texts} >= set(FORMULAS[:5]) and all(cell.quotePrefix for cell in texts)


def test_a_table_longer_than_a_sheet_goes_on_in_the_next(findings: Findings, tmp_path: Path) -> None:
    table = export_tables(findings, ["Kortrijk"])[0]
    write_workbook([table], findings, tmp_path / "long.xlsx", rows_max=100)
    book = load_workbook(tmp_path / "long.xlsx")
    parts = [name for name in book.sheetnames if name.startswith("indicators")]
    assert len(parts) == math.ceil(len(table.frame) / 100) > 1
    years = [row[3] for name in parts for row in book[name].iter_rows(min_row=2, values_only=True)]
    assert years == table.frame["year"].tolist()


def test_parquet_carries_units_in_its_schema(findings: Findings, tmp_path: Path) -> None:
    export(findings, "parquet", tmp_path / "parquet")
    file = tmp_path / "parquet" / "indicators.parquet"
    pd.testing.assert_frame_equal(pd.read_parquet(file), findings.indicators, check_dtype=False)
    schema = pq.read_schema(file)
    assert schema.field("vacancy_share").metadata[b"unit"] == b"share"
    assert schema.metadata[b"kortrijk-sim: question"] == b"Does it work?"


def test_geojson_outlines_are_closed_counterclockwise_and_as_large_as_the_wijken(
    findings: Findings, tmp_path: Path
) -> None:
    export(findings, "geojson", tmp_path / "wijken.geojson")
    collection = json.loads((tmp_path / "wijken.geojson").read_text(encoding="utf-8"))
    assert collection["type"] == "FeatureCollection" and "crs" not in collection
    assert [feature["properties"]["name"] for feature in collection["features"]] == list(WIJKEN)
    for feature, wijk in zip(collection["features"], load_geography(Tables()).wijken, strict=True):
        polygon = shape(feature["geometry"])
        ring = feature["geometry"]["coordinates"][0]
        assert polygon.is_valid and polygon.exterior.is_ccw and ring[0] == ring[-1] and len(ring) >= 4
        area_km2 = polygon.area * KM_PER_DEGREE_LAT * KM_PER_DEGREE_LON
        assert area_km2 == pytest.approx(wijk.area_km2, rel=0.05)
        assert "Vlaamse provincies" in feature["properties"]["attribution"]


def test_geojson_carries_means_and_differences_of_the_year(findings: Findings, tmp_path: Path) -> None:
    export(
        findings, "geojson", tmp_path / "wijken.geojson", years=[2030], scenario="care", wijken=["heule centrum", "W01"]
    )
    collection = json.loads((tmp_path / "wijken.geojson").read_text(encoding="utf-8"))
    assert sorted(f["properties"]["name"] for f in collection["features"]) == ["Aalbeke", "Heule Centrum"]
    frame = findings.indicators
    for feature in collection["features"]:
        found = feature["properties"]
        rows = frame[(frame["scenario"] == "care") & (frame["year"] == 2030) & (frame["place"] == found["name"])]
        assert found["population"] == pytest.approx(rows["population"].mean())
        base = frame[(frame["scenario"] == "unchanged") & (frame["year"] == 2030) & (frame["place"] == found["name"])]
        assert found["population_difference"] == pytest.approx(rows["population"].mean() - base["population"].mean())
        assert found["population_difference_low"] < found["population_difference"] < found["population_difference_high"]
        assert found["population_low"] < found["population"] < found["population_high"]


def test_geojson_of_the_base_has_no_differences_and_unknown_figures_are_null(
    findings: Findings, tmp_path: Path
) -> None:
    export(findings, "geojson", tmp_path / "w.geojson", years=[2024], scenario="unchanged")
    found = json.loads((tmp_path / "w.geojson").read_text(encoding="utf-8"))["features"][0]["properties"]
    assert found["family_homes_freed"] is None and "population_difference" not in found


def test_only_the_chosen_places_years_and_indicators_are_written(findings: Findings, tmp_path: Path) -> None:
    export(findings, "csv", tmp_path / "csv", wijken=["Marke"], years=[2030, 2040], indicators=["jobs"])
    read = pd.read_csv(tmp_path / "csv" / "indicators.csv")
    assert set(read["place"]) == {"Marke"} and set(read["year"]) == {2030, 2040}
    assert list(read) == ["scenario", "point", "seed", "year", "place", "jobs"]
    assert len(read) == len(SCENARIOS) * 4 * 2


@pytest.mark.parametrize("to", ["csv", "parquet", "xlsx", "geojson"])
def test_what_stands_there_is_replaced_only_when_asked(findings: Findings, tmp_path: Path, to: str) -> None:
    small = replace(findings, indicators=findings.indicators[findings.indicators["year"] == 2040])
    out = tmp_path / ("out" if to in ("csv", "parquet") else f"out.{to}")
    files = export(small, to, out)
    before = [file.stat().st_mtime_ns for file in files]
    with pytest.raises(InputError, match="overwrite"):
        export(small, to, out)
    assert before == [file.stat().st_mtime_ns for file in files]
    export(small, to, out, overwrite=True)
    assert not list(tmp_path.rglob(".*")), "a temporary file was left behind"


def test_an_export_that_fails_leaves_nothing(
    findings: Findings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("kortrijk_sim.experiments.exports.export.write_parquet", fail)
    with pytest.raises(RuntimeError):
        export(findings, "parquet", tmp_path / "out")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({"to": "xls"}, "did you mean 'xlsx'"),
        ({"to": "xlsx", "out": "result.csv"}, "ends in .xlsx"),
        ({"wijken": ["Heule Centre"]}, "did you mean 'Heule Centrum'"),
        ({"years": [2041]}, "valid: 2024 to 2040"),
        ({"to": "geojson", "out": "w.geojson", "years": [2030, 2040]}, "one year"),
        ({"to": "geojson", "out": "w.geojson", "scenario": "cares"}, "did you mean 'care'"),
        ({"indicators": ["job"]}, "did you mean 'jobs'"),
    ],
)
def test_a_bad_choice_is_named_in_one_sentence(
    findings: Findings, tmp_path: Path, choice: dict[str, object], words: str
) -> None:
    options = {"to": "csv", "out": "out"} | choice
    options["out"] = tmp_path / str(options["out"])
    with pytest.raises(InputError, match=words):
        export(findings, **options)  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_whom_to_name_is_as_in_the_notice() -> None:
    notice = " ".join((Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8").split())
    for publisher in PUBLISHERS:
        for part in publisher.holder.split(",")[0].split(";")[0].split(". ©"):
            assert part.strip() in notice, part


def test_every_made_indicator_is_a_real_one(findings: Findings) -> None:
    from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED  # noqa: PLC0415

    assert set(LEVELS) <= {definition.name for definition in (*DEFINITIONS, *DERIVED)}
