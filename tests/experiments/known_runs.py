"""Runs whose figures are known functions of the parameters, as results of experiments with a design."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.run_spec import RunOutput, RunSpec, parquet

COLUMNS = {"year": {"unit": "year"}, "population": {"unit": "persons"}, "vacancy_share": {"unit": "share"}}
NAMES = ("need_alone_ratio", "bike_age_utility", "structural_vacancy_house_share")  # any three with a range


def known_run(spec: RunSpec) -> RunOutput:
    """Give a population of 1,000 + 100 a + 10 b, and a difference of 5 c with a measure of any kind."""
    table, shares = _parameters(), []
    for name in NAMES:
        p = table[name]
        shares.append((spec.scenario.parameters.get(name, p.low) - p.low) / (p.high - p.low))
    a, b, c = shares
    dice = np.random.default_rng([spec.seed, 7]).normal()
    own = np.random.default_rng([spec.seed, spec.point]).normal() * 0.01
    measures = bool(spec.scenario.measures)
    population = 1000 + 100 * a + 10 * b + 50 * dice + own + (5 * c if measures else 0)
    vacancy = 0.3 * a * b + (0.02 - 0.04 * a if measures else 0)
    years = np.arange(2024, 2024 + spec.scenario.years + 1, dtype=np.int16)
    frame = pd.DataFrame(
        {
            "year": np.repeat(years, 2),
            "place": ["Kortrijk", "Marke"] * len(years),
            "population": np.tile([population, population / 10], len(years)),
            "vacancy_share": vacancy,
        }
    )
    return RunOutput({"indicators": parquet(frame, COLUMNS)}, state_hash=f"{spec.seed:x}", seconds=0.1, memory_mb=50.0)


@cache
def _parameters() -> Parameters:
    return Parameters(Tables())


def one_fails(spec: RunSpec) -> RunOutput:
    if spec.key == ("unchanged", 2, 1):
        raise InputError("this one fails")
    return known_run(spec)
