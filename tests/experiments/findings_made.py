"""Findings out of thin air: futures, seeds and places with numbers that are easy to check."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.board import BoardRow
from kortrijk_sim.experiments.findings import CITY, KEYS, About, Findings
from kortrijk_sim.experiments.gathering import differences_of
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


def made_board() -> pd.DataFrame:
    """Return two targets that are simulated and one that is not."""
    rows = []
    for number, scenario in enumerate(SCENARIOS):
        for target, unit, goal, value, verdict in (
            ("nursing_places_extra", "places", 400.0, 200.0 * number, "met" if number == 2 else "missed"),
            ("city_care_market_share", "percent", 33.0, 34.5, "met"),
            ("trees_2030", "trees", 77746.0, np.nan, "not simulated"),
        ):
            row = dict.fromkeys(BoardRow._fields, "")
            row |= {"scenario": scenario, "target": target, "section": "2.3", "subject": "of the note", "unit": unit}
            row |= {"goal": goal, "target_year": 2040, "year": 2040, "value": value, "verdict": verdict}
            row |= {"probability": 0.75, "first_year": 2039.0 if verdict == "met" else np.nan}
            rows.append(row)
    return pd.DataFrame(rows)


def made_winners() -> pd.DataFrame:
    """Return who is better and worse off: in all, by group and by wijk."""
    rows = []
    for scenario in SCENARIOS[1:]:
        for criterion, unit in (("home_fits", "households"), ("unmet_help", "seniors"), ("way_to_work", "commuters")):
            groups = {"all": ("all",), "age": ("18-34", "35-49", "65-79"), "tenure": ("owner", "private rent")}
            for by, names in (groups | {"family": ("couple", "none"), "wijk": WIJKEN}).items():
                for number, name in enumerate(names):
                    better, worse = 1000.0 + 100 * number, 400.0 + 50 * number
                    row = (scenario, criterion, "In words", unit, by, name, better, worse, 8000.0, 600.0, 10_000.0)
                    rows.append((*row, better - worse, better - worse - 50, better - worse + 50, 4))
    columns = ["scenario", "criterion", "label", "unit", "by", "group", "better", "worse", "same", "not_comparable"]
    return pd.DataFrame(rows, columns=[*columns, "all", "net", "low", "high", "n"])


def made_influences() -> pd.DataFrame:
    """Return the influence of two factors on one figure."""
    return pd.DataFrame(
        {
            "method": "morris",
            "indicator": "price_index",
            "year": 2040,
            "factor": ["price_elasticity", "<b>own</b>"],
            "effect": [0.125, 0.04],
            "reach": np.nan,
            "above_noise": [True, False],
        }
    )


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
        versions={"python": "3.13.1", "numpy": "2.2.0", "pandas": "2.2.3"},
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
        differences=differences_of(indicators, made_about()),
        runs=runs,
        board=made_board(),
        winners=made_winners(),
        columns={"indicators": {"vacancy_share": {"unit": "share", "meaning": "market homes that stand vacant"}}},
    )
    return replace(findings, **changes)  # type: ignore[arg-type]
