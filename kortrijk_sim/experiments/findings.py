"""What a result says, gathered once: the frames that a report shows and an export writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from kortrijk_sim.models.policy import Scenario

CITY = "Kortrijk"
START = 2024  # the row of the start, 1 January 2025
KEYS = ("scenario", "point", "seed", "year", "place")


@dataclass(frozen=True)
class About:
    """Which question was asked and what was run to answer it.

    Attributes:
        name, title, question: Of the experiment.
        base: The scenario that the others are compared with.
        scenarios: Names of all scenarios, the base first.
        seeds: Seeds of the dice, the same in every scenario.
        years: Simulated years from 2025.
        scale: Share of the city that was simulated.
        city_seed: Seed of the population synthesis.
        package_version, versions: Of this package and of what it builds on.
        tables_digest: Hash of the city's tables.
        design: Kind of the design over uncertainties and levers, empty for none.
        points: Number of its points.
        result_digest: Hash over the whole result, empty when unknown.
    """

    name: str
    title: str
    question: str
    base: str
    scenarios: tuple[str, ...]
    seeds: tuple[int, ...]
    years: int
    scale: float
    city_seed: int
    package_version: str
    versions: Mapping[str, str]
    tables_digest: str
    design: str = ""
    points: int = 1
    result_digest: str = ""

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Names of the scenarios besides the base."""
        return tuple(name for name in self.scenarios if name != self.base)

    @property
    def last_year(self) -> int:
        """Last simulated year."""
        return START + self.years


@dataclass(frozen=True)
class Findings:
    """Everything that is shown of a result.

    Attributes:
        about: The question and what was run.
        policies: The scenarios by name.
        indicators: One row per scenario, point, seed, year and place; a column per indicator.
        differences: One row per scenario, indicator, place and year with the mean paired difference to the base:
            columns ``scenario``, ``indicator``, ``place``, ``year``, ``without``, ``with_it``, ``mean``, ``low``,
            ``high``, ``n``, ``distinguishable``.
        runs: One row per run with its status; empty when unknown.
        design: One row per point; empty without a design.
        board: One row per scenario and target of the city's note; empty when unknown.
        winners: One row per scenario, kind of unit and group with how many are better or worse off; may be empty.
        influences: One row per figure and factor with its influence; empty without such a design.
        columns: Unit and meaning by table and column.
    """

    about: About
    policies: Mapping[str, Scenario]
    indicators: pd.DataFrame
    differences: pd.DataFrame
    runs: pd.DataFrame = field(default_factory=pd.DataFrame)
    design: pd.DataFrame = field(default_factory=pd.DataFrame)
    board: pd.DataFrame = field(default_factory=pd.DataFrame)
    winners: pd.DataFrame = field(default_factory=pd.DataFrame)
    influences: pd.DataFrame = field(default_factory=pd.DataFrame)
    columns: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)

    def meaning(self, table: str, column: str) -> tuple[str, str]:
        """Return unit and meaning of a column, empty when unknown."""
        found = self.columns.get(table, {}).get(column, {})
        return found.get("unit", ""), found.get("meaning", "")
