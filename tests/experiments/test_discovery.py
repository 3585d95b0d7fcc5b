from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_runs import NAMES, known_run

from kortrijk_sim.cli import main
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.designs import Design, Factor, sample
from kortrijk_sim.experiments.discovery import discover, find_boxes, regret, regret_of
from kortrijk_sim.experiments.experiment_file import experiment_of
from kortrijk_sim.experiments.outcomes import Outcome
from kortrijk_sim.experiments.results import Result
from kortrijk_sim.experiments.runner import run_experiment


@pytest.fixture(scope="module")
def points() -> pd.DataFrame:
    factors = [Factor(name, "uncertainty", 0, 10) for name in "abcd"] + [Factor("n", "lever", 0, 10, integer=True)]
    return sample(Design(kind="lhs", samples=600), factors, Path()).set_index("point")


def _lhs_result(folder: Path, **changes: object) -> Result:
    content = {
        "name": "known",
        "scenarios": ["unchanged", "rotation"],
        "years": 1,
        "design": {"kind": "lhs", "samples": 60},
        "uncertainties": {"parameters": list(NAMES)},
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kortrijk_sim.experiments.runner.is_compiled", lambda: True)
        return run_experiment(experiment_of(content | changes), folder, workers=1, task=known_run)


@pytest.fixture(scope="module")
def lhs_result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return _lhs_result(tmp_path_factory.mktemp("runs") / "lhs")


def test_a_box_that_was_hidden_is_found_with_its_limits(points: pd.DataFrame) -> None:
    interest = (points["a"] > 6) & (points["b"] < 3)
    found = find_boxes(points, interest)
    (box,) = found.boxes
    limits = box.limits.set_index("factor")
    assert set(limits.index) == {"a", "b"}
    assert limits.loc["a", "low"] == pytest.approx(6, abs=0.5)
    assert limits.loc["a", "high"] == limits.loc["a", "range_high"]
    assert limits.loc["b", "high"] == pytest.approx(3, abs=0.5)
    assert limits.loc["a", "quasi_p_low"] < 1e-6
    assert np.isnan(limits.loc["a", "quasi_p_high"])
    inside = points["a"].between(*limits.loc["a", ["low", "high"]]) & points["b"].between(
        *limits.loc["b", ["low", "high"]]
    )
    assert box.density == pytest.approx(interest[inside].mean())
    assert box.coverage == pytest.approx(inside[interest].mean())
    assert box.mass == pytest.approx(inside.mean())
    assert box.density >= 0.8
    assert box.coverage > 0.8
    assert (found.points, found.of_interest) == (600, int(interest.sum()))


def test_a_second_box_is_found_among_what_the_first_leaves(points: pd.DataFrame) -> None:
    interest = ((points["a"] > 7) & (points["b"] > 7)) | ((points["c"] < 2) & (points["n"] < 2))
    first, second = find_boxes(points, interest, boxes=2).boxes
    assert {tuple(sorted(box.limits["factor"])) for box in (first, second)} == {("a", "b"), ("c", "n")}
    assert first.coverage + second.coverage > 0.7


def test_chance_gives_no_dense_box(points: pd.DataFrame) -> None:
    interest = np.random.default_rng(5).random(600) < 0.3
    for box in find_boxes(points, interest).boxes:
        assert box.coverage < 0.3


@pytest.mark.parametrize(("interest", "says"), [(True, "every point is of interest"), (False, "no point is")])
def test_all_or_nothing_of_interest_is_refused(points: pd.DataFrame, interest: bool, says: str) -> None:
    with pytest.raises(InputError, match=says):
        find_boxes(points, np.full(600, interest))


def test_too_few_points_are_refused(points: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="10 points; valid: at least 20"):
        find_boxes(points.iloc[:10], np.arange(10) < 4)


def test_without_ema_workbench_it_says_what_to_install(points: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ema_workbench", "ema_workbench.analysis"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"pip install 'kortrijk-sim\[discovery\]'"):
        find_boxes(points, points["a"] > 6)


def test_what_makes_a_figure_of_an_experiment_high_is_found(lhs_result: Result) -> None:
    found = discover(lhs_result, Outcome("population", 2025), above=1000 + 50 * _dice() + 60)
    (box,) = found.boxes
    assert list(box.limits["factor"]) == [NAMES[0]]
    low = next(f.low for f in lhs_result.manifest.factors if f.name == NAMES[0])
    high = next(f.high for f in lhs_result.manifest.factors if f.name == NAMES[0])
    assert (box.limits.loc[0, "low"] - low) / (high - low) == pytest.approx(0.55, abs=0.1)
    below = discover(lhs_result, Outcome("population", 2025), below=1000 + 50 * _dice() + 60)
    assert below.of_interest + found.of_interest == below.points == 60


def _dice() -> float:
    return float(np.random.default_rng([1, 7]).normal())


def test_discovery_refuses_a_design_that_does_not_fill_the_space(tmp_path: Path) -> None:
    result = _lhs_result(tmp_path / "r", design={"kind": "morris", "trajectories": 2}, scenarios=["unchanged"])
    with pytest.raises(InputError, match="kind 'morris'; valid for discover: 'lhs' or 'sobol'"):
        discover(result, Outcome("population", 2025), above=1)
    with pytest.raises(InputError, match="neither above nor below"):
        discover(result, Outcome("population", 2025))
    with pytest.raises(InputError, match="one scenario; valid for regret: two or more"):
        regret(result, Outcome("population", 2025), "low")


def test_regret_is_what_a_policy_falls_short_of_the_best_at_each_point() -> None:
    values = pd.DataFrame({"do": [1.0, 5.0, 3.0, np.nan], "wait": [2.0, 1.0, 3.0, 1.0]})
    low = regret_of(values, "low")
    assert low.by_point.to_dict("list") == {"do": [0, 4, 0], "wait": [1, 0, 0]}
    assert low.dropped == 1
    table = low.table.set_index("policy")
    assert low.most_robust == "wait" == table.index[0]
    assert table.loc["do"].to_dict() == pytest.approx({"mean": 4 / 3, "p90": 3.2, "most": 4, "best_share": 2 / 3})
    high = regret_of(values, "high")
    assert high.most_robust == "do"
    assert high.by_point.to_dict("list") == {"do": [1, 0, 0], "wait": [0, 4, 0]}
    with pytest.raises(InputError, match="no point has a value for every policy"):
        regret_of(values.iloc[3:], "low")


def test_regret_of_an_experiment_pairs_the_policies_point_by_point(lhs_result: Result) -> None:
    found = regret(lhs_result, Outcome("vacancy_share", 2025), "low")
    a = (lhs_result.design()[NAMES[0]] - lhs_result.manifest.factors[_place(lhs_result)].low) / _range(lhs_result)
    gain = 0.02 - 0.04 * a  # of the policy against doing nothing
    np.testing.assert_allclose(found.by_point["rotation"], np.maximum(gain, 0), atol=1e-9)
    np.testing.assert_allclose(found.by_point["unchanged"], np.maximum(-gain, 0), atol=1e-9)
    with pytest.raises(InputError, match="best: 'middle'; valid: low or high"):
        regret(lhs_result, Outcome("vacancy_share", 2025), "middle")  # type: ignore[arg-type]


def _place(result: Result) -> int:
    return [f.name for f in result.manifest.factors].index(NAMES[0])


def _range(result: Result) -> float:
    factor = result.manifest.factors[_place(result)]
    return factor.high - factor.low


def test_the_commands_print_boxes_and_regret(lhs_result: Result, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(lhs_result.folder)
    limit = f"{1000 + 50 * _dice() + 60:.3f}"
    assert main(["discover", folder, "--figure", "population@2025", "--above", limit]) == 0
    said = capsys.readouterr().out
    assert "of 60 points are of interest" in said
    assert NAMES[0] in said
    assert "of its points are of interest" in said
    assert main(["regret", folder, "--figure", "vacancy_share@2025", "--best", "low"]) == 0
    assert "Most robust: " in capsys.readouterr().out
    assert main(["regret", folder, "--figure", "vacancy_share@2025", "--best", "least"]) == 2
    assert "best: 'least'; valid: low or high" in capsys.readouterr().err
    assert main(["discover", folder, "--figure", "population@2025", "--above", "9999999"]) == 2
    assert "no point is of interest" in capsys.readouterr().err
