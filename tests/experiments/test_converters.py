from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest
from known_runs import NAMES, known_run
from SALib.analyze import morris as morris_analysis
from SALib.sample import latin, morris

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments import converters
from kortrijk_sim.experiments.converters import ema_model, evaluate, salib_problem
from kortrijk_sim.experiments.run import run
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec
from kortrijk_sim.experiments.yearly import yearly
from kortrijk_sim.models.policy import Scenario

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ema_workbench as ema

ROOMS = {
    "name": "rooms",
    "field": "homes",
    "low": 0,
    "high": 400,
    "measure": {"measure": "build_homes", "programme": "market", "from": 2025, "until": 2025, "wijk": "Marke"},
}
REAL = ["moving_social_tenant_ratio", "need_alone_ratio"]


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put runs with known figures in the place of the city's."""
    monkeypatch.setattr(converters, "run_one", known_run)


def _shares(parameters: Parameters, samples: np.ndarray) -> np.ndarray:
    low = np.array([parameters[name].low for name in NAMES])
    high = np.array([parameters[name].high for name in NAMES])
    return (samples - low) / (high - low)


def test_a_problem_of_salib_has_the_ranges_of_the_tables(parameters: Parameters) -> None:
    problem = salib_problem(["nursing_*"], ["assumed"])
    assert problem["num_vars"] == len(problem["names"]) > 5
    for name, (low, high) in zip(problem["names"], problem["bounds"], strict=True):
        assert (low, high) == (parameters[name].low, parameters[name].high)
    with pytest.raises(InputError, match="no parameter 'nursing'"):
        salib_problem(["nursing"])


@pytest.mark.usefixtures("known")
def test_each_row_of_a_sample_is_run_with_its_own_values(parameters: Parameters) -> None:
    problem = salib_problem(list(NAMES))
    samples = latin.sample(problem, 6, seed=1)
    found = evaluate(problem, samples, ["population@2026", "population@2025@Marke", "vacancy_share@2025"])
    order = [problem["names"].index(name) for name in NAMES]
    a, b, _ = _shares(parameters, samples[:, order]).T
    assert found.shape == (6, 3)
    dice = found[0, 0] - 1000 - 100 * a[0] - 10 * b[0]
    np.testing.assert_allclose(found[:, 0], 1000 + 100 * a + 10 * b + dice)
    np.testing.assert_allclose(found[:, 1], found[:, 0] / 10)
    np.testing.assert_allclose(found[:, 2], 0.3 * a * b)


@pytest.mark.usefixtures("known")
def test_salib_analyses_what_the_function_returns() -> None:
    problem = salib_problem(list(NAMES))
    samples = morris.sample(problem, 4, seed=1)
    effects = morris_analysis.analyze(problem, samples, evaluate(problem, samples, ["population@2025"])[:, 0], seed=1)
    mu = dict(zip(problem["names"], effects["mu"], strict=True))
    assert [mu[name] for name in NAMES] == pytest.approx([100, 10, 0], abs=1e-6)


def test_a_run_of_the_function_is_the_run_of_the_city(parameters: Parameters) -> None:
    problem = salib_problem(REAL)
    sample = np.array([[high for _, high in problem["bounds"]], [low for low, _ in problem["bounds"]]])
    figures = ["population@2025", "moves_city@2025", "persons_65plus@2025@Marke"]
    found = evaluate(problem, sample, figures, seed=3, scale=0.02)
    changed = dict(zip(problem["names"], sample[0].tolist(), strict=True))
    same = run(Scenario(parameters=changed), 3, 1, scale=0.02)
    table = yearly(same.indicators, 0.02).set_index(["year", "place"])
    wanted = [table.at[(2025, "Kortrijk"), "population"], table.at[(2025, "Kortrijk"), "moves_city"]]
    assert list(found[0]) == [*wanted, table.at[(2025, "Marke"), "persons_65plus"]]
    assert (found[0] != found[1]).any()


def test_worker_processes_give_the_same_figures() -> None:
    problem = salib_problem(REAL)
    samples = latin.sample(problem, 3, seed=2)
    alone, together = (
        evaluate(problem, samples, ["moves_city@2025"], scale=0.02, workers=workers) for workers in (1, 2)
    )
    np.testing.assert_array_equal(alone, together)
    assert np.isfinite(alone).all()


