"""Who travels by another mode because of a policy, and why: the same people, trip by trip, in two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kortrijk_sim.agents.mode_rules import N_SLOTS, NEVER_CHOSEN
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.vocabulary import Mode
from kortrijk_sim.experiments.mobility_comparison import age_names
from kortrijk_sim.models.connections import Ways
from kortrijk_sim.models.mobility_indicators import MODE_GROUPS

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

ELSEWHERE, OTHER_GOAL, OTHER_MEANS, BETTER, WORSE, OTHER = (
    "lives elsewhere", "goes elsewhere", "owns other cars, bikes or passes", "the new way is better",
    "the old way is worse", "other reasons",
)  # fmt: skip
_OF_PERSON = ("licence", "bike", "transit_pass")
_OF_HOUSEHOLD = ("cars", "electric", "company", "sharing")
_KINDS = list(MODE_GROUPS)
_KIND_OF_MODE = np.array([next((k for k, kind in enumerate(_KINDS) if mode in MODE_GROUPS[kind]), -1) for mode in Mode])


def shifts(unchanged: KortrijkModel, model: KortrijkModel) -> pd.DataFrame:
    """Return whose trips go by another kind of mode than in an unchanged run with the same seed, and why.

    Trips are those of people who live in both futures, at the end of both runs. The first reason that holds
    counts: another home, another destination, other cars, bikes or passes, and else what changed about the ways.

    Args:
        unchanged: The run to compare with.
        model: Another future with the same seed, of the same month.

    Returns:
        One row per former kind of mode, new one, age group, wijk of the unchanged home and reason, with trips a
        day of the whole city. Kinds are those of ``MODE_GROUPS``.
    """
    one, two = unchanged.state, model.state
    keys = one.tables.persons.key[: int(one.tables.counts[0])], two.tables.persons.key[: int(two.tables.counts[0])]
    _, rows, others = np.intersect1d(*keys, return_indices=True)
    means = _same_means(unchanged, model, rows, others)
    ages, wijken = np.array(age_names()), np.array([wijk.name for wijk in model.geography.wijken])
    parts = []
    for slot in range(N_SLOTS):
        a, b = _trips(unchanged, rows, slot), _trips(model, others, slot)
        former, now = _KIND_OF_MODE[a["mode"]], _KIND_OF_MODE[b["mode"]]
        changed = np.flatnonzero((a["mode"] >= 0) & (b["mode"] >= 0) & (former != now))
        home = a["home"][changed]
        parts.append(
            pd.DataFrame(
                {
                    "former": np.array(_KINDS)[former[changed]],
                    "now": np.array(_KINDS)[now[changed]],
                    "age": ages[one.mobility.travel["age_group"][rows[changed]]],
                    "wijk": wijken[model.geography.sector_wijk[home]],
                    "why": _why(unchanged, model, {k: v[changed] for k, v in a.items()},
                                {k: v[changed] for k, v in b.items()}, means[changed]),
                    "trips_per_day": np.minimum(a["per_day"], b["per_day"])[changed] / model.scale,
                }
            )
        )  # fmt: skip
    grouped = pd.concat(parts, ignore_index=True).groupby(["former", "now", "age", "wijk", "why"])
    return grouped[["trips_per_day"]].sum().reset_index()


def _trips(model: KortrijkModel, rows: Array, slot: int) -> dict[str, Array]:
    trips: Any = model.state.mobility.trips
    out: dict[str, Array] = {name: trips[name][N_SLOTS * rows + slot] for name in ("mode", "zone", "per_day")}
    out["home"] = model.state.mobility.travel["home"][rows]
    return out


def _same_means(unchanged: KortrijkModel, model: KortrijkModel, rows: Array, others: Array) -> Array:
    """Return who has the same licence, bike and pass, and a household with the same cars, in both futures."""
    same = np.ones(len(rows), dtype=bool)
    one, two = unchanged.state.mobility, model.state.mobility
    for name in _OF_PERSON:
        same &= one.travel[name][rows] == two.travel[name][others]
    first = unchanged.state.tables.persons.household[rows]
    second = model.state.tables.persons.household[others]
    for name in _OF_HOUSEHOLD:
        same &= one.fleet[name][first] == two.fleet[name][second]
    return same


def _why(
    unchanged: KortrijkModel, model: KortrijkModel, a: dict[str, Array], b: dict[str, Array], same_means: Array
) -> Array:
    """Return the first reason that holds for each trip."""
    ways = unchanged.state.transport.ways, model.state.transport.ways
    gain, loss = (_better(*ways, a["home"], a["zone"], trip["mode"]) for trip in (b, a))
    why = np.full(len(same_means), WORSE, dtype=object)
    why[gain >= -loss] = BETTER
    why[gain - loss <= 1e-6] = OTHER
    why[~same_means] = OTHER_MEANS
    why[a["zone"] != b["zone"]] = OTHER_GOAL
    why[a["home"] != b["home"]] = ELSEWHERE
    return why


def _better(before: Ways, now: Ways, home: Array, goal: Array, mode: Array) -> FloatArray:
    """Return by how much ways have become better, in units of utility; -1e9 stands for no way at all."""
    old, new = (np.maximum(ways.utility[home, goal, mode].astype(float), NEVER_CHOSEN) for ways in (before, now))
    return np.asarray(new - old)
