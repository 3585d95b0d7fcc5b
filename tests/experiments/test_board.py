from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.cli import main
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments import results
from kortrijk_sim.experiments.board import BoardRow, board, board_frame, board_of_run, judge
from kortrijk_sim.experiments.targets import Measured, load_targets
from kortrijk_sim.models.policy import Scenario

YEARS = list(range(2024, 2041))
START = {
    "dwellings": 40_000.0, "social_homes": 3_200.0, "social_per_100_households": 9.2, "nursing_places": 1_322.0,
    "assisted_homes": 530.0, "day_care_places": 80.0, "city_operator_share": 0.345, "life_cycle_homes": 3_000.0,
    "shared_cars": 34.0, "charge_points": 660.0, "vehicle_km": 1_000_000.0,
}  # fmt: skip
MORE = Measured("x", "change", "at least", 1.0)
LESS = Measured("x", "change_percent", "at least", -1.0)
SHARE = Measured("x", "level", "at least", 100.0)


def frame(
    changes: Mapping[str, Callable[[int, int], float]],
    *,
    scenario: str = "note",
    seeds: Sequence[int] = (1, 2, 3),
    years: Sequence[int] = YEARS,
) -> pd.DataFrame:
    """Return indicators by year; a change takes the seed and the years since the start."""
    rows = []
    for seed in seeds:
        for year in years:
            for place in ("Kortrijk", "Marke"):
                values = dict.fromkeys(START, 0.0) if place == "Marke" else dict(START)
                for name, change in changes.items():
                    values[name] += change(seed, year - 2024)
                rows.append({"scenario": scenario, "point": 0, "seed": seed, "year": year, "place": place} | values)
    return pd.DataFrame(rows)


def line_of(rows: Sequence[BoardRow], target: str, scenario: str = "note") -> BoardRow:
    (row,) = (row for row in rows if row.target == target and row.scenario == scenario)
    return row


def test_a_target_that_most_runs_meet_in_its_year_is_met_with_its_chance_and_first_year() -> None:
    # Seed 1 builds nothing; 2 and 3 build 200 and 300 homes a year and are there in 2029 and 2028.
    row = line_of(board(frame({"social_homes": lambda seed, years: 100.0 * seed * years if seed > 1 else 0.0})),
                  "social_homes_extra")  # fmt: skip
    assert (row.value, row.year, row.runs) == (pytest.approx((0 + 3200 + 4800) / 3), 2040, 3)
    assert (row.probability, row.verdict) == (pytest.approx(2 / 3), "met")
    assert (row.first_year, row.runs_met) == (2028.5, 2)
    assert row.goal == 1000
    assert row.unit == "dwellings"


def test_the_interval_of_the_chance_is_wilsons_and_that_of_the_value_students() -> None:
    judged = judge(MORE, 10.0, 2025, [2024, 2025], np.array([[0.0, 9.0], [0.0, 11.0], [0.0, 12.0], [0.0, 16.0]]))
    # By hand for 3 of 4 with z = 1.96: centre (3/4 + z2/8)/(1 + z2/4), half width z sqrt(3/64 + z2/64)/(1 + z2/4).
    assert (judged.probability_low, judged.probability_high) == (
        pytest.approx(0.3006, abs=2e-4), pytest.approx(0.9544, abs=2e-4)
    )  # fmt: skip
    half = 3.1824 * math.sqrt(26 / 3) / 2  # t with 3 degrees of freedom; variance 26/3
    assert judged.value == 12.0
    assert (judged.low, judged.high) == (pytest.approx(12 - half, abs=1e-3), pytest.approx(12 + half, abs=1e-3))


def test_half_of_the_runs_are_enough_and_fewer_are_not() -> None:
    two_years = np.array([[0.0, 10.0], [0.0, 0.0]])
    assert judge(MORE, 10.0, 2025, [2024, 2025], two_years).verdict == "met"
    assert judge(MORE, 10.0, 2025, [2024, 2025], np.vstack([two_years, [[0.0, 0.0]]])).verdict == "missed"


