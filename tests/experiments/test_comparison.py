from __future__ import annotations

import io
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from scipy import stats

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.comparison import SEEDS_MAX, Comparison, compare, seeds_needed
from kortrijk_sim.experiments.comparison_table import difference_table, written
from kortrijk_sim.experiments.headlines import HEADLINES
from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED

WITHOUT = [570.0, 610.0, 495.0, 580.0]
WITH_IT = [520.0, 571.0, 460.0, 533.0]


def frame(**samples: list[float]) -> pd.DataFrame:
    """One indicator, one year, one place: a list of values per scenario, one per seed."""
    rows = [
        (scenario, 0, seed, 2030, "Kortrijk", value)
        for scenario, values in samples.items()
        for seed, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=["scenario", "point", "seed", "year", "place", "homeless_persons"])


def of(indicators: pd.DataFrame) -> Comparison:
    return compare(indicators, base="unchanged", years=[2030])


def many(
    seed: int = 1, seeds: int = 6, indicators: int = 4, scenarios: tuple[str, ...] = ("unchanged", "a", "b")
) -> pd.DataFrame:
    """Several indicators, places and years, with chance that the futures of a seed share."""
    dice = np.random.default_rng(seed)
    shared = dice.normal(100.0, 10.0, (seeds, 3, 2, indicators))
    parts = []
    for number, scenario in enumerate(scenarios):
        values = shared + number + dice.normal(0.0, 1.0, shared.shape) * (number > 0)
        index = pd.MultiIndex.from_product(
            [range(1, seeds + 1), (2030, 2035, 2040), ("Kortrijk", "Marke")], names=["seed", "year", "place"]
        )
        part = pd.DataFrame(values.reshape(-1, indicators), index, [f"i{k}" for k in range(indicators)]).reset_index()
        parts.append(part.assign(scenario=scenario, point=0))
    return pd.concat(parts, ignore_index=True)


def test_a_difference_has_the_interval_and_p_value_of_a_paired_t_test() -> None:
    row = of(frame(unchanged=WITHOUT, plan=WITH_IT)).table.iloc[0]
    wanted = stats.ttest_rel(WITH_IT, WITHOUT)
    assert (row["low"], row["high"]) == pytest.approx(tuple(wanted.confidence_interval(0.95)))
    assert row["p_value"] == pytest.approx(wanted.pvalue)
    assert row["mean"] == pytest.approx(-42.75)
    assert (row["without"], row["with_it"], row["n"]) == (563.75, 521.0, 4)
    assert row["distinguishable"]


def test_an_interval_by_hand() -> None:
    row = of(frame(unchanged=[10.0, 20.0, 30.0], plan=[11.0, 22.0, 33.0])).table.iloc[0]
    half = 4.302652729911275 * 1.0 / math.sqrt(3)  # t(0.975, 2), and a standard deviation of 1
    assert (row["low"], row["high"]) == pytest.approx((2.0 - half, 2.0 + half))
    assert not row["distinguishable"]
    # t(0.975, 3) / 2 = 1.59 < 2: the fourth seed does it.
    assert row["seeds_needed"] == 4


def test_the_variance_ratio_is_that_of_the_correlation_of_the_futures() -> None:
    dice = np.random.default_rng(3)
    shared, own, other = dice.normal(0.0, 1.0, (3, 40_000))
    rho = 0.9
    one = math.sqrt(rho) * shared + math.sqrt(1 - rho) * own
    two = math.sqrt(rho) * shared + math.sqrt(1 - rho) * other + 5.0
    row = of(frame(unchanged=one.tolist(), plan=two.tolist())).table.iloc[0]
    assert row["variance_ratio"] == pytest.approx(1.0 / (1.0 - rho), rel=0.03)


def test_futures_that_are_the_same_in_every_seed_were_never_at_stake() -> None:
    row = of(frame(unchanged=WITHOUT, plan=WITHOUT)).table.iloc[0]
    assert (row["mean"], row["low"], row["high"], row["p_value"], row["p_adjusted"]) == (0.0, 0.0, 0.0, 1.0, 1.0)
    assert not row["distinguishable"]
    assert row["seeds_needed"] is pd.NA
    assert row["variance_ratio"] == math.inf


def test_a_difference_without_any_spread_is_certain_and_two_seeds_show_it() -> None:
    row = of(frame(unchanged=[0.1, 0.2, 0.3], plan=[0.1 + 7, 0.2 + 7, 0.3 + 7])).table.iloc[0]
    assert row["mean"] == pytest.approx(7.0)
    assert row["distinguishable"]
    assert row["seeds_needed"] == 2


def test_a_difference_of_rounding_is_none() -> None:
    row = of(frame(unchanged=[0.3, 0.3, 1e6], plan=[0.1 + 0.2, 0.3, 1e6 + 1e-9])).table.iloc[0]
    assert row["mean"] == 0.0
    assert not row["distinguishable"]


