from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.lives import FAMILIES, FITS, TENURES, lives
from kortrijk_sim.experiments.winners import BY, CRITERIA, OUTCOMES, mean_winners, winners, winners_over_seeds
from kortrijk_sim.models.model import KortrijkModel


def people(**columns: Any) -> pd.DataFrame:
    """Four households of one: ages 30, 40, 70 and 85 in 2025, all well housed and well served."""
    n = 4
    frame = pd.DataFrame(
        {
            "person": np.arange(n, dtype=np.int32),
            "age_2025": [30, 40, 70, 85],
            "age": [45, 55, 85, 100],
            "wijk_2025": pd.Categorical(["Marke", "Marke", "Aalbeke", None], ["Aalbeke", "Marke"]),
            "tenure_2025": pd.Categorical(["owner", "private rent", "owner", None], TENURES),
            "family_2025": pd.Categorical(["alone", "alone", "alone", "nursing home"], FAMILIES),
            "head_2025": [1, 1, 1, 0],
            "lives_here": 1,
            "homeless": 0,
            "housing_cost_share": [0.2, 0.3, 0.1, np.nan],
            "home_fit": pd.Categorical(["fits", "fits", "too large", None], FITS),
            "social_wait_months": np.nan,
            "life_cycle_home": [0.0, 0.0, 0.0, np.nan],
            "unmet_hours_week": [0.0, 0.0, 5.0, 0.0],
            "nursing_wait_months": [np.nan, np.nan, 10.0, 0.0],
            "isolation": [0.0, 0.0, 0.3, np.nan],
            "work_minutes": [20.0, 30.0, np.nan, np.nan],
            "minutes_day": [50.0, 60.0, 20.0, np.nan],
        }
    )
    return frame.assign(**columns)


def counts(found: pd.DataFrame, criterion: str, by: str = "all", group: str = "all") -> tuple[float, ...]:
    row = found[(found["criterion"] == criterion) & (found["by"] == by) & (found["group"] == group)]
    assert len(row) == 1
    return tuple(row[list(OUTCOMES)].iloc[0])


def test_who_is_untouched_is_the_same() -> None:
    found = winners(people(), people())
    assert (found["better"] + found["worse"] + found["not_comparable"]).sum() == 0
    assert counts(found, "housing_cost") == (0, 0, 3, 0)
    assert counts(found, "nursing_wait") == (0, 0, 2, 0)


def test_a_cheaper_home_is_better_and_a_dearer_one_worse_beyond_the_threshold() -> None:
    found = winners(people(), people(housing_cost_share=[0.1, 0.31, 0.2, np.nan]))
    assert counts(found, "housing_cost") == (1, 1, 1, 0)
    assert counts(found, "housing_cost", "age", "18-34") == (1, 0, 0, 0)
    assert counts(found, "housing_cost", "age", "65-79") == (0, 1, 0, 0)
    assert counts(found, "housing_cost", "wijk", "Marke") == (1, 0, 1, 0)
    strict = winners(
        people(), people(housing_cost_share=[0.1, 0.31, 0.2, np.nan]), thresholds={"better_off_housing_cost_share": 0.0}
    )
    assert counts(strict, "housing_cost") == (1, 2, 0, 0)


@pytest.mark.parametrize(
    ("criterion", "change"),
    [
        ("home_fits", {"home_fit": pd.Categorical(["fits", "fits", "fits", None], FITS)}),
        ("life_cycle_home", {"life_cycle_home": [0.0, 0.0, 1.0, np.nan]}),
        ("unmet_help", {"unmet_hours_week": [0.0, 0.0, 1.0, 0.0]}),
        ("nursing_wait", {"nursing_wait_months": [np.nan, np.nan, 2.0, 0.0]}),
        ("isolation", {"isolation": [0.0, 0.0, 0.1, np.nan]}),
        ("way_to_work", {"work_minutes": [20.0, 12.0, np.nan, np.nan]}),
        ("daily_travel", {"minutes_day": [50.0, 60.0, 5.0, np.nan]}),
    ],
)
def test_each_criterion_knows_which_way_is_better(criterion: str, change: dict[str, Any]) -> None:
    better, worse, *_ = counts(winners(people(), people(**change)), criterion)
    assert (better, worse) == (1, 0)
    better, worse, *_ = counts(winners(people(**change), people()), criterion)
    assert (better, worse) == (0, 1)


def test_to_be_without_a_home_or_in_too_small_a_one_is_worse() -> None:
    after = people(homeless=[1, 0, 0, 0], home_fit=pd.Categorical([None, "too small", "too large", None], FITS))
    found = winners(people(), after)
    assert counts(found, "housed") == (0, 1, 2, 0)
    assert counts(found, "home_too_small") == (0, 1, 1, 1)


def test_who_waits_for_a_social_home_longer_is_worse_off() -> None:
    before = people(social_wait_months=[0.0, 40.0, np.nan, np.nan])
    after = people(social_wait_months=[30.0, 35.0, 3.0, np.nan])
    assert counts(winners(before, after), "social_wait") == (0, 1, 1, 1)


def test_who_is_dead_or_gone_in_one_future_is_not_comparable() -> None:
    gone = people(lives_here=[0, 1, 1, 1], housing_cost_share=[np.nan, 0.3, 0.1, np.nan])
    found = winners(people(), gone)
    assert counts(found, "housing_cost") == (0, 0, 2, 1)
    assert counts(found, "housed") == (0, 0, 2, 1)
    assert counts(winners(gone, gone), "housing_cost") == (0, 0, 2, 0)  # in neither: the question does not arise