def test_runs_that_end_before_the_year_are_on_course_on_or_above_the_straight_line() -> None:
    def after_four_years(homes: float) -> str:
        return judge(MORE, 1600.0, 2040, [2024, 2028], np.array([[5000.0, 5000.0 + homes]])).verdict

    assert after_four_years(400.0) == "on course"
    assert after_four_years(399.0) == "behind"
    assert after_four_years(2000.0) == "on course"  # there already, but the year is not over


def test_a_reduction_is_measured_against_the_start_and_on_course_by_its_line() -> None:
    def after_four_years(km: float) -> tuple[float, str]:
        judged = judge(LESS, 20.0, 2040, [2024, 2028], np.array([[1000.0, km]]))
        return judged.value, judged.verdict

    assert after_four_years(950.0) == (pytest.approx(5.0), "on course")
    assert after_four_years(951.0) == (pytest.approx(4.9), "behind")
    assert after_four_years(1100.0) == (pytest.approx(-10.0), "behind")


def test_who_starts_beyond_a_level_need_not_stay_on_a_falling_line() -> None:
    def after_four_years(share: float) -> str:
        return judge(SHARE, 33.0, 2040, [2024, 2028], np.array([[0.37, share]])).verdict

    assert after_four_years(0.331) == "on course"  # the line from 37 to 33 would ask for 36
    assert after_four_years(0.329) == "behind"


def test_a_ceiling_is_a_line_from_above() -> None:
    ceiling = Measured("x", "level", "at most", 1.0)

    def after_four_years(value: float) -> str:
        return judge(ceiling, 100.0, 2040, [2024, 2028], np.array([[180.0, value]])).verdict

    assert after_four_years(160.0) == "on course"
    assert after_four_years(161.0) == "behind"


def test_a_target_reached_too_late_is_missed_but_its_first_year_is_said() -> None:
    row = line_of(board(frame({"charge_points": lambda seed, years: 100.0 * years})), "charge_points_extra")
    assert (row.target_year, row.year, row.value) == (2030, 2030, 600.0)
    assert (row.probability, row.verdict) == (0.0, "missed")
    assert (row.first_year, row.runs_met) == (2031.0, 3)


def test_a_target_met_for_a_while_only_is_missed() -> None:
    row = line_of(board(frame({"shared_cars": lambda seed, years: 130.0 if years == 5 else 0.0})), "shared_cars_extra")
    assert (row.verdict, row.first_year, row.value) == ("missed", 2029.0, 0.0)


def test_a_target_that_no_run_meets_has_no_first_year() -> None:
    row = line_of(board(frame({})), "homes_extra")
    assert math.isnan(row.first_year)
    assert (row.runs_met, row.verdict) == (0, "missed")


def test_only_the_whole_city_counts() -> None:
    rows = board(frame({"nursing_places": lambda seed, years: 25.0 * years}))
    assert line_of(rows, "nursing_places_extra").value == 400.0


def test_a_share_of_places_is_compared_in_per_cent() -> None:
    row = line_of(board(frame({})), "city_care_market_share")
    assert (row.value, row.verdict, row.first_year) == (pytest.approx(34.5), "met", 2024.0)


def test_what_is_not_simulated_is_said_and_carries_no_number() -> None:
    rows = board(frame({}))
    row = line_of(rows, "co2_2040")
    assert row.verdict == "not simulated"
    assert (row.indicator, row.runs) == ("", 0)
    assert math.isnan(row.value)
    assert math.isnan(row.probability)
    assert "all emissions" in row.note
    assert sum(r.verdict == "not simulated" for r in rows) == 39


def test_one_run_has_no_interval_of_its_value() -> None:
    row = line_of(board(frame({}, seeds=[7])), "homes_extra")
    assert math.isnan(row.low)
    assert row.runs == 1


