"""Runs of a small city under care measures, and what the care tests read of them."""

from __future__ import annotations

from collections.abc import Callable

import invariants
import numpy as np

from kortrijk_sim.arrays import Array
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import CloseCareSite, OpenCareVillage
from kortrijk_sim.models.processes import SCHEDULE, Month, Process

SCALE = 0.1
MONTHS = 24


def watched(model: KortrijkModel, months: int) -> KortrijkModel:
    """Run a city and check each month that nobody and nothing gets lost."""
    before = model.state.copy()
    for _ in range(months):
        model.step()
        for holds in invariants.EVERY_MONTH:
            holds(model.state.tables, model.month - 1)
        for holds_between in invariants.EVERY_STEP:
            holds_between(before.tables, model.state.tables)
        before = model.state.copy()
    return model


def schedule_with(run: Callable[[Month], None], after: str) -> tuple[Process, ...]:
    """Return the processes of a month with one more after the one of that name."""
    at = 1 + [process.name for process in SCHEDULE].index(after)
    return (*SCHEDULE[:at], Process(run.__name__, run), *SCHEDULE[at:])


def village(name: str = "The Oak", **more: object) -> OpenCareVillage:
    given = {"from": "2026-03", "name": name}
    place = {} if more.keys() & {"wijk", "sector", "lon"} else {"wijk": "Marke"}
    return OpenCareVillage.model_validate(given | place | more)


def close_all(model: KortrijkModel, **when: object) -> tuple[CloseCareSite, ...]:
    """Return the measures that close every care site of today."""
    return tuple(CloseCareSite.model_validate({"from": 2025, "site": s} | when) for s in model.site_names.values())


def site(model: KortrijkModel, name: str) -> int:
    """Return the row of a care site."""
    return next(row for row, known in model.site_names.items() if known == name)


def log_of(model: KortrijkModel) -> Array:
    return model.state.tables.log[: int(model.state.tables.counts[3])]


def happened(model: KortrijkModel, kind: Kind) -> Array:
    log = log_of(model)
    return log[log["kind"] == kind]


def last(model: KortrijkModel, name: str, wijk: str | None = None) -> float:
    return model.indicator(name, wijk)


def series(model: KortrijkModel, name: str, place: str = "Kortrijk") -> Array:
    frame = model.indicators.frame()
    return frame.loc[frame["place"] == place, name].to_numpy()


def same_people(one: KortrijkModel, other: KortrijkModel) -> bool:
    """Whether everybody lives the same life so far in two runs."""
    tables = one.state.tables, other.state.tables
    rows = [int(t.counts[0]) for t in tables]
    return rows[0] == rows[1] and bool(np.array_equal(tables[0].persons[: rows[0]], tables[1].persons[: rows[1]]))
