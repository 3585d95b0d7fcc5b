from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from rich.console import Console

from kortrijk_sim.city.facts import Facts
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.run import RunResult
from kortrijk_sim.experiments.store import FORMAT_VERSION, Manifest
from kortrijk_sim.experiments.table import (
    COMPARISONS,
    ROWS,
    Row,
    Yearly,
    differences,
    headline_table,
    note_figures,
)
from kortrijk_sim.models.policy import Scenario


def indicators(months: int, *, with_start: bool = True) -> pd.DataFrame:
    """A city that starts with 1,000 people, gains 1 a month, and counts 2 births in each month."""
    rows = []
    for passed in range(0 if with_start else 1, months + 1):
        number = passed if with_start else passed - 1
        date = dt.date(2025 + passed // 12, passed % 12 + 1, 1)
        rows.append((number, date, "Kortrijk", 1000 + passed, 2 if passed else 0, 1.0 + passed, 0.05))
        rows.append((number, date, "Marke", 1, 1, 1.0, 0.5))
    names = ["month", "date", "place", "population", "births", "chain_length_city", "vacancy_share"]
    return pd.DataFrame(rows, columns=names)


def result(years: int = 16, scale: float = 1.0, title: str = "") -> RunResult:
    manifest = Manifest(
        format_version=FORMAT_VERSION,
        complete=False,
        package_version="0",
        versions={},
        scenario="unchanged",
        scenario_digest="",
        tables_digest="",
        state_hash="",
        seed=1,
        city_seed=2025,
        scale=scale,
        months=12 * years,
        created_utc="",
        timings_s={},
        parameters_outside_range=[],
    )
    frame = indicators(12 * years)
    return RunResult(Scenario(years=years, title=title), frame, frame, {}, Facts(Tables()), manifest, None)


def text(of: RunResult) -> str:
    console = Console(width=200)
    with console.capture() as captured:
        console.print(headline_table(of))
    return captured.get()


POPULATION = Row("population", "Inhabitants")
BIRTHS = Row("births", "Births", "flow")
CHAIN = Row("chain_length_city", "Chains", "past year", "decimal")


@pytest.mark.parametrize("with_start", [True, False])
def test_stocks_are_those_of_1_january_and_all_else_is_of_the_year(with_start: bool) -> None:
    yearly = Yearly(indicators(192, with_start=with_start), 192)
    assert yearly.value(POPULATION, 2030) == 1060
    assert yearly.last(POPULATION) == 1192
    assert yearly.value(BIRTHS, 2025) == 24
    assert yearly.value(BIRTHS, 2040) == 24
    assert yearly.value(CHAIN, 2025) == 1.0 + 12
    assert yearly.last(BIRTHS) is None


def test_a_year_that_was_not_run_has_no_value() -> None:
    yearly = Yearly(indicators(60), 60)
    assert yearly.value(POPULATION, 2030) == 1060
    assert yearly.value(POPULATION, 2035) is None
    assert yearly.value(BIRTHS, 2030) is None


def test_a_part_of_the_city_is_scaled_up_but_its_shares_are_not() -> None:
    yearly = Yearly(indicators(192), 192, scale=0.1)
    assert yearly.value(POPULATION, 2025) == pytest.approx(10_000)
    assert yearly.value(Row("vacancy_share", "Vacant", form="percent"), 2025) == 0.05


def test_the_table_shows_the_years_and_the_note_beside_them() -> None:
    shown = text(result())
    for word in ("2025", "2030", "2035", "2040", "end 2040", "the note", "1,060", "1,192", "87,545", "5.0%"):
        assert word in shown
    assert "Social homes" not in shown  # the frame does not hold it


def test_a_short_run_shows_only_its_years_and_compares_nothing_with_2040() -> None:
    shown = text(result(years=6))
    assert "2035" not in shown
    assert "end 2030" in shown
    assert differences(result(years=6)) == []


def test_each_difference_is_a_sentence_with_both_figures_and_the_gap() -> None:
    found = differences(result())
    assert [(d.ours, d.theirs) for d in found] == [(1192, 87_545), (1180, 85_000)]
    assert "1,192 at the end of 2040, 86,353 (98.6%) less than the 87,545 of the note" in found[0].sentence
    assert "1,180 on 1 January 2040, 83,820 (98.6%) less than the 85,000" in found[1].sentence
    assert all(d.sentence.endswith(".") for d in found)


def test_every_figure_of_the_note_is_found_in_the_tables_of_facts() -> None:
    facts = Facts(Tables())
    for comparison in COMPARISONS:
        assert comparison.figure(facts) > 0
    assert note_figures(facts) == {
        "population": 87_545,
        "persons_65plus": 21_700,
        "persons_80plus": 7_533,
        "labour_force": 41_400,
        "social_per_100_households": 11.1,
    }


def test_no_indicator_has_two_lines() -> None:
    names = [row.indicator for row in ROWS]
    assert len(names) == len(set(names))
    assert {comparison.indicator for comparison in COMPARISONS} <= set(names)


def test_a_title_is_never_read_as_markup() -> None:
    assert "[red]loud[/red]" in text(result(title="[red]loud[/red]"))