def test_a_run_that_fails_gives_nan_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[RunSpec] = []

    def second_fails(spec: RunSpec) -> RunOutput:
        seen.append(spec)
        return RunOutput(reason="the second one fails") if len(seen) == 2 else known_run(spec)

    monkeypatch.setattr(converters, "run_one", second_fails)
    problem = salib_problem(list(NAMES))
    with pytest.warns(UserWarning, match="1 of 3 runs failed; the first: the second one fails"):
        found = evaluate(problem, latin.sample(problem, 3, seed=1), ["population@2025"])
    assert list(np.isnan(found[:, 0])) == [False, True, False]


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(
    ("problem", "samples", "figures", "says"),
    [
        ({"names": ["a"]}, [[1]], ["population@2025"], "problem: not one of SALib"),
        ({"names": ["a", "a"], "bounds": [[0, 1]] * 2}, [[1, 1]], ["population@2025"], "each name once"),
        ({"names": ["no_such"], "bounds": [[0, 1]]}, [[1]], ["population@2025"], "no parameter 'no_such'"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[0.5, 1]], ["population@2025"], "shape \\(1, 2\\)"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[np.nan]], ["population@2025"], "finite numbers"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[1.5]], ["population@2025"], "valid: 0 to 1"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[0.5]], [], "figures: none"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[0.5]], ["populatoin@2025"], "did you mean 'population'"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[0.5]], ["population@2041"], "valid: 2024 to 2040"),
        ({"names": [NAMES[2]], "bounds": [[0, 1]]}, [[0.5]], ["population@2025@Gent"], "no place 'Gent'"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_run(
    problem: dict[str, object], samples: list[list[float]], figures: list[str], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        evaluate(problem, np.array(samples), figures)


@pytest.mark.usefixtures("known")
def test_ema_workbench_runs_uncertainties_and_levers_with_its_own_evaluator() -> None:
    model = ema_model(["unchanged", "rotation"], list(NAMES[:2]), [ROOMS], ["population@2025", "population@2025@Marke"])
    assert {type(p).__name__ for p in model.uncertainties} == {"RealParameter"}
    assert {p.name: type(p).__name__ for p in model.levers} == {
        "rooms": "IntegerParameter",
        "future": "CategoricalParameter",
    }
    assert {c.name: c.value for c in model.constants} == {"seed": 1, "scale": 1.0, "city_seed": 2025}
    with ema.SequentialEvaluator(model) as evaluator:
        experiments, outcomes = evaluator.perform_experiments(scenarios=4, policies=3)
    assert len(experiments) == 12
    assert set(outcomes) == {"population_2025", "population_2025_Marke"}
    np.testing.assert_allclose(outcomes["population_2025"], 10 * outcomes["population_2025_Marke"])
    assert np.ptp(outcomes["population_2025"]) > 10
    assert set(experiments["future"]) <= {"unchanged", "rotation"}


def test_a_lever_of_ema_workbench_changes_the_city_and_zero_leaves_the_measure_out(parameters: Parameters) -> None:
    model = ema_model(uncertainties=REAL[:1], levers=[ROOMS], outcomes=["dwellings@2025"], scale=0.02)
    as_known = ema.Sample("as known", **{REAL[0]: parameters.value(REAL[0])})
    policies = [ema.Sample("none", rooms=0), ema.Sample("many", rooms=400)]
    with ema.SequentialEvaluator(model) as evaluator:
        _, outcomes = evaluator.perform_experiments(scenarios=[as_known], policies=policies)
    none, many = outcomes["dwellings_2025"]
    same = run(Scenario(), 1, 1, scale=0.02)
    assert none == yearly(same.indicators, 0.02).query("year == 2025 and place == 'Kortrijk'")["dwellings"].item()
    assert many == none + 400


def test_ema_workbench_runs_it_in_processes_of_its_own() -> None:
    model = ema_model(uncertainties=REAL, outcomes=["moves_city@2025"], scale=0.02)
    samples = [ema.Sample(str(i), **dict.fromkeys(REAL, 1.0 + 0.1 * i)) for i in range(2)]
    with ema.SequentialEvaluator(model) as evaluator:
        _, alone = evaluator.perform_experiments(scenarios=samples)
    with ema.MultiprocessingEvaluator(model, n_processes=1) as evaluator:
        _, together = evaluator.perform_experiments(scenarios=samples)
    np.testing.assert_array_equal(alone["moves_city_2025"], together["moves_city_2025"])


def test_without_ema_workbench_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    with pytest.raises(InputError, match=r"pip install 'kortrijk-sim\[discovery\]'"):
        ema_model()