def test_one_seed_gives_a_difference_and_says_that_it_is_no_interval() -> None:
    found = of(frame(unchanged=[100.0], plan=[90.0]))
    row = found.table.iloc[0]
    assert row["mean"] == -10.0
    assert math.isnan(row["low"])
    assert math.isnan(row["variance_ratio"])
    assert not row["distinguishable"]
    assert "no interval" in found.advice("plan")[0]


def test_a_figure_that_does_not_exist_in_a_run_is_left_out_there() -> None:
    row = of(frame(unchanged=[100.0, math.nan, 120.0], plan=[90.0, 80.0, 111.0])).table.iloc[0]
    assert row["n"] == 2
    assert row["mean"] == pytest.approx(-9.5)
    assert row["without"] == pytest.approx(110.0)


def test_a_figure_that_never_exists_has_no_difference() -> None:
    found = of(frame(unchanged=[math.nan, math.nan], plan=[1.0, 2.0]))
    row = found.table.iloc[0]
    assert row["n"] == 0
    assert math.isnan(row["mean"])
    assert math.isnan(row["p_adjusted"])
    assert "0 of 0 differences" in found.advice("plan")[0]


def test_only_seeds_that_both_futures_have_are_paired_and_the_others_are_said() -> None:
    both = frame(unchanged=[1.0, 2.0, 3.0, 4.0], plan=[2.0, 4.0, 6.0, 9.0])
    some = both[~((both["scenario"] == "plan") & (both["seed"] == 4)) & (both["seed"] != 1)]
    found = of(some)
    assert (found.pairs["plan"], found.left_out["plan"]) == (2, 1)
    assert found.table["mean"].iloc[0] == pytest.approx(2.5)
    assert "1 run without a counterpart in the other future is left out." in found.advice("plan")


def test_points_of_a_design_are_paired_with_the_same_point() -> None:
    one = frame(unchanged=[1.0, 2.0], plan=[2.0, 3.0])
    two = frame(unchanged=[100.0, 200.0], plan=[101.0, 201.0]).assign(point=1)
    found = of(pd.concat([one, two]))
    assert found.designed
    row = found.table.iloc[0]
    assert (row["n"], row["mean"], row["low"]) == (4, 1.0, 1.0)


def test_neither_the_order_of_rows_nor_other_scenarios_change_what_is_found() -> None:
    indicators = many()
    names = ["scenario", "indicator", "place", "year"]

    def table(rows: pd.DataFrame) -> pd.DataFrame:
        found = compare(rows, base="unchanged", places=["Kortrijk", "Marke"]).table
        return found[found["scenario"] == "a"].sort_values(names, ignore_index=True)

    usual = table(indicators)
    assert len(usual) == 4 * 2 * 3
    pd.testing.assert_frame_equal(usual, table(indicators.sample(frac=1.0, random_state=5)))
    pd.testing.assert_frame_equal(usual, table(indicators[indicators["scenario"] != "b"]))


def test_the_table_says_the_same_as_the_rows_it_was_made_of() -> None:
    indicators = many()
    found = compare(indicators, base="a", places=["Marke", "Kortrijk"]).of("b")
    (row,) = found.query("place == 'Marke' and year == 2035 and indicator == 'i2'").to_dict("records")
    own = indicators[(indicators["place"] == "Marke") & (indicators["year"] == 2035)].pivot(
        index="seed", columns="scenario", values="i2"
    )
    assert row["mean"] == pytest.approx((own["b"] - own["a"]).mean())
    assert row["without"] == pytest.approx(own["a"].mean())


def test_any_future_can_be_the_base_and_differences_turn_round() -> None:
    forth = compare(many(), base="a").of("b")
    back = compare(many(), base="b").of("a")
    assert back["mean"].to_numpy() == pytest.approx(-forth["mean"].to_numpy())
    assert back["low"].to_numpy() == pytest.approx(-forth["high"].to_numpy())
    assert list(back["distinguishable"]) == list(forth["distinguishable"])


def test_adjusted_p_values_let_through_few_of_many_figures_that_do_not_differ() -> None:
    dice = np.random.default_rng(7)
    rows = many(indicators=1)[["scenario", "point", "seed", "year", "place"]]
    nothing = pd.DataFrame(dice.normal(0.0, 1.0, (len(rows), 400)), columns=[f"n{k}" for k in range(400)])
    found = compare(pd.concat([rows, nothing], axis=1), base="unchanged", years=[2030]).of("a")
    assert 8 <= found["distinguishable"].sum() <= 40  # about 5 %
    assert found["remains"].sum() <= 2
    wanted = stats.false_discovery_control(found["p_value"])
    assert found["p_adjusted"].to_numpy() == pytest.approx(wanted)


