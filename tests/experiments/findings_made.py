"""Findings out of thin air: futures, seeds and places with numbers that are easy to check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.findings import CITY, KEYS, About, Findings
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.models.policy import Scenario

SCENARIOS = ("unchanged", "rotation", "care")
SEEDS = (1, 2, 3, 4)
WIJKEN = tuple(wijk.name for wijk in load_geography(Tables()).wijken)
LEVELS = {
    "population": 80_000.0,
    "persons_80plus": 5_500.0,
    "vacancy_share": 0.04,
    "price_index": 1.0,
    "family_homes_freed": 380.0,
    "under_occupied_share_65plus": 0.7,
    "social_per_100_households": 7.5,
    "nursing_waiting": 300.0,
    "unmet_hours_week": 9_000.0,
    "isolated_share": 0.3,
    "vehicle_km": 900_000.0,
    "mode_share_sustainable": 0.38,
    "co2_travel": 150_000.0,
    "jobs": 50_000.0,
}


def made_indicators(scenarios: tuple[str, ...] = SCENARIOS, years: int = 16) -> pd.DataFrame:
    """Return indicators that grow by the year, differ by scenario and scatter by seed."""
    dice = np.random.default_rng(5)
    rows = []
    for number, scenario in enumerate(scenarios):
        for seed in SEEDS:
            for year in range(2024, 2025 + years):
                passed = (year - 2024) / 16
                for place in (CITY, *WIJKEN):
                    part = 1.0 if place == CITY else 1 / len(WIJKEN)
                    row: dict[str, object] = dict(zip(KEYS, (scenario, 0, seed, year, place), strict=True))
                    for name, level in LEVELS.items():
                        size = level * (1.0 if "share" in name or "index" in name or "per_100" in name else part)
                        row[name] = size * (1 + 0.1 * passed + 0.05 * passed * number + 0.002 * dice.normal())
                    if year == 2024:
                        row["family_homes_freed"] = np.nan
                    rows.append(row)
    return pd.DataFrame(rows)


def made_differences(indicators: pd.DataFrame, base: str = "unchanged") -> pd.DataFrame:
    """Return paired differences of every indicator, place and year."""
    long = indicators.melt(id_vars=list(KEYS), var_name="indicator").drop(columns="point").dropna()
    wide = long.pivot(index=["indicator", "place", "year", "seed"], columns="scenario", values="value")
    found = []
    for scenario in [name for name in dict.fromkeys(indicators["scenario"]) if name != base]:
        change = (wide[scenario] - wide[base]).groupby(level=[0, 1, 2])
        table = pd.DataFrame({"mean": change.mean(), "n": change.count()})
        half = stats.t.ppf(0.975, table["n"] - 1) * change.std() / np.sqrt(table["n"])
        table["low"], table["high"] = table["mean"] - half, table["mean"] + half
        table["distinguishable"] = (table["low"] > 0) | (table["high"] < 0)
        for column, source in (("without", base), ("with_it", scenario)):
            table[column] = wide[source].groupby(level=[0, 1, 2]).mean()
        found.append(table.reset_index().assign(scenario=scenario))
    return pd.concat(found, ignore_index=True)


def made_board() -> pd.DataFrame:
    """Return two targets that are simulated and one that is not."""
    rows = []
    for number, scenario in enumerate(SCENARIOS):
        rows += [
            (
                scenario,
                "nursing_places_extra",
                400.0,
                2040,
                130.0 * number,
                number / 2,
                2039 if number == 2 else np.nan,
            ),
            (scenario, "homes_extra", 3760.0, 2040, 3000.0 + 500 * number, 0.5, np.nan),
            (scenario, "trees_2030", 77746.0, 2030, np.nan, np.nan, np.nan),
        ]
    return pd.DataFrame(rows, columns=["scenario", "target", "wanted", "year", "value", "probability", "first_year"])


def made_winners() -> pd.DataFrame:
    """Return who is better and worse off: by group and by wijk."""
    groups = ("aged 18-39", "aged 40-64", "aged 65-79", "aged 80+")
    rows = []
    for scenario in SCENARIOS[1:]:
        for by, names in (("all", ("all",)), ("group", groups), ("wijk", WIJKEN)):
            for number, name in enumerate(names):
                rows.append((scenario, "households", by, name, 1000.0, 100.0 + 10 * number, 60.0 + 5 * number))
    return pd.DataFrame(rows, columns=["scenario", "unit", "by", "group", "number", "better", "worse"])


def made_about(**changes: object) -> About:
    """Return what was asked, with some of it changed."""
    about = About(
        name="trial",
        title="A trial",
        question="Does it work?",
        base="unchanged",
        scenarios=SCENARIOS,
        seeds=SEEDS,
        years=16,
        scale=0.05,
        city_seed=2025,
        package_version="0.1.0",
        versions={"python": "3.13.1", "numpy": "2.2.0"},
        tables_digest="0123456789abcdef",
    )
    return replace(about, **changes)  # type: ignore[arg-type]


def made_findings(**changes: object) -> Findings:
    """Return findings, with some of them changed."""
    indicators = made_indicators()
    policies: dict[str, Scenario] = {name: load_scenario(name) for name in SCENARIOS}
    runs = pd.DataFrame(
        [(name, 0, seed, "done", "") for name in SCENARIOS for seed in SEEDS],
        columns=["scenario", "point", "seed", "status", "reason"],
    )
    findings = Findings(
        about=made_about(),
        policies=policies,
        indicators=indicators,
        differences=made_differences(indicators),
        runs=runs,
        board=made_board(),
        winners=made_winners(),
        columns={"indicators": {"vacancy_share": {"unit": "share", "meaning": "market homes that stand vacant"}}},
    )
    return replace(findings, **changes)  # type: ignore[arg-type]
