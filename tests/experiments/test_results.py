"""The folder of an experiment is read as it was written, by us and by others, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow.parquet as pq
import pytest
from fake_runs import fake_run

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.experiment_file import experiment_of
from kortrijk_sim.experiments.results import MANIFEST, Result, read_result
from kortrijk_sim.experiments.run_spec import run_one
from kortrijk_sim.experiments.runner import run_experiment
from kortrijk_sim.experiments.yearly import YEARLY_COLUMNS, yearly

TINY = {"scenarios": ["unchanged", "rotation"], "seeds": 2, "years": 1, "scale": 0.02}


@pytest.fixture
def result(tmp_path: Path) -> Result:
    experiment = experiment_of({"name": "trial", "scenarios": ["unchanged", "rotation"], "seeds": 3, "years": 2})
    return run_experiment(experiment, tmp_path / "r", workers=1, task=fake_run)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Result:
    experiment = experiment_of({"name": "tiny", "keep": ["months", "events"]} | TINY)
    return run_experiment(experiment, tmp_path_factory.mktemp("real") / "r", workers=1, task=run_one)


def test_pandas_polars_and_duckdb_read_the_same(result: Result) -> None:
    ours = result.indicators()
    place = result.folder / "indicators"
    total = ours.groupby(["scenario", "seed"])["population"].sum()
    pandas = pd.read_parquet(place)
    found = pandas.groupby([pandas["scenario"].astype(str), pandas["seed"].astype(int)])["population"].sum()
    assert found.to_dict() == total.to_dict()
    polars = pl.read_parquet(place / "**" / "*.parquet", hive_partitioning=True)
    rows = polars.group_by("scenario", "seed").agg(pl.col("population").sum()).rows()
    assert {(s, n): p for s, n, p in rows} == total.to_dict()
    query = "select scenario, seed, sum(population) from read_parquet(?, hive_partitioning=true) group by all"
    duck = duckdb.execute(query, [f"{place}/**/*.parquet"]).fetchall()
    assert {(s, n): p for s, n, p in duck} == total.to_dict()


def test_units_and_meanings_stand_in_the_schema(real: Result) -> None:
    file = next((real.folder / "indicators").rglob("*.parquet"))
    schema = pq.read_schema(file)
    for field in schema:
        assert (field.metadata or {})[b"unit"].decode() == YEARLY_COLUMNS[field.name]["unit"]
        assert (field.metadata or {})[b"meaning"]
    assert real.units()["births"] == "persons/year"


def test_a_real_run_is_kept_by_year_and_by_month(real: Result) -> None:
    frame = real.indicators(places=["Kortrijk"])
    assert frame.groupby(["scenario", "seed"])["year"].apply(list).tolist() == [[2024, 2025]] * 4
    months = real.table("months", "rotation", 2)
    city = months[months["place"] == "Kortrijk"]
    row = frame[(frame["scenario"] == "rotation") & (frame["seed"] == 2) & (frame["year"] == 2025)].iloc[0]
    assert row["births"] == pytest.approx(city["births"].iloc[1:].sum() / 0.02)
    assert row["population"] == pytest.approx(city["population"].iloc[-1] / 0.02)
    assert row["vacancy_share"] == pytest.approx(city["vacancy_share"].iloc[-1])
    assert len(real.table("events", "rotation", 2)) > 0


def test_wijken_add_up_to_the_city(real: Result) -> None:
    frame = real.indicators(["households", "dwellings", "homes_built"], years=[2025])
    city = frame[frame["place"] == "Kortrijk"].set_index(["scenario", "seed"])
    wijken = frame[frame["place"] != "Kortrijk"].groupby(["scenario", "seed"])
    assert frame["place"].nunique() == 15
    for name in ("households", "dwellings", "homes_built"):
        np.testing.assert_allclose(wijken[name].sum(), city[name].loc[wijken[name].sum().index])


def test_the_year_ends_in_december_and_an_unfinished_year_is_left_out() -> None:
    monthly = pd.DataFrame(
        {"month": np.arange(30), "place": "Kortrijk", "births": 1.0, "population": np.arange(30.0), "hubs": 28.0}
    )
    found = yearly(monthly, scale=0.5)
    assert found["year"].tolist() == [2024, 2025, 2026]
    assert found["population"].tolist() == [0.0, 24.0, 48.0]
    assert np.isnan(found["births"].iloc[0])
    assert found["births"].tolist()[1:] == [24.0, 24.0]
    assert found["hubs"].tolist() == [28.0] * 3


def test_columns_places_and_years_can_be_chosen(result: Result) -> None:
    frame = result.indicators(["population"], places=["Marke"], years=[2026])
    assert list(frame.columns) == ["scenario", "point", "seed", "year", "place", "population"]
    assert set(frame["place"]) == {"Marke"}
    assert set(frame["year"]) == {2026}
    with pytest.raises(InputError, match="no indicator 'populaton'; did you mean 'population'"):
        result.indicators(["populaton"])


def test_a_changed_file_is_not_read(result: Result) -> None:
    file = next((result.folder / "indicators").rglob("*.parquet"))
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(InputError, match="changed since the run"):
        result.indicators()


def test_a_missing_file_is_said(result: Result) -> None:
    next((result.folder / "indicators").rglob("*.parquet")).unlink()
    with pytest.raises(InputError, match="cannot be read"):
        result.indicators()


def test_what_was_not_kept_is_said(result: Result) -> None:
    with pytest.raises(InputError, match="'lives' was not kept"):
        result.lives("unchanged", 1)
    with pytest.raises(InputError, match="no finished run of 'unchanged' with seed 9"):
        result.lives("unchanged", 9)
    with pytest.raises(InputError, match="no scenario 'rotaton'; did you mean 'rotation'"):
        result.scenario("rotaton")


def test_the_scenario_of_a_result_is_the_one_that_was_run(result: Result) -> None:
    assert len(result.scenario("rotation").measures) > 0
    assert result.scenario("rotation").years == 2


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda m: m | {"format_version": 0}, "format_version is 0; valid: 1, so run it again"),
        (lambda m: m | {"format_version": 99}, "format_version is 99"),
        (lambda m: {key: value for key, value in m.items() if key != "format"}, "not the result of an experiment"),
        (lambda m: m | {"extra": 1}, "extra is not valid"),
        (lambda m: m | {"runs": "many"}, "runs is not valid"),
        (lambda m: [m], "not the result of an experiment"),
    ],
)
def test_a_result_of_another_version_is_refused(spoil: object, said: str, result: Result) -> None:
    file = result.folder / MANIFEST
    file.write_text(json.dumps(spoil(json.loads(file.read_text()))))  # type: ignore[operator]
    with pytest.raises(InputError, match=said):
        read_result(result.folder)


def test_a_record_that_names_a_file_elsewhere_is_refused(result: Result) -> None:
    file = next((result.folder / "records").iterdir())
    record = json.loads(file.read_text())
    record["files"] = {"../../secret": next(iter(record["files"].values()))}
    file.write_text(json.dumps(record))
    with pytest.raises(InputError, match="names a file that is not its own"):
        read_result(result.folder)


def test_what_is_no_result_is_said(tmp_path: Path, result: Result) -> None:
    with pytest.raises(InputError, match="no result of an experiment"):
        read_result(tmp_path)
    (result.folder / MANIFEST).write_text("{")
    with pytest.raises(InputError, match="not a readable manifest"):
        read_result(result.folder)


def test_units_of_the_yearly_table_know_every_indicator() -> None:
    for name, about in YEARLY_COLUMNS.items():
        assert about["unit"], name
        assert about["meaning"], name
        assert not about["unit"].endswith("/month"), name
