"""A city of a handful of numbers with the interface of the real model, for tests of what lies around it."""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
import types
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.models.policy import Scenario


class _Definition(NamedTuple):
    name: str
    unit: str
    meaning: str


class _Indicators:
    definitions = (
        _Definition("population", "persons", "inhabitants"),
        _Definition("births", "persons", "births in the month"),
        _Definition("vacancy_share", "share", "homes without a household"),
    )

    def __init__(self, model: FakeModel) -> None:
        self.model = model

    def frame(self) -> pd.DataFrame:
        rows = []
        for month in range(self.model.month + 1):
            date = dt.date(2025 + month // 12, month % 12 + 1, 1)
            rows.append((month, date, "Kortrijk", 81_045 + 30 * month, 2 if month else 0, 0.04))
            rows.append((month, date, "Marke", 7_594, 1 if month else 0, 0.03))
        return pd.DataFrame(rows, columns=["month", "date", "place", "population", "births", "vacancy_share"])


class _Events:
    units = types.MappingProxyType({"month": "months since 1 January 2025", "kind": ""})

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "month": np.array([0, 1], np.int16),
                "date": [dt.date(2025, 1, 1), dt.date(2025, 2, 1)],
                "kind": pd.Categorical(["birth", "death"]),
                "person": np.array([2**64 - 1, 3], np.uint64),
                "value": np.array([0.5, np.nan], np.float32),
            }
        )


class FakeModel:
    """Counts months; sleeps in each if the environment asks for it, and fails in one if it asks for that."""

    def __init__(
        self,
        scenario: Scenario | None = None,
        rng: int = 1,
        tables: Tables | None = None,
        city_seed: int = 2025,
        scale: float = 1.0,
    ) -> None:
        self.scenario, self.seed, self.month = scenario or Scenario(), rng, 0
        tables = tables or Tables()
        self.parameters = Parameters(tables).override(self.scenario.parameters)
        self.geography = load_geography(tables)
        self.base = types.SimpleNamespace(tables_digest=tables.digest())
        self.indicators, self.events = _Indicators(self), _Events()
        self.timings = {"demography": 0.25, "housing": 0.5}

    @property
    def date(self) -> dt.date:
        return dt.date(2025 + self.month // 12, self.month % 12 + 1, 1)

    def step(self) -> None:
        time.sleep(float(os.environ.get("FAKE_CITY_SLEEP", "0")))
        self.month += 1
        if str(self.month) == os.environ.get("FAKE_CITY_FAILS_IN"):
            raise RuntimeError("the fake city failed as it was told to")
        if str(self.month) == os.environ.get("FAKE_CITY_INTERRUPTED_IN"):
            raise KeyboardInterrupt

    def mode_shares(self) -> pd.DataFrame:
        return pd.DataFrame({"by": ["wijk"], "group": ["Marke"], "mode": ["walk"], "trips_per_day": [1.0]})

    def link_loads(self) -> pd.DataFrame:
        return pd.DataFrame({"a": ["n1"], "b": ["n2"], "cars_there": [10.0]})

    def sites(self) -> pd.DataFrame:
        return pd.DataFrame({"name": ["De Zon"], "wijk": ["Bellegem"], "key": np.array([2**63 + 1], np.uint64)})

    def state_hash(self) -> str:
        return f"{self.seed:08x}"


def as_module() -> Any:
    """Return a module that stands in for the one of the real model."""
    module = types.ModuleType("kortrijk_sim.models.model")
    module.KortrijkModel = FakeModel  # type: ignore[attr-defined]
    return module


if __name__ == "__main__":
    sys.modules["kortrijk_sim.models.model"] = as_module()
    from kortrijk_sim.cli import main

    sys.exit(main())
