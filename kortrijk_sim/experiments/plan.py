"""From an experiment file to the list of its runs: futures x points of the design x seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.network import Network, load_network
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.designs import Factor, sample
from kortrijk_sim.experiments.experiment_file import Experiment, Lever, Uncertainties
from kortrijk_sim.experiments.parameters_chosen import select_parameters
from kortrijk_sim.experiments.run_spec import RunSpec
from kortrijk_sim.experiments.scenario_files import load_scenario, scenario_of
from kortrijk_sim.models.policy import MEASURES, Measure, Scenario, check_scenario

RUNS_MAX = 100_000  # each is held in memory with its parameters


@dataclass(frozen=True)
class Plan:
    """All runs of an experiment.

    Attributes:
        experiment: The experiment.
        scenarios: The futures by name, the one that others are compared with first.
        factors: What the design varies.
        design: One row per point: its number and the value of each factor.
        specs: One per run; the futures of one seed stand together.
    """

    experiment: Experiment
    scenarios: dict[str, Scenario]
    factors: tuple[Factor, ...]
    design: pd.DataFrame
    specs: tuple[RunSpec, ...]

    @property
    def base(self) -> str:
        """Name of the future that the others are compared with."""
        return next(iter(self.scenarios))


@dataclass(frozen=True)
class _City:
    """What scenarios are checked against."""

    geography: Geography
    parameters: Parameters
    sites: list[str]
    network: Network

    def check(self, scenario: Scenario, where: str) -> Scenario:
        return check_scenario(scenario, self.geography, self.parameters, where, self.sites, self.network)


def make_plan(experiment: Experiment, tables: Tables | None = None, folder: str | Path = ".") -> Plan:
    """Read the scenarios of an experiment, sample its design and list its runs.

    Args:
        experiment: The experiment.
        tables: Tables instead of the package's own.
        folder: Where relative paths start from: that of the experiment file.

    Raises:
        InputError: A scenario, factor, lever or design is not in order; names it.
    """
    tables = tables if tables is not None else Tables()
    geography = load_geography(tables)
    sites = [site.name for site in load_care_sites(tables, geography)]
    city = _City(geography, Parameters(tables), sites, load_network(tables, geography))
    scenarios = _scenarios(experiment, tables, Path(folder))
    uncertain, levers = _uncertainties(experiment, city.parameters), [_lever(lever) for lever in experiment.levers]
    for lever in levers:
        if lever.name in {factor.name for factor in uncertain}:
            raise InputError(f"levers: '{lever.name}' is also an uncertainty; valid: another name")
    factors = (*uncertain, *levers)
    _check_factors(experiment, scenarios, uncertain, city)
    design = pd.DataFrame({"point": [0]})
    if experiment.design is not None:
        design = sample(experiment.design, factors, Path(folder))
    runs = len(scenarios) * len(design) * len(experiment.seeds)
    if runs > RUNS_MAX:
        raise InputError(f"{experiment.name}: {runs:,} runs; valid: up to {RUNS_MAX:,}")
    digest, specs = tables.digest(), []
    names = [factor.name for factor in uncertain]
    rows: list[dict[str, Any]] = [dict(zip(design.columns, row, strict=True)) for row in design.to_numpy()]
    for point in rows:
        changed = {name: scenario_at(scenario, point, names, experiment.levers) for name, scenario in scenarios.items()}
        specs += [
            RunSpec(
                name,
                scenario,
                int(point["point"]),
                seed,
                experiment.city_seed,
                experiment.scale,
                tuple(sorted(experiment.keep)),
                digest,
                tables.folder,
            )
            for seed in experiment.seeds
            for name, scenario in changed.items()
        ]
    return Plan(experiment, scenarios, factors, design, tuple(specs))


def _scenarios(experiment: Experiment, tables: Tables, folder: Path) -> dict[str, Scenario]:
    found: dict[str, Scenario] = {}
    for name in experiment.scenarios:
        scenario = load_scenario(name, tables, beside=folder)
        if scenario.name in found:
            raise InputError(f"{experiment.name}: scenarios: two are called '{scenario.name}'; valid: different names")
        found[scenario.name] = scenario.model_copy(update={"years": experiment.years})
    return found


def _uncertainties(experiment: Experiment, parameters: Parameters) -> list[Factor]:
    wanted = experiment.uncertainties
    if wanted == Uncertainties():
        return []
    patterns = wanted.parameters or (("*",) if wanted.classes else ())
    return select_parameters(parameters, patterns, wanted.classes, wanted.ranges)


def _lever(lever: Lever) -> Factor:
    """Return a lever as a factor after a check that its measure exists at every value."""
    values = lever.values or (float(lever.low or 0), float(lever.high or 0))
    kind = MEASURES.get(str(lever.measure.get("measure")))
    whole = kind is not None and lever.field in kind.model_fields and kind.model_fields[lever.field].annotation is int
    for value in values:
        _measure(lever, value)
    return Factor(lever.name, "lever", min(values), max(values), lever.values, whole)


def _measure(lever: Lever, value: float) -> list[Measure]:
    """Return the measure of a lever at a value; none at 0."""
    if value == 0:
        return []
    number: Any = int(value) if value == int(value) else value
    content = {"name": "lever", "measures": [lever.measure | {lever.field: number}]}
    return list(scenario_of(content, f"levers.{lever.name}").measures)


def _check_factors(
    experiment: Experiment, scenarios: dict[str, Scenario], uncertain: Sequence[Factor], city: _City
) -> None:
    """Try both ends of every factor once, so that a design is refused before it starts."""
    for factor in uncertain:
        for value in (factor.low, factor.high):
            city.parameters.override({factor.name: value})
        for scenario in scenarios.values():
            if factor.name in scenario.parameters:
                raise InputError(
                    f"uncertainties: scenario '{scenario.name}' sets '{factor.name}' itself; "
                    "valid: a parameter that no scenario sets"
                )
    for scenario in scenarios.values():
        added = [m for lever in experiment.levers for m in _measure(lever, max(lever.values or (lever.high or 0,)))]
        if added:
            city.check(scenario.model_copy(update={"measures": (*scenario.measures, *added)}), scenario.name)


def scenario_at(
    scenario: Scenario, point: Mapping[str, float], uncertain: Iterable[str], levers: Sequence[Lever]
) -> Scenario:
    """Return a future with the values of a point of a design.

    Args:
        scenario: The future.
        point: Value of each lever and uncertainty by name.
        uncertain: Names of the uncertainties.
        levers: The levers.
    """
    measures = [m for lever in levers for m in _measure(lever, float(point[lever.name]))]
    values = {name: float(point[name]) for name in uncertain}
    return scenario.model_copy(
        update={"measures": (*scenario.measures, *measures), "parameters": scenario.parameters | values}
    )
