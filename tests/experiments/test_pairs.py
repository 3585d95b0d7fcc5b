from __future__ import annotations

import math
import types

import pandas as pd
import pytest
from scipy import stats

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.paired_result import PairedResult
from kortrijk_sim.experiments.pairs import Figure, common_months, run_pairs
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.measures import BuildHomes, MovingHelp65Plus
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario

SMALL = 0.05
FIGURES = ["population", "vacancy_share"]


def homes(first: int | str) -> Scenario:
    measure = BuildHomes(from_=first, homes=4_000, programme="life_cycle", wijk=("Marke",))
    return Scenario(name="homes", measures=(measure,))


def result(**samples: list[float]) -> PairedResult:
    rows = [
        (seed, scenario, "homeless", value)
        for scenario, values in samples.items()
        for seed, value in enumerate(values, start=1)
    ]
    return PairedResult(next(iter(samples)), pd.DataFrame(rows, columns=["seed", "scenario", "figure", "value"]))


def test_a_difference_has_the_interval_of_a_paired_t_test() -> None:
    without, with_it = [570.0, 610.0, 495.0, 580.0], [520.0, 571.0, 460.0, 533.0]
    (found,) = result(unchanged=without, plan=with_it).compare()
    wanted = stats.ttest_rel(with_it, without).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((wanted.low, wanted.high))
    assert found.mean == pytest.approx(-42.75)
    assert (found.without, found.with_it) == pytest.approx((563.75, 521.0))
    assert found.n == 4
    assert found.distinguishable


def test_pairs_take_out_what_the_dice_do_to_both_futures() -> None:
    (found,) = result(unchanged=[100.0, 200.0, 300.0], plan=[90.0, 191.0, 289.0]).compare()
    assert found.variance_ratio == pytest.approx((10_000.0 + 99.5025126**2) / 1.0, rel=0.01)


def test_futures_that_do_not_differ_are_not_told_apart() -> None:
    (found,) = result(unchanged=[100.0, 200.0], plan=[100.0, 200.0]).compare()
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0)
    assert not found.distinguishable
    assert found.variance_ratio == math.inf


def test_one_seed_gives_a_difference_but_no_certainty() -> None:
    (found,) = result(unchanged=[100.0], plan=[90.0]).compare()
    assert found.mean == -10.0
    assert math.isnan(found.low)
    assert not found.distinguishable


def test_a_seed_in_which_a_figure_does_not_exist_is_left_out() -> None:
    (found,) = result(unchanged=[100.0, math.nan, 120.0], plan=[90.0, 80.0, 111.0]).compare()
    assert found.n == 2
    assert found.mean == pytest.approx(-9.5)


def test_any_future_can_be_the_one_compared_with() -> None:
    three = result(unchanged=[10.0, 11.0], one=[8.0, 9.0], two=[7.0, 9.0])
    changes = three.differences("one").set_index("scenario")
    assert changes.loc["two", "mean"] == pytest.approx(-0.5)
    assert changes.loc["unchanged", "mean"] == pytest.approx(2.0)
    with pytest.raises(InputError, match="valid: unchanged, one, two"):
        three.compare("none")


def test_a_figure_is_a_mean_a_sum_or_the_last_value_of_the_months_at_the_end() -> None:
    indicators = types.SimpleNamespace(value=lambda name, place, month: float(month) if place == 0 else 7.0)
    geography = types.SimpleNamespace(wijk_number=lambda name: {"Marke": 10}[name])
    model: object = types.SimpleNamespace(month=24, indicators=indicators, geography=geography)

    def of(figure: Figure) -> float:
        return figure.of(model)  # type: ignore[arg-type]

    assert of(Figure("births")) == pytest.approx(18.5)
    assert of(Figure("births", "sum", months=2)) == pytest.approx(47.0)
    assert of(Figure("births", "last")) == 24.0
    assert of(Figure("births", months=600)) == pytest.approx(12.5)  # the start is not a month that was lived
    assert of(Figure("births", wijk="Marke")) == 7.0
    assert Figure("births", wijk="Marke").name == "births in Marke"


