"""Changes to a network: each takes a network and returns another one, which shares the parts it left alone."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.network.loading import check_connected
from kortrijk_sim.city.network.network import COMFORTS, STREETS, Comfort, Hub, Line, LineKind, Link, Network
from kortrijk_sim.city.network.paths import Graph, sums
from kortrijk_sim.errors import InputError, nearest


def with_headway(network: Network, line: str, minutes: float, evening_minutes: float | None = None) -> Network:
    """Let a line run more or less often.

    Args:
        network: The network.
        line: Code of the line.
        minutes: Minutes between two vehicles by day, above 0.
        evening_minutes: The same in the evening; unchanged by default.

    Raises:
        InputError: There is no such line, or a headway is not above 0.
    """
    number = _line(network, line)
    old = network.lines[number]
    evening = old.headway_evening_minutes if evening_minutes is None else _above_0(evening_minutes, line, "headway")
    minutes = _above_0(minutes, line, "headway")
    changed = replace(old, headway_minutes=minutes, headway_evening_minutes=evening)
    return replace(network, lines=_replaced(network.lines, number, changed))


def with_line(
    network: Network,
    code: str,
    kind: LineKind,
    stops: Sequence[str],
    *,
    headway_minutes: float,
    km_hour: float,
    detour_ratio: float,
    name: str = "",
    fare_class: str = "",
    headway_evening_minutes: float | None = None,
) -> Network:
    """Add a line, or replace the one of the same code.

    Args:
        network: The network.
        code: Code of the line.
        kind: ``bus`` or ``train``.
        stops: Codes of the nodes it calls at, two or more, in order; it runs in both directions.
        headway_minutes: Minutes between two vehicles by day.
        km_hour: Mean speed, stops included.
        detour_ratio: Length of its way over the straight line from stop to stop.
        name: What is written on the vehicle; the code by default.
        fare_class: Tariff; that of the other lines of its kind by default.
        headway_evening_minutes: As by day by default.

    Raises:
        InputError: A stop is unknown or stands twice in a row, or a number is not above 0.
    """
    if len(stops) < 2:
        raise InputError(f"line '{code}': {len(stops)} stops; valid: two or more")
    nodes = [network.nodes[_node(network, stop, f"line '{code}'")] for stop in stops]
    for before, after in pairwise(nodes):
        if before.code == after.code:
            raise InputError(f"line '{code}': stop '{after.code}' stands twice in a row; valid: another stop")
    headway_minutes = _above_0(headway_minutes, code, "headway")
    speed, detour = _above_0(km_hour, code, "speed"), _above_0(detour_ratio, code, "detour")
    straight = [math.dist((a.x_km, a.y_km), (b.x_km, b.y_km)) for a, b in pairwise(nodes)]
    km = (0.0, *(length * detour for length in straight))
    fares = [line.fare_class for line in network.lines if line.kind == kind]
    line = Line(
        code=code,
        name=name or code,
        kind=kind,
        headway_minutes=headway_minutes,
        headway_evening_minutes=headway_evening_minutes or headway_minutes,
        fare_class=fare_class or (fares[0] if fares else kind),
        stops=tuple(stops),
        minutes=tuple(length / speed * 60 for length in km),
        km=km,
    )
    codes = [other.code for other in network.lines]
    if code in codes:
        return replace(network, lines=_replaced(network.lines, codes.index(code), line))
    return replace(network, lines=(*network.lines, line))


def without_line(network: Network, line: str) -> Network:
    """Stop running a line.

    Raises:
        InputError: There is no such line.
    """
    number = _line(network, line)
    return replace(network, lines=network.lines[:number] + network.lines[number + 1 :])


def with_hub(network: Network, hub: Hub) -> Network:
    """Add a hub, or replace the one of the same code.

    Raises:
        InputError: Its node is unknown.
    """
    _node(network, hub.node, f"hub '{hub.code}'")
    codes = [other.code for other in network.hubs]
    if hub.code in codes:
        return replace(network, hubs=_replaced(network.hubs, codes.index(hub.code), hub))
    return replace(network, hubs=(*network.hubs, hub))


def with_cycle_link(
    network: Network, a: str, b: str, comfort: Comfort, km: float | None = None, *, crossing: str = ""
) -> Network:
    """Give the link between two nodes a better way to cycle, or build one for cyclists and walkers only.

    Args:
        network: The network.
        a: Code of one node.
        b: Code of the other.
        comfort: Class of comfort of the link afterwards.
        km: Length of a new link; the straight line by default. A link that exists keeps its own.
        crossing: Name of the bridge or tunnel that a new link uses.

    Raises:
        InputError: A node or the comfort is unknown, or the length is not above 0.
    """
    _comfort(comfort)
    first, second = (network.nodes[_node(network, code, "cycle link")] for code in (a, b))
    between = [n for n, link in enumerate(network.links) if {link.a, link.b} == {a, b} and link.road != "motorway"]
    if between:
        links = list(network.links)
        for number in between:
            links[number] = replace(links[number], bike=True, comfort=comfort)
        return replace(network, links=tuple(links))
    length = km if km is not None else math.dist((first.x_km, first.y_km), (second.x_km, second.y_km))
    length = _above_0(length, f"{a} - {b}", "length")
    new = Link(a, b, length, "none", 0.0, True, True, comfort, 0.0, crossing)
    return replace(network, links=(*network.links, new))


def with_comfort(network: Network, sectors: Iterable[int], comfort: Comfort) -> Network:
    """Bring all streets of some sectors to a class of cycling comfort; those that are better stay as they are.

    Args:
        network: The network.
        sectors: Zone numbers.
        comfort: Class of comfort, at least.

    Raises:
        InputError: A sector or the comfort is unknown.
    """
    _comfort(comfort)
    wanted = COMFORTS.index(comfort)
    chosen = network.streets_of(_sectors(network, sectors))
    links = tuple(
        replace(link, comfort=comfort)
        if touched and link.comfort is not None and COMFORTS.index(link.comfort) < wanted
        else link
        for link, touched in zip(network.links, chosen, strict=True)
    )
    return replace(network, links=links)


def with_car_speed(network: Network, sectors: Iterable[int], kmh: float) -> Network:
    """Calm the streets of some sectors: no local or urban street there is driven faster than this.

    Args:
        network: The network.
        sectors: Zone numbers.
        kmh: Speed that cars reach at most, crossings included.

    Raises:
        InputError: A sector is unknown or the speed is not above 0.
    """
    kmh = _above_0(kmh, "car speed", "speed")
    chosen = network.streets_of(_sectors(network, sectors))
    links = tuple(
        replace(link, kmh=kmh) if touched and link.road in STREETS and link.kmh > kmh else link
        for link, touched in zip(network.links, chosen, strict=True)
    )
    return replace(network, links=links)


def with_car_free(network: Network, sectors: Iterable[int], *, car_free: bool = True) -> Network:
    """Close the local and urban streets of some sectors to cars that pass through.

    Cars still reach the sectors, slowly from their edge on; main roads stay open to all.

    Args:
        network: The network.
        sectors: Zone numbers.
        car_free: False opens them again.

    Raises:
        InputError: A sector is unknown.
    """
    chosen = _sectors(network, sectors)
    zones = tuple(
        replace(zone, car_free=car_free) if number in chosen else zone for number, zone in enumerate(network.zones)
    )
    return replace(network, zones=zones)


def without_crossing(network: Network, name: str, *, cut_off: bool = False) -> Network:
    """Close a bridge or tunnel for everybody; buses make the detour that cars make.

    Args:
        network: The network.
        name: Name of the crossing.
        cut_off: Whether zones may become unreachable.

    Raises:
        InputError: There is no such crossing, or without it a zone could not be reached any more.
    """
    names = {link.crossing for link in network.links if link.crossing}
    if name not in names:
        raise InputError(f"no crossing '{name}'; {nearest(name, names)}")
    # Closed links keep their row: what is remembered by link, such as traffic, stays with its own.
    links = tuple(_closed(link) if link.crossing == name else link for link in network.links)
    closed = replace(network, links=links)
    if not cut_off:
        check_connected(closed, f"without crossing '{name}'")
    return replace(closed, lines=_detoured(network, closed))


def _closed(link: Link) -> Link:
    return replace(link, road="none", kmh=0.0, walk=False, bike=False, comfort=None, lanes=0.0, crossing="")


def _detoured(before: Network, after: Network) -> tuple[Line, ...]:
    """Return the lines with the minutes and km that buses lose when streets are closed; other lines as they are.

    Between two stops a bus loses what the fastest car loses; where no way is left it turns back: the line ends.
    """
    stops = sorted({before.number[stop] for line in before.lines if line.kind == "bus" for stop in line.stops})
    ways = [_street_ways(network, stops) for network in (before, after)]
    (minutes, km), (minutes_after, km_after) = ways
    place = {before.nodes[node].code: k for k, node in enumerate(stops)}
    lines: list[Line] = []
    for line in before.lines:
        if line.kind == "train":
            lines.append(line)
            continue
        later, longer = [0.0], [0.0]
        for a, b in pairwise(place[stop] for stop in line.stops):
            possible = math.isfinite(minutes[a, b])  # a bus lane may lead where no car goes: nothing is lost there
            later.append(float(minutes_after[a, b] - minutes[a, b]) if possible else 0.0)
            longer.append(float(km_after[a, b] - km[a, b]) if possible else 0.0)
        if not any(later):
            lines.append(line)
            continue
        end = next((k for k, lost in enumerate(later) if not math.isfinite(lost)), len(later))
        if end < 2:
            continue
        added = zip(line.minutes[:end], later[:end], strict=True), zip(line.km[:end], longer[:end], strict=True)
        times, lengths = (tuple(old + max(more, 0.0) for old, more in part) for part in added)
        lines.append(replace(line, stops=line.stops[:end], minutes=times, km=lengths))
    return tuple(lines)


def _street_ways(network: Network, nodes: Sequence[int]) -> tuple[FloatArray, FloatArray]:
    """Return minutes and km by car on empty roads between some nodes, both of shape (nodes, nodes)."""
    streets = network.streets
    use = streets.kmh > 0
    a, b, km = streets.a[use], streets.b[use], np.tile(streets.km[use], 2)
    minutes = km / np.tile(streets.kmh[use], 2) * 60
    ends = np.array(nodes, dtype=np.int32)
    tree = Graph(np.r_[a, b], np.r_[b, a], minutes, len(network.nodes)).search(ends)
    return tree.distance[:, ends], sums(tree, ends, km[:, None])[0]


def _replaced[Part](parts: tuple[Part, ...], number: int, part: Part) -> tuple[Part, ...]:
    return (*parts[:number], part, *parts[number + 1 :])


def _line(network: Network, code: str) -> int:
    codes = [line.code for line in network.lines]
    if code not in codes:
        raise InputError(f"no line '{code}'; {nearest(code, codes)}")
    return codes.index(code)


def _node(network: Network, code: str, what: str) -> int:
    if code not in network.number:
        raise InputError(f"{what}: no node '{code}'; {nearest(code, network.number)}")
    return network.number[code]


def _sectors(network: Network, sectors: Iterable[int]) -> frozenset[int]:
    chosen = frozenset(int(sector) for sector in sectors)
    inside: Collection[int] = [number for number, zone in enumerate(network.zones) if zone.inside]
    for sector in chosen:
        if sector not in inside:
            raise InputError(f"no sector number {sector}; valid: 0 to {len(inside) - 1}")
    return chosen


def _comfort(comfort: str) -> None:
    if comfort not in COMFORTS:
        raise InputError(f"no comfort '{comfort}'; valid: {', '.join(COMFORTS)}")


def _above_0(value: float, what: str, kind: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{what}: a {kind} of {value}; valid: above 0")
    return float(value)