def test_several_futures_stand_one_after_the_other_and_one_can_be_asked_for() -> None:
    both = pd.concat([frame({}, scenario="unchanged"), frame({"dwellings": lambda seed, years: 250.0 * years})])
    rows = board(both)
    assert len(rows) == 2 * 51
    assert [rows[0].scenario, rows[-1].scenario] == ["unchanged", "note"]
    assert line_of(rows, "homes_extra", "unchanged").verdict == "missed"
    assert line_of(rows, "homes_extra", "note").verdict == "met"
    assert {row.scenario for row in board(both, scenario="note")} == {"note"}
    assert [row.scenario for row in board(both, scenario=["note", "unchanged"])][::51] == ["note", "unchanged"]
    with pytest.raises(InputError, match="no future 'nota' in this result; did you mean 'note'"):
        board(both, scenario="nota")


def test_points_of_a_design_are_runs_like_seeds() -> None:
    one = frame({"dwellings": lambda seed, years: 250.0 * years})
    other = frame({}).assign(point=1)
    row = line_of(board(pd.concat([one, other])), "homes_extra")
    assert (row.runs, row.probability, row.verdict) == (6, 0.5, "met")


def test_the_order_of_the_rows_does_not_matter() -> None:
    table = frame({"dwellings": lambda seed, years: 100.0 * seed * years})
    shuffled = table.sample(frac=1.0, random_state=3)
    pd.testing.assert_frame_equal(board_frame(board(shuffled)), board_frame(board(table)))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda table: table.drop(columns="vehicle_km"), "no column 'vehicle_km'"),
        (lambda table: table[table["place"] == "Marke"], "no rows of 'Kortrijk'"),
        (lambda table: pd.concat([table, table]), "a year of a run twice"),
        (lambda table: table[table["year"] > 2024], "no year 2024, the start"),
    ],
)
def test_a_frame_that_lacks_something_is_refused(change: Callable[[pd.DataFrame], pd.DataFrame], words: str) -> None:
    with pytest.raises(InputError, match=words):
        board(change(frame({})))


def test_a_users_own_targets_are_judged(tmp_path: Path) -> None:
    text = Tables().text("targets").replace("homes_extra,dwellings,change,", "homes_extra,dwellings,level,", 1)
    (tmp_path / "targets.csv").write_text(text, encoding="utf-8")
    assert line_of(board(frame({}), Tables(tmp_path)), "homes_extra").value == 40_000


def test_a_run_under_way_is_judged_from_its_first_day() -> None:
    run = frame({}, seeds=[1], years=[2024]).drop(columns=["scenario", "point", "seed"])
    rows = board_of_run(run, name="now")
    assert len(rows) == len(load_targets())
    assert line_of(rows, "homes_extra", "now").verdict == "on course"
    later = frame({"dwellings": lambda seed, years: 300.0 * years}, seeds=[1], years=[2024, 2025, 2026])
    row = line_of(board_of_run(later.drop(columns=["scenario", "point", "seed"]), name="now"), "homes_extra", "now")
    assert (row.value, row.year, row.verdict) == (600.0, 2026, "on course")


class Stored:
    """A result as the command reads it."""

    def indicators(self, places: Sequence[str]) -> pd.DataFrame:
        both = pd.concat(
            [frame({}, scenario="unchanged"), frame({"dwellings": lambda seed, years: 50.0 * seed * years})]
        )
        return both[both["place"].isin(places)]

    def scenario(self, name: str) -> Scenario:
        return Scenario(name=name, title=f"Title of {name}")


def test_the_command_prints_each_future_and_once_what_is_not_simulated(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "read_result", lambda folder: Stored())
    monkeypatch.setenv("COLUMNS", "250")
    assert main(["board", "result"]) == 0
    out = capsys.readouterr().out
    assert "Title of unchanged (3 runs)" in out
    assert "Title of note (3 runs)" in out
    # 800, 1,600 and 2,400 homes: none reaches 3,760.
    assert "1,600 (-387 to 3,587)" in out
    assert "at least 3,760 dwellings" in out
    assert "0% (0% to 56%)" in out
    assert "34.5 (34.5 to 34.5)" in out
    assert "2024 in 3 of 3" in out
    assert out.count("childcare places per 100") == 1
    assert main(["board", "result", "--scenario", "note"]) == 0
    assert "Title of unchanged" not in capsys.readouterr().out
    assert main(["board", "result", "--scenario", "nota"]) == 2
    assert "did you mean 'note'" in capsys.readouterr().err