def test_who_is_65_at_the_end_counts_as_a_senior_and_only_a_head_as_a_household() -> None:
    ages = [45, 66, 85, 100]
    after = people(age=ages, unmet_hours_week=[9.0, 9.0, 9.0, 9.0], housing_cost_share=[0.9, 0.9, 0.9, 0.9])
    found = winners(people(age=ages), after)
    assert counts(found, "unmet_help") == (0, 3, 0, 0)
    assert counts(found, "housing_cost") == (0, 3, 0, 0)


def test_counts_are_scaled_to_the_whole_city() -> None:
    assert counts(winners(people(), people(), scale=0.05), "housed") == (0, 0, 60, 0)


numbers = st.one_of(st.just(float("nan")), st.floats(0.0, 100.0))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=4, max_size=4))
def test_everybody_has_one_outcome_whichever_way_people_are_grouped(pairs: list[tuple[float, float]]) -> None:
    one = people(minutes_day=[a for a, _ in pairs], work_minutes=[a for a, _ in pairs])
    two = people(minutes_day=[b for _, b in pairs], work_minutes=[b for _, b in pairs])
    found, back = winners(one, two), winners(two, one)
    assert (found[list(OUTCOMES)].sum(axis=1) == found["all"]).all()
    for name in ("daily_travel", "way_to_work"):
        totals = found[found["criterion"] == name].groupby("by")["all"].sum()
        assert set(totals.index) == set(BY)
        assert totals.nunique() == 1
        better, worse, same, not_comparable = counts(found, name)
        assert counts(back, name) == (worse, better, same, not_comparable)


def test_a_run_and_its_unchanged_fork_have_no_winners_and_no_losers(
    small_city: Callable[..., KortrijkModel],
) -> None:
    model = small_city(scale=0.02)
    for _ in range(6):
        model.step()
    twin = model.fork()
    for _ in range(6):
        model.step()
        twin.step()
    found = winners(lives(model), lives(twin))
    assert (found[["better", "worse", "not_comparable"]] == 0).all(axis=None)
    assert (found.loc[found["by"] == "all"].set_index("criterion")["same"].drop("social_wait") > 0).all()
    # Nothing changes without a limit either: what is the same is the same to the last digit.
    strict = winners(lives(model), lives(twin), thresholds={c.threshold: 0.0 for c in CRITERIA if c.threshold})
    assert (strict[["better", "worse", "not_comparable"]] == 0).all(axis=None)


def test_over_seeds_the_balance_has_the_interval_of_its_mean() -> None:
    costs = ([0.1, 0.3, 0.1, np.nan], [0.1, 0.1, 0.1, np.nan], [0.3, 0.3, 0.1, np.nan])
    frames = [winners(people(), people(housing_cost_share=cost)) for cost in costs]
    row = mean_winners(frames).query("criterion == 'housing_cost' and by == 'all'").iloc[0]
    assert (row["better"], row["worse"]) == pytest.approx((1.0, 1 / 3))
    low, high = stats.t.interval(0.95, 2, loc=np.mean([1, 2, -1]), scale=stats.sem([1, 2, -1]))
    assert (row["net"], row["low"], row["high"]) == pytest.approx((2 / 3, low, high))
    one = mean_winners(frames[:1]).query("criterion == 'housing_cost' and by == 'all'").iloc[0]
    assert one["net"] == 1.0
    assert np.isnan(one["low"])


class Stored:
    """A result of two seeds of which one future has a third."""

    folder = Path("result")
    manifest = SimpleNamespace(base="unchanged", scenarios=("unchanged", "plan"), keep=("lives",), scale=0.5)

    def runs(self) -> pd.DataFrame:
        keys = [("unchanged", 1), ("unchanged", 2), ("plan", 1), ("plan", 2), ("plan", 3)]
        return pd.DataFrame([(s, 0, k, "done") for s, k in keys], columns=["scenario", "point", "seed", "status"])

    def lives(self, scenario: str, seed: int, point: int = 0) -> pd.DataFrame:
        assert seed != 3
        return people() if scenario == "unchanged" else people(housing_cost_share=[0.1 * seed, 0.3, 0.1, np.nan])


def test_a_stored_result_gives_the_mean_over_the_seeds_of_both_futures() -> None:
    result: Any = Stored()
    row = winners_over_seeds(result, "plan").query("criterion == 'housing_cost' and by == 'all'").iloc[0]
    assert (row["n"], row["better"], row["all"]) == (2, 1.0, 6.0)
    with pytest.raises(InputError, match="did you mean 'plan'"):
        winners_over_seeds(result, "plans")
    result.manifest = SimpleNamespace(base="unchanged", scenarios=("unchanged", "plan"), keep=(), scale=0.5)
    with pytest.raises(InputError, match="lives were not kept"):
        winners_over_seeds(result, "plan")


def test_different_people_cannot_be_compared_and_thresholds_are_known() -> None:
    with pytest.raises(InputError, match="not of the same people"):
        winners(people(), people().head(3))
    with pytest.raises(InputError, match="did you mean 'better_off_work_minutes'"):
        winners(people(), people(), thresholds={"better_off_work_minute": 1.0})
    with pytest.raises(InputError, match="valid: 0 or more"):
        winners(people(), people(), thresholds={"better_off_work_minutes": -1.0})


def test_every_threshold_is_an_assumption_with_a_range(parameters: Parameters) -> None:
    for name in {criterion.threshold for criterion in CRITERIA} - {""}:
        assert parameters[name].kind == "assumed"
        assert parameters[name].low < parameters[name].value < parameters[name].high
