"""Which parameters a scenario can change anything with.

Some only make the city of 1 January 2025 or the levels that are fixed with it, which all runs share. Some act only
beside a measure. Neither is written down anywhere: runs are asked.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pandas as pd
from pydantic import BaseModel, PrivateAttr

from kortrijk_sim.city.facts import Parameter, Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.models.policy import Scenario

SMALL = 0.02  # the smallest city there is: what is read does not depend on the number of people


def reaching_runs(tables: Tables | None = None) -> frozenset[str]:
    """Return the names of the parameters whose value a run takes from its scenario.

    A small city is built with all of them set by the scenario, and it is noted which of these values are read.
    The others make the city before any scenario: a run with another value of theirs is the same run.

    Args:
        tables: Tables instead of the package's own.
    """
    from kortrijk_sim.models.model import KortrijkModel  # noqa: PLC0415 - loads the kernels

    watched = _WatchedTables(tables.folder if tables is not None else None)
    values = {name: parameter.value for name, parameter in Parameters(watched).items()}
    KortrijkModel(Scenario(parameters=values), tables=watched, scale=SMALL)
    return frozenset(watched.noted)


def acting(
    scenario: Scenario,
    values: Mapping[str, Sequence[float]],
    *,
    months: int = 24,
    scale: float = SMALL,
    seed: int = 1,
) -> list[str]:
    """Return which parameters change a run of a scenario at all, in the order given.

    Groups are tried together and halved as long as they change something, so that many that do nothing cost
    one run.

    Args:
        scenario: The future; with its measures act the parameters that only measures need.
        values: By parameter the values to try.
        months: Length of the runs; what acts only later is not found.
        scale: Share of the city; what happens rarely may not be found in a small one.
        seed: Seed of the dice.
    """
    trial = _Trial(scenario, values, months, scale, seed)
    found = set(trial.find(list(values)))
    return [name for name in values if name in found]


class _Trial:
    """Runs of one scenario with some parameters changed, beside the run without."""

    def __init__(
        self, scenario: Scenario, values: Mapping[str, Sequence[float]], months: int, scale: float, seed: int
    ) -> None:
        self._scenario, self._values, self._months, self._scale, self._seed = scenario, values, months, scale, seed
        self._without = self._run({})

    def find(self, names: list[str]) -> Iterator[str]:
        """Yield those of the names that change the run."""
        if not names or not self._changes(names):
            return
        if len(names) == 1:
            yield names[0]
            return
        half = len(names) // 2
        yield from self.find(names[:half])
        yield from self.find(names[half:])

    def _changes(self, names: list[str]) -> bool:
        most = max(len(self._values[name]) for name in names)
        return any(
            self._run({n: self._values[n][min(i, len(self._values[n]) - 1)] for n in names}) != self._without
            for i in range(most)
        )

    def _run(self, changed: dict[str, float]) -> str:
        """Return a hash of the city at the end and of all indicators on the way."""
        from kortrijk_sim.models.model import KortrijkModel  # noqa: PLC0415 - loads the kernels

        scenario = self._scenario.model_copy(update={"parameters": self._scenario.parameters | changed})
        model = KortrijkModel(scenario, rng=self._seed, scale=self._scale)
        for _ in range(self._months):
            model.step()
        rows = pd.util.hash_pandas_object(model.indicators.frame().drop(columns="date"), index=False)
        state = str(model.state_hash())
        del model
        gc.collect()  # models refer to themselves
        return state + hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()


class _Watched(Parameter):
    """A parameter that notes when the value that a scenario gave it is read."""

    _noted: set[str] | None = PrivateAttr(default=None)
    _from_scenario: bool = PrivateAttr(default=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> _Watched:
        copy = super().model_copy(update=update, deep=deep)
        copy._noted, copy._from_scenario = self._noted, True  # only scenarios make copies
        return copy

    def __getattribute__(self, name: str) -> Any:
        if name == "value" and self._from_scenario and self._noted is not None:
            self._noted.add(self.name)
        return super().__getattribute__(name)


class _WatchedTables(Tables):
    """Tables whose parameters are watched; ``noted`` holds the names that were read."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder)
        self.noted: set[str] = set()

    def rows[Row: BaseModel](self, name: str, row: type[Row]) -> list[Row]:
        if row is not Parameter:
            return super().rows(name, row)
        watched = super().rows(name, _Watched)
        for parameter in watched:
            parameter._noted = self.noted
        return cast(list[Row], watched)
