from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from known_runs import NAMES, known_run, one_fails
from SALib.test_functions import Ishigami

from kortrijk_sim.cli import main
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.designs import Design, Factor, sample
from kortrijk_sim.experiments.experiment_file import experiment_of
from kortrijk_sim.experiments.outcomes import Outcome, parse_difference, parse_outcome
from kortrijk_sim.experiments.results import Result
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec
from kortrijk_sim.experiments.runner import run_experiment
from kortrijk_sim.experiments.sensitivity import elementary_effects, sensitivity, side_by_side, sobol_indices

PI = (-np.pi, np.pi)
ISHIGAMI = [Factor(name, "uncertainty", *PI) for name in ("x1", "x2", "x3")]


def _points(design: Design, factors: list[Factor]) -> pd.DataFrame:
    return sample(design, factors, Path()).drop(columns="point")


def _unit(n: int) -> list[Factor]:
    return [Factor(f"f{i + 1}", "uncertainty", 0.0, 1.0) for i in range(n)]


def _one_seed(values: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({1: values})


def _morris_function(x: np.ndarray) -> np.ndarray:
    """The function of Morris (1991): twenty factors, of which the first ten matter and the first seven interact."""
    w = 2.0 * (x - 0.5)
    for i in (2, 4, 6):
        w[:, i] = 2.0 * (1.1 * x[:, i] / (x[:, i] + 0.1) - 0.5)
    one = np.array([20.0 if i < 10 else (-1.0) ** (i + 1) for i in range(20)])
    y = w @ one
    for i in range(20):
        for j in range(i + 1, 20):
            y += (-15.0 if j < 6 else (-1.0) ** (i + j)) * w[:, i] * w[:, j]
    for i in range(5):
        for j in range(i + 1, 5):
            for k in range(j + 1, 5):
                y += -10.0 * w[:, i] * w[:, j] * w[:, k]
    return y + 5.0 * w[:, 0] * w[:, 1] * w[:, 2] * w[:, 3]


def test_sobol_indices_of_ishigami_are_the_known_ones() -> None:
    points = _points(Design(kind="sobol", samples=4096, second_order=True), ISHIGAMI)
    found = sobol_indices(points, _one_seed(Ishigami.evaluate(points.to_numpy())), second_order=True)
    table = found.table.set_index("factor")
    known = pd.DataFrame({"S1": [0.3139, 0.4424, 0.0], "ST": [0.5576, 0.4424, 0.2437]}, index=["x1", "x2", "x3"])
    for name in ("S1", "ST"):
        assert np.abs(table.loc[known.index, name] - known[name]).max() < 0.02
        assert (np.abs(table.loc[known.index, name] - known[name]) < 1.5 * table.loc[known.index, f"{name}_conf"]).all()
    assert list(found.table["factor"]) == ["x1", "x2", "x3"]
    assert tuple(found.second.loc[0, ["factor", "other"]]) == ("x1", "x3")
    assert found.second.loc[0, "S2"] == pytest.approx(0.2437, abs=0.03)
    assert (found.used, found.chance_from) == (4096, "unknown")


def test_effects_of_a_linear_figure_are_its_slopes_times_the_ranges() -> None:
    factors = [Factor("a", "uncertainty", 0, 10), Factor("b", "uncertainty", -1, 1), Factor("c", "lever", 5, 6)]
    points = _points(Design(kind="morris", trajectories=6), factors)
    found = elementary_effects(points, _one_seed(100 + 2 * points["a"] - 30 * points["b"] + 0 * points["c"]))
    table = found.table.set_index("factor")
    assert list(table.index) == ["b", "a", "c"]
    np.testing.assert_allclose(table["mu"], [-60, 20, 0], atol=1e-9)
    np.testing.assert_allclose(table["mu_star"], [60, 20, 0], atol=1e-9)
    np.testing.assert_allclose(table["sigma"], 0, atol=1e-9)
    np.testing.assert_allclose(table["relative"], table["mu_star"] / abs(found.mean))


@pytest.mark.parametrize("levels", [4, 8])
def test_the_grid_of_a_design_does_not_change_the_effects_of_a_linear_figure(levels: int) -> None:
    points = _points(Design(kind="morris", trajectories=5, levels=levels), _unit(3))
    found = elementary_effects(points, _one_seed(7 * points["f1"]), levels)
    assert found.table.loc[0, "mu_star"] == pytest.approx(7)


def test_the_function_of_morris_shows_ten_factors_of_which_seven_interact() -> None:
    points = _points(Design(kind="morris", trajectories=50), _unit(20))
    table = elementary_effects(points, _one_seed(_morris_function(points.to_numpy()))).table.set_index("factor")
    assert set(table.index[:10]) == {f"f{i}" for i in range(1, 11)}
    assert table["mu_star"].iloc[9] > 2 * table["mu_star"].iloc[10]
    linear, curved = [f"f{i}" for i in (8, 9, 10)], [f"f{i}" for i in range(1, 7)]
    assert table.loc[linear, "sigma"].max() < 0.5 * table.loc[curved, "sigma"].min()
    np.testing.assert_allclose(table.loc[linear, "mu"], 40, atol=6)


def test_the_measures_are_those_of_salib_itself() -> None:
    from SALib.analyze import morris  # noqa: PLC0415

    points = _points(Design(kind="morris", trajectories=10), ISHIGAMI)
    y = Ishigami.evaluate(points.to_numpy())
    salib = morris.analyze({"num_vars": 3, "names": list(points), "bounds": [PI] * 3}, points.to_numpy(), y, seed=1)
    table = elementary_effects(points, _one_seed(y)).table.set_index("factor").loc[list(points)]
    for name in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(table[name], salib[name])
    np.testing.assert_allclose(table["mu_star_conf"], salib["mu_star_conf"], rtol=0.3, atol=1e-9)


def test_intervals_are_the_same_each_time() -> None:
    points = _points(Design(kind="morris", trajectories=5), ISHIGAMI)
    values = _one_seed(Ishigami.evaluate(points.to_numpy()))
    pd.testing.assert_frame_equal(elementary_effects(points, values).table, elementary_effects(points, values).table)
    points = _points(Design(kind="sobol", samples=64), ISHIGAMI)
    values = _one_seed(Ishigami.evaluate(points.to_numpy()))
    pd.testing.assert_frame_equal(sobol_indices(points, values).table, sobol_indices(points, values).table)


def test_trajectories_with_a_missing_run_are_dropped_whole_and_counted() -> None:
    points = _points(Design(kind="morris", trajectories=6), _unit(3))
    values = pd.DataFrame({1: 3 * points["f1"], 2: 3 * points["f1"] + 1})
    values.loc[5, 2] = np.nan
    values.loc[6, 1] = np.nan  # of the same trajectory
    values.loc[20, 1] = np.nan
    found = elementary_effects(points, values)
    assert (found.used, found.dropped) == (4, 2)
    assert found.table.loc[0, "mu"] == pytest.approx(3)
    values.loc[::4] = np.nan
    with pytest.raises(InputError, match="0 of 6 trajectories are complete; valid: at least 2"):
        elementary_effects(points, values)


def test_sobol_indices_refuse_missing_runs() -> None:
    points = _points(Design(kind="sobol", samples=8), ISHIGAMI)
    values = _one_seed(Ishigami.evaluate(points.to_numpy()))
    values.iloc[3] = np.nan
    with pytest.raises(InputError, match="1 of 40 runs have no value; valid: all of them"):
        sobol_indices(points, values)


def test_sobol_indices_refuse_a_figure_that_never_moves_and_points_of_another_design() -> None:
    points = _points(Design(kind="sobol", samples=8), ISHIGAMI)
    with pytest.raises(InputError, match="the same in every run"):
        sobol_indices(points, _one_seed(np.ones(40)))
    with pytest.raises(InputError, match="39 points of 3 factors; valid: a multiple of 5"):
        sobol_indices(points.iloc[:39], _one_seed(np.arange(39.0)))


def test_points_that_are_no_trajectories_are_refused() -> None:
    points = _points(Design(kind="lhs", samples=12), _unit(3))
    with pytest.raises(InputError, match="not Morris trajectories"):
        elementary_effects(points, _one_seed(np.arange(12.0)))
    with pytest.raises(InputError, match="no whole Morris trajectories"):
        elementary_effects(points.iloc[:11], _one_seed(np.arange(11.0)))


def test_a_figure_that_never_moves_depends_on_nothing() -> None:
    points = _points(Design(kind="morris", trajectories=4), _unit(3))
    table = elementary_effects(points, _one_seed(np.full(16, 5.0))).table
    assert (table["mu_star"] == 0).all()
    assert not table["above_noise"].any()


def test_with_several_seeds_chance_stays_below_the_noise_line_and_effects_rise_above_it() -> None:
    points = _points(Design(kind="morris", trajectories=10), _unit(40))
    false, right = 0, 0
    for study in range(20):
        dice = np.random.default_rng(study)
        shared = {seed: dice.normal() * 50 for seed in (1, 2, 3)}  # the same in all points: pairing takes it out
        values = pd.DataFrame(
            {seed: 3 * points["f1"] + shared[seed] + dice.normal(size=len(points)) for seed in (1, 2, 3)}
        )
        found = elementary_effects(points, values)
        above = set(found.table.loc[found.table["above_noise"], "factor"])
        right += "f1" in above
        false += len(above - {"f1"})
    assert found.chance_from == "seeds"
    assert right == 20
    assert false < 0.10 * 20 * 39


def test_with_one_seed_the_small_effects_draw_the_noise_line() -> None:
    points = _points(Design(kind="morris", trajectories=6), _unit(60))
    false = 0
    for study in range(20):
        noise = np.random.default_rng(study).normal(size=len(points))
        found = elementary_effects(points, _one_seed(6 * points["f1"] - 8 * points["f2"] + 0.5 * noise))
        above = set(found.table.loc[found.table["above_noise"], "factor"])
        assert {"f1", "f2"} <= above
        false += len(above) - 2
    assert found.chance_from == "small effects"
    assert false < 0.10 * 20 * 58


def test_the_share_of_chance_in_a_sobol_variance_is_found() -> None:
    points = _points(Design(kind="sobol", samples=1024), _unit(3))
    dice = np.random.default_rng(3)
    clean = 4 * points["f1"] + 2 * points["f2"]
    values = pd.DataFrame({seed: clean + 10 * seed + dice.normal(size=len(points)) for seed in (1, 2)})
    found = sobol_indices(points, values)
    table = found.table.set_index("factor")
    truth = 0.5 / (0.5 + clean.var())
    assert table["noise"].iloc[0] == pytest.approx(truth, abs=0.03)
    assert list(table.loc[["f1", "f2", "f3"], "above_noise"]) == [True, True, False]
    assert found.chance_from == "seeds"


def test_figures_can_be_laid_side_by_side() -> None:
    points = _points(Design(kind="morris", trajectories=4), _unit(3))
    one = elementary_effects(points, _one_seed(1000 + 500 * points["f1"]))
    two = elementary_effects(points, _one_seed(1 + 0.2 * points["f2"]))
    table = side_by_side({"homes": one, "share": two})
    assert list(table.columns) == ["homes", "share"]
    assert list(table.index[:2]) == ["f1", "f2"]
    assert table.loc["f1", "homes"] == pytest.approx(500 / one.mean)
    with pytest.raises(InputError, match="measure: 'S1'; valid: mu"):
        side_by_side({"homes": one}, "S1")


def _result(folder: Path, design: dict[str, object], task: Callable[[RunSpec], RunOutput] = known_run) -> Result:
    content = {
        "name": "known",
        "scenarios": ["unchanged", "rotation"],
        "seeds": 2,
        "years": 1,
        "design": design,
        "uncertainties": {"parameters": list(NAMES)},
    }
    return run_experiment(experiment_of(content), folder, workers=1, task=task)


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """These runs need no compiled rules, so nothing is compiled first."""
    monkeypatch.setattr("kortrijk_sim.experiments.runner.is_compiled", lambda: True)


@pytest.fixture(scope="module")
def morris_result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return _result(tmp_path_factory.mktemp("runs") / "morris", {"kind": "morris", "trajectories": 5})


def test_effects_of_an_experiment_are_those_of_its_runs(morris_result: Result) -> None:
    found = sensitivity(morris_result, Outcome("population", 2025))
    table = found.table.set_index("factor")
    np.testing.assert_allclose(table.loc[list(NAMES), "mu"], [100, 10, 0], atol=0.1)
    assert list(table.loc[list(NAMES), "above_noise"]) == [True, True, False]
    assert (found.used, found.dropped, found.chance_from) == (5, 0, "seeds")


def test_effects_on_what_a_policy_changes_are_those_of_the_paired_difference(morris_result: Result) -> None:
    found = sensitivity(morris_result, Outcome("population", 2025, "Marke", less="unchanged"), "rotation")
    table = found.table.set_index("factor")
    np.testing.assert_allclose(table.loc[list(NAMES), "mu"], [0, 0, 0.5], atol=1e-9)
    assert found.table.loc[0, "factor"] == NAMES[2]


def test_a_failed_run_costs_its_trajectory(tmp_path: Path) -> None:
    found = sensitivity(
        _result(tmp_path / "r", {"kind": "morris", "trajectories": 3}, one_fails), Outcome("population", 2025)
    )
    assert (found.used, found.dropped) == (2, 1)


def test_sobol_indices_of_an_experiment_need_every_run(tmp_path: Path) -> None:
    result = _result(tmp_path / "r", {"kind": "sobol", "samples": 32})
    table = sensitivity(result, Outcome("population", 2025)).table.set_index("factor")
    assert table.loc[NAMES[0], "ST"] == pytest.approx(100 / 101, abs=0.1)
    assert not table.loc[NAMES[2], "above_noise"]
    result = _result(tmp_path / "failed", {"kind": "sobol", "samples": 4}, one_fails)
    with pytest.raises(InputError, match="1 of 40 runs have no value"):
        sensitivity(result, Outcome("population", 2025))


def test_a_design_for_something_else_is_refused(tmp_path: Path) -> None:
    result = _result(tmp_path / "r", {"kind": "lhs", "samples": 3})
    with pytest.raises(InputError, match="kind 'lhs'; valid for sensitivity: 'morris' or 'sobol'"):
        sensitivity(result, Outcome("population", 2025))


@pytest.mark.parametrize(
    ("outcome", "scenario", "says"),
    [
        (Outcome("populatoin", 2025), None, "did you mean 'population'"),
        (Outcome("population", 2040), None, "year 2040; valid: 2024 to 2025"),
        (Outcome("population", 2025, "Markke"), None, "no place 'Markke'; did you mean 'Marke'"),
        (Outcome("population", 2025), "rotaton", "did you mean 'rotation'"),
        (Outcome("population", 2025, less="changed"), None, "did you mean 'unchanged'"),
    ],
)
def test_a_figure_that_is_not_in_the_result_is_refused(
    morris_result: Result, outcome: Outcome, scenario: str | None, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        sensitivity(morris_result, outcome, scenario)


def test_figures_are_read_as_they_are_written() -> None:
    assert parse_outcome("price_index@2040") == Outcome("price_index", 2040)
    assert parse_outcome("price_index@2040@Marke") == Outcome("price_index", 2040, "Marke")
    assert str(parse_outcome("price_index@2040@Marke")) == "price_index@2040@Marke"
    for text in ("price_index", "@2040", "price_index@20400", "price_index@2040@", "Price@2040"):
        with pytest.raises(InputError, match="valid: INDICATOR@YEAR"):
            parse_outcome(text)


def test_a_difference_is_read_even_when_names_hold_hyphens() -> None:
    names = ("unchanged", "all-in-centre", "all")
    assert parse_difference("all-in-centre-unchanged", names) == ("all-in-centre", "unchanged")
    assert parse_difference("unchanged-all-in-centre", names) == ("unchanged", "all-in-centre")
    for text in ("all-all", "all", "unchanged-none", ""):
        with pytest.raises(InputError, match="valid: FUTURE-OTHER with two of unchanged, all-in-centre, all"):
            parse_difference(text, names)


def test_the_command_prints_a_ranking_with_class_and_range(
    morris_result: Result, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(morris_result.folder)
    assert main(["sensitivity", folder, "--figure", "population@2025", "--figure", "vacancy_share@2025"]) == 0
    lines = capsys.readouterr().out.splitlines()
    first = next(line for line in lines if NAMES[0] in line)
    assert "assumed" in first
    assert "100 (100 to 100)" in first
    assert "yes" in first
    assert sum("population@2025, unchanged: mean" in line for line in lines) == 1
    assert any("2 of 3 factors stand above what chance alone does" in line for line in lines)
    assert main(["sensitivity", folder, "--figure", "population@2025", "--difference", "rotation-unchanged"]) == 0
    assert "population@2025, rotation less unchanged: mean" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--figure", "population"], "valid: INDICATOR@YEAR"),
        (["--figure", "population@2025", "--scenario", "none"], "no scenario 'none'"),
        (["--figure", "population@2025", "--difference", "none-unchanged"], "valid: FUTURE-OTHER"),
        (
            ["--figure", "population@2025", "--difference", "rotation-unchanged", "--scenario", "rotation"],
            "beside --difference",
        ),
    ],
)
def test_the_command_refuses_what_is_not_there(
    morris_result: Result, capsys: pytest.CaptureFixture[str], options: list[str], says: str
) -> None:
    assert main(["sensitivity", str(morris_result.folder), *options]) == 2
    said = capsys.readouterr()
    assert says in said.err
    assert said.err.count("\n") == 1
