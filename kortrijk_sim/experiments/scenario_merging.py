"""What a scenario takes over from those that it extends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

from kortrijk_sim.models.measures import Measure
from kortrijk_sim.models.policy import Scenario


class Content(NamedTuple):
    """What a scenario says of itself, with what it took over; what it leaves open is not there."""

    measures: tuple[Measure, ...] = ()
    parameters: Mapping[str, float] = {}
    switches: Mapping[str, bool] = {}
    years: int | None = None


def content_of(scenario: Scenario, given: Mapping[str, Any]) -> Content:
    """Return what a file itself says.

    Args:
        scenario: The file as it was validated; what it does not mention has its default.
        given: The keys of the file.
    """
    years = scenario.years if "years" in given else None
    return Content(scenario.measures, scenario.parameters, given.get("switches", {}), years)


def bases_together(bases: Sequence[Content], without: Iterable[str]) -> Content:
    """Return what several scenarios say together, in their order.

    A measure that stands in several of them, the same in every key, is there once. Of two values for one
    parameter, switch or number of years the later holds.

    Args:
        bases: What each of them says.
        without: Kinds of measures that are left out.
    """
    together = reduce(_added, bases, Content())
    left_out = set(without)
    return together._replace(measures=tuple(m for m in together.measures if m.measure not in left_out))


def extended(base: Content, own: Content) -> Content:
    """Return what a scenario says on top of what it extends; every measure of its own counts."""
    merged = _added(base, own._replace(measures=()))
    return merged._replace(measures=(*base.measures, *own.measures))


def _added(one: Content, two: Content) -> Content:
    there = Counter(one.measures)
    new = []
    for measure in two.measures:
        if there[measure] > 0:
            there[measure] -= 1  # one that stands twice in a scenario is meant twice
        else:
            new.append(measure)
    return Content(
        (*one.measures, *new),
        {**one.parameters, **two.parameters},
        {**one.switches, **two.switches},
        two.years if two.years is not None else one.years,
    )