def test_neither_workers_nor_order_change_a_result() -> None:
    plan = {"rotation": load_scenario("rotation")}
    alone = run_pairs(Scenario(), plan, [3, 1, 2], FIGURES, years=1, workers=1, scale=SMALL)
    together = run_pairs(Scenario(), plan, [3, 1, 2], FIGURES, years=1, workers=2, scale=SMALL)
    pd.testing.assert_frame_equal(alone.values, together.values)
    assert list(alone.samples("population").index) == [1, 2, 3]
    backwards = run_pairs(Scenario(), plan, [2, 1, 3], FIGURES, years=1, workers=1, scale=SMALL)
    pd.testing.assert_frame_equal(alone.samples("population"), backwards.samples("population"))


def test_a_future_that_branches_off_is_the_one_that_was_different_from_the_start() -> None:
    base, plan = Scenario(), {"homes": homes("2025-10")}
    month = common_months(base, plan)
    assert month == 9
    whole = run_pairs(base, plan, [5], FIGURES, years=2, workers=1, scale=SMALL)
    branched = run_pairs(base, plan, [5], FIGURES, years=2, branch_month=month - 1, workers=1, scale=SMALL)
    pd.testing.assert_frame_equal(whole.values, branched.values)
    assert whole.compare()[0].mean != 0.0


def test_the_base_of_a_comparison_is_the_run_it_would_be_alone() -> None:
    found = run_pairs(Scenario(), {"homes": homes(2026)}, [4], FIGURES, years=1, branch_month=6, workers=1, scale=SMALL)
    model = KortrijkModel(rng=4, scale=SMALL)
    while model.month < 12:
        model.step()
    mean = sum(model.indicators.value("population", 0, month) for month in range(1, 13)) / 12
    assert found.samples("population").loc[4, "unchanged"] == pytest.approx(mean)
    assert found.compare()[0].mean == 0.0  # nothing is built before 2026


def closing_population(model: KortrijkModel) -> dict[str, float]:
    return {"at the end": model.indicators.value("population")}


def test_figures_can_be_a_function_of_a_finished_run() -> None:
    found = run_pairs(Scenario(), {}, [4], closing_population, years=1, workers=1, scale=SMALL)
    assert list(found.values["figure"]) == ["at the end"]
    assert found.compare() == []


def test_progress_reaches_the_months_that_were_announced() -> None:
    seen: list[tuple[int, int]] = []
    run_pairs(
        Scenario(),
        {"homes": homes("2025-11")},
        [1, 2],
        FIGURES,
        years=1,
        branch_month=10,
        workers=1,
        scale=SMALL,
        progress=lambda done, months, date: seen.append((done, months)),
    )
    assert seen == [(0, 28), (14, 28), (28, 28)]


def test_futures_share_their_months_until_a_measure_of_one_acts() -> None:
    base, later = Scenario(), homes(2030)
    assert common_months(base, {"later": later, "sooner": homes("2027-03")}) == 26
    assert common_months(later, {"none": base}) == 60
    assert common_months(later, {"same": later}) == 192
    help_65 = MovingHelp65Plus(from_=2026, share_reached=0.1)
    assert common_months(later, {"both": Scenario(measures=(help_65, *later.measures))}) == 12
    assert common_months(base, {"parameters": Scenario(parameters={"girl_share": 0.4})}) == 0
    assert common_months(base, {"switches": Scenario(switches={"kangaroo_living": False})}) == 0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seeds": []}, "seeds"),
        ({"seeds": [1, 1]}, "seeds"),
        ({"workers": 0}, "workers"),
        ({"alternatives": {"unchanged": Scenario()}}, "'unchanged' is the base"),
        ({"years": 17}, "years"),
        ({"branch_month": 12}, "branch_month"),
        ({"branch_month": 6, "alternatives": {"early": homes("2025-04")}}, "'early' differs .* before month 6"),
        ({"figures": ["populaton"]}, "populaton"),
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, object], words: str) -> None:
    arguments: dict[str, object] = {
        "base": Scenario(),
        "alternatives": {"homes": homes("2025-11")},
        "seeds": [1],
        "figures": FIGURES,
        "years": 1,
        "workers": 1,
        "scale": SMALL,
    }
    with pytest.raises(InputError, match=words):
        run_pairs(**(arguments | change))  # type: ignore[arg-type]


def test_a_refusal_in_a_worker_reaches_who_asked() -> None:
    with pytest.raises(InputError, match="populaton"):
        run_pairs(Scenario(), {}, [1, 2, 3], ["populaton"], years=1, workers=2, scale=SMALL)
