"""Whether the measures of mobility name places, lines and crossings that exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kortrijk_sim.errors import InputError, nearest
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
    measures: Sequence[Measure], geography: Geography, network: Network | None, where: str
) -> tuple[Measure, ...]:
    """Check the places, lines, hubs and crossings that measures of mobility name.

    Args:
        measures: The measures of a scenario.
        geography: The map.
        network: Today's network, or None when its lines and crossings are not to be compared with.
        where: File that the scenario came from, for messages.

    Returns:
        The measures with each sector under its code and each wijk under its full name.

    Raises:
        InputError: A name is unknown or stands twice; names file and key.
    """
    out: list[Measure] = []
    taken = _Names(network)
    for number, measure in enumerate(measures):
        key = f"{where}: measures[{number}]"
        update: dict[str, object] = {}
        if isinstance(measure, OpenHub):
            taken.take("hub", measure.name, f"{key}.name (open_hub)")
            update = _hub_place(measure, geography, key)
        elif isinstance(measure, TransitLine):
            taken.take("line", measure.name, f"{key}.name (transit_line)")
            stops = _stops(measure, geography, network, f"{key}.stops (transit_line)")
            update = {"stops": stops}
        elif isinstance(measure, TransitService):
            taken.need("line", measure.line, f"{key}.line (transit_service)")
        elif isinstance(measure, CloseCrossing):
            taken.need("crossing", measure.name, f"{key}.name (close_crossing)")
        elif isinstance(measure, CycleLink):
            start = _code(measure.start, geography, f"{key}.start (cycle_link)")
            end = _code(measure.end, geography, f"{key}.end (cycle_link)")
            if start == end:
                raise InputError(f"{key}.end (cycle_link): leads from {start} to itself; valid: two sectors")
            update = {"start": start, "end": end}
        elif isinstance(measure, CarFreeZone):
            codes = tuple(_code(name, geography, f"{key}.sectors (car_free_zone)") for name in measure.sectors)
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


def _hub_place(measure: OpenHub, geography: Geography, key: str) -> dict[str, object]:
    if measure.sector is not None:
        return {"sector": _code(measure.sector, geography, f"{key}.sector (open_hub)")}
    try:
        return {"wijk": geography.wijken[geography.wijk_number(str(measure.wijk))].name}
    except InputError as error:
        raise InputError(f"{key}.wijk (open_hub): {error}") from error


def _stops(measure: TransitLine, geography: Geography, network: Network | None, key: str) -> tuple[str, ...]:
    stations = {node.name.casefold(): node.name for node in network.nodes if node.kind == "station"} if network else {}
    return tuple(stations.get(stop.casefold()) or _code(stop, geography, key) for stop in measure.stops)
