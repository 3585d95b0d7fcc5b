"""Whether the measures of mobility name places, lines and crossings that exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.dated_measure import measure_key
from kortrijk_sim.models.mobility_measures import (
    CarFreeZone,
    CloseCrossing,
    CycleLink,
    OpenHub,
    TransitLine,
    TransitService,
    sector_of,
)

if TYPE_CHECKING:
    from kortrijk_sim.city.geography import Geography
    from kortrijk_sim.city.network import Network
    from kortrijk_sim.models.measures import Measure


def check_mobility(
    measures: Sequence[Measure], geography: Geography, network: Network | None, where: str, inherited: int = 0
) -> tuple[Measure, ...]:
    """Check the places, lines, hubs and crossings that measures of mobility name.

    Args:
        measures: The measures of a scenario, with those that it took over in front.
        geography: The map.
        network: Today's network, or None when its lines and crossings are not to be compared with.
        where: File that the scenario came from, for messages.
        inherited: Number of measures that it took over; those of the file itself are counted from there.

    Returns:
        The measures with each sector under its code and each wijk under its full name.

    Raises:
        InputError: A name is unknown or stands twice; names file and key.
    """
    out: list[Measure] = []
    taken = _Names(network)
    for number, measure in enumerate(measures):
        key = partial(measure_key, where, number, measure.measure, inherited=inherited)
        update: dict[str, object] = {}
        if isinstance(measure, OpenHub):
            taken.take("hub", measure.name, key("name"))
            update = _hub_place(measure, geography, key)
        elif isinstance(measure, TransitLine):
            taken.take("line", measure.name, key("name"))
            stops = _stops(measure, geography, network, key("stops"))
            update = {"stops": stops}
        elif isinstance(measure, TransitService):
            taken.need("line", measure.line, key("line"))
        elif isinstance(measure, CloseCrossing):
            taken.need("crossing", measure.name, key("name"))
        elif isinstance(measure, CycleLink):
            start = _code(measure.start, geography, key("start"))
            end = _code(measure.end, geography, key("end"))
            if start == end:
                raise InputError(f"{key('end')}: leads from {start} to itself; valid: two sectors")
            update = {"start": start, "end": end}
        elif isinstance(measure, CarFreeZone):
            codes = tuple(_code(name, geography, key("sectors")) for name in measure.sectors)
            update = {"sectors": codes}
        out.append(measure.model_copy(update=update) if update else measure)
    return tuple(out)


class _Names:
    """Names of lines, hubs and crossings: those of today and those that measures bring."""

    def __init__(self, network: Network | None) -> None:
        self._known: dict[str, dict[str, str]] | None = None
        self._new: dict[str, set[str]] = {"hub": set(), "line": set()}
        if network is not None:
            crossings = {link.crossing for link in network.links if link.crossing}
            names = {
                "hub": [hub.name for hub in network.hubs],
                "line": ["all buses", "all trains", *(line.code for line in network.lines)],
                "crossing": sorted(crossings),
            }
            self._known = {what: {name.casefold(): name for name in found} for what, found in names.items()}

    def take(self, what: str, name: str, key: str) -> None:
        """Note a new name; refuse one that stands for something else."""
        known = self._known[what] if self._known is not None else {}
        if name.casefold() in known or name.casefold() in self._new[what]:
            raise InputError(f"{key}: there is a {what} '{name}' already; valid: a name that no other {what} has")
        self._new[what].add(name.casefold())

    def need(self, what: str, name: str, key: str) -> None:
        """Refuse a name that nothing has."""
        if self._known is None:
            return
        known = self._known[what]
        if name.casefold() not in known and name.casefold() not in self._new.get(what, set()):
            raise InputError(f"{key}: no {what} '{name}'; {nearest(name, known.values())}")


def _code(name: str, geography: Geography, key: str) -> str:
    return geography.sectors[sector_of(name, geography, key)].code


def _hub_place(measure: OpenHub, geography: Geography, key: Callable[[str], str]) -> dict[str, object]:
    if measure.sector is not None:
        return {"sector": _code(measure.sector, geography, key("sector"))}
    try:
        return {"wijk": geography.wijken[geography.wijk_number(str(measure.wijk))].name}
    except InputError as error:
        raise InputError(f"{key('wijk')}: {error}") from error


def _stops(measure: TransitLine, geography: Geography, network: Network | None, key: str) -> tuple[str, ...]:
    stations = {node.name.casefold(): node.name for node in network.nodes if node.kind == "station"} if network else {}
    return tuple(stations.get(stop.casefold()) or _code(stop, geography, key) for stop in measure.stops)