def test_figures_that_are_the_same_do_not_make_it_harder_for_the_others() -> None:
    rows = frame(unchanged=WITHOUT, plan=WITH_IT)
    alone = of(rows).table.iloc[0]
    beside = of(rows.assign(**{f"same{k}": 1.0 for k in range(50)})).table.iloc[0]
    assert beside["p_adjusted"] == alone["p_adjusted"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50.0, 50.0), min_size=2, max_size=12), st.floats(-5.0, 5.0))
def test_seeds_needed_agree_with_whether_a_figure_is_told_from_zero(changes: list[float], shift: float) -> None:
    without = np.linspace(1_000.0, 1_100.0, len(changes))
    row = of(frame(unchanged=without.tolist(), plan=(without + shift + np.array(changes)).tolist())).table.iloc[0]
    needed = row["seeds_needed"]
    if row["distinguishable"]:
        assert needed <= len(changes)
    else:
        assert needed is pd.NA or needed > len(changes)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 100.0), st.floats(0.01, 100.0))
def test_seeds_needed_is_the_smallest_number_that_is_enough(mean: float, sd: float) -> None:
    (found,) = seeds_needed(np.array([-mean]), np.array([sd]))

    def enough(n: int) -> bool:
        return bool(stats.t.ppf(0.975, n - 1) * sd / math.sqrt(n) < mean)

    if math.isnan(found):
        assert not enough(SEEDS_MAX)
    else:
        assert enough(int(found))
        assert found == 2 or not enough(int(found) - 1)


def test_advice_names_the_figure_that_needs_the_fewest_seeds_more() -> None:
    rows = frame(unchanged=[10.0, 20.0, 30.0], plan=[11.0, 22.0, 33.0])
    rows["price_index"] = [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]
    rows["social_queue"] = [5.0, 5.0, 5.0, 15.0, 15.1, 15.2]
    told, near, same = of(rows).advice("plan")
    assert told.startswith("3 seeds tell 1 of 2 differences from zero; 1 remains when")
    assert near == "With more seeds these would be told from zero first: homeless persons (about 4)."
    assert same == "1 figure is the same in both futures."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base": "unchangd"}, "did you mean 'unchanged'"),
        ({"years": [2031]}, "years: '2031'"),
        ({"places": ["Markee"]}, "places: 'Markee' .* did you mean 'Marke'"),
        ({"columns": ["i9"]}, "columns: 'i9'"),
    ],
)
def test_what_is_not_among_the_results_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        compare(many(), **change)  # type: ignore[arg-type]


def test_frames_that_are_no_results_are_refused() -> None:
    with pytest.raises(InputError, match="column 'seed' is missing"):
        compare(many().drop(columns="seed"))
    with pytest.raises(InputError, match="stands twice"):
        compare(pd.concat([many(), many().head(1)]))
    with pytest.raises(InputError, match="no rows"):
        compare(many().head(0))
    apart = many()
    apart.loc[apart["scenario"] == "b", "seed"] += 100
    with pytest.raises(InputError, match="'b': no seed in common with 'unchanged'"):
        compare(apart)
    with pytest.raises(InputError, match="'unchanged' is not compared"):
        compare(many()).advice("unchanged")


def test_a_base_alone_is_compared_with_nothing() -> None:
    assert len(of(frame(unchanged=WITHOUT)).table) == 0


def test_every_headline_figure_is_an_indicator_of_the_model() -> None:
    known = {definition.name for definition in (*DEFINITIONS, *DERIVED)}
    assert {headline.indicator for headline in HEADLINES} <= known
    assert len({headline.label for headline in HEADLINES}) == len(HEADLINES)


@pytest.mark.parametrize("width", [80, 100, 160])
def test_the_printed_table_shows_every_interval_whole(width: int) -> None:
    rows = many(indicators=2).rename(columns={"i0": "vehicle_km", "i1": "cost_stress_share"})
    rows["vehicle_km"] *= 12_345.0
    found = compare(rows, base="unchanged", units={"cost_stress_share": "share"})
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(difference_table(found, "b", width=width))
    text = console.export_text()
    assert max(len(line) for line in text.splitlines()) <= width
    for row in found.of("b").query("indicator == 'vehicle_km'").itertuples():
        assert f"({row.low:,.0f} to {row.high:,.0f})" in text
        between = " " if width == 160 else "*"
        assert f"{row.mean:,.0f}{between}" in text
        assert row.distinguishable
    assert "Housing-cost" in text


def test_figures_are_written_as_people_read_them() -> None:
    assert written(0.283, "share") == "28.3 %"
    assert written(81045.0, "persons") == "81,045"
    assert written(1.0312, "index") == "1.03"
    assert written(math.nan, "share") == ""
