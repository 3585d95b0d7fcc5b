"""Reading the network from its tables, and refusing one that does not hold together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kortrijk_sim.arrays import BoolArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network.network import Hub, Line, LineKind, Link, Network, Node, Zone
from kortrijk_sim.city.network.params import LayoutParams
from kortrijk_sim.city.network.rows import (
    HubRow,
    LineRow,
    LinkRow,
    NodeRow,
    OutsideZoneRow,
    SectorServicesRow,
    StopRow,
)
from kortrijk_sim.city.places import project
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest


def load_network(tables: Tables, geography: Geography, parameters: Parameters | None = None) -> Network:
    """Read the network.

    Args:
        tables: Where ``network_nodes``, ``network_links``, ``transit_lines``, ``transit_stops``, ``hubs``,
            ``outside_zones`` and ``sector_services`` are read from.
        geography: The map with the sectors.
        parameters: Values of `LayoutParams`, which fill in lengths that the tables leave open; those of the
            tables by default.

    Raises:
        InputError: A line is not valid, names something unknown, a zone has no node of its own, or the zones
            cannot reach one another on foot within the city, by bike or by car; names file, line and column.
    """
    layout = (parameters or Parameters(tables)).select(LayoutParams)
    rows = tables.rows("network_nodes", NodeRow)
    nodes: dict[str, Node] = {}
    for line, row in enumerate(rows, start=2):
        if row.node in nodes:
            raise InputError(f"{tables.path('network_nodes')}, line {line}, column 'node': '{row.node}' stands twice.")
        nodes[row.node] = Node(row.node, row.name or row.node, row.kind, row.lon, row.lat, *project(row.lon, row.lat))
    zones = _zones(tables, geography, rows, layout)
    network = Network(
        nodes=tuple(nodes.values()),
        links=_links(tables, nodes, layout),
        lines=_lines(tables, nodes, layout),
        hubs=_hubs(tables, nodes),
        zones=zones,
    )
    check_connected(network, tables.path("network_links"))
    return network


def check_connected(network: Network, where: str) -> None:
    """Refuse a network whose zones cannot reach one another.

    Args:
        network: The network; all zones must be joined by car and by bike, those of the city also on foot.
        where: What the message names: a file or an edit.

    Raises:
        InputError: Some zones are cut off; the message names the mode and the first of them.
    """
    streets = network.streets
    inside = np.array([zone.inside for zone in network.zones], dtype=np.bool_)
    everywhere = np.ones(len(network.zones), dtype=np.bool_)
    uses: Sequence[tuple[str, BoolArray, BoolArray]] = (
        ("on foot", streets.walk, inside),
        ("by bike", streets.bike, inside),
        ("by car", streets.kmh > 0, everywhere),
    )
    for mode, use, wanted in uses:
        size = len(network.nodes)
        joined = coo_array((np.ones(int(use.sum())), (streets.a[use], streets.b[use])), shape=(size, size))
        _, part = connected_components(joined, directed=False)
        at = part[network.zone_node[wanted]]
        if len(at) == 0:
            continue
        main = np.bincount(at).argmax()
        cut_off = np.flatnonzero(wanted)[at != main]
        if len(cut_off):
            zone = network.zones[cut_off[0]]
            more = f" and {len(cut_off) - 1} more" if len(cut_off) > 1 else ""
            raise InputError(
                f"{where}: zone '{zone.name}' ({zone.code}){more} cannot be reached {mode} from the others; "
                f"valid: links that join node '{zone.node}' with the rest."
            )


def ride_km(nodes: dict[str, Node], stops: Sequence[str], kind: LineKind, layout: LayoutParams) -> tuple[float, ...]:
    """Return kilometres from each stop's predecessor, 0 at the first: the straight line times a detour."""
    detour = layout.rail_detour_ratio if kind == "train" else layout.network_detour_ratio
    lengths = [0.0]
    for before, after in pairwise(stops):
        lengths.append(_apart(nodes[before], nodes[after]) * float(detour))
    return tuple(lengths)


def _apart(a: Node, b: Node) -> float:
    return math.hypot(a.x_km - b.x_km, a.y_km - b.y_km)


def _known(code: str, nodes: dict[str, Node], place: str) -> str:
    """Return a node's code, or say in which table, line and column the unknown one stands."""
    if code not in nodes:
        raise InputError(f"{place}: unknown node '{code}'; {nearest(code, nodes)}")
    return code


def _zones(tables: Tables, geography: Geography, rows: Sequence[NodeRow], layout: LayoutParams) -> tuple[Zone, ...]:
    """Return the sectors, then the places outside, each with the node that names it."""
    table = tables.path("network_nodes")
    outside = [row.name for row in tables.rows("outside_zones", OutsideZoneRow)]
    if len(set(outside)) != len(outside):
        twice = next(name for name in outside if outside.count(name) > 1)
        raise InputError(f"{tables.path('outside_zones')}, column 'name': '{twice}' stands twice.")
    valid = [sector.code for sector in geography.sectors] + outside
    node_of: dict[str, str] = {}
    for line, row in enumerate(rows, start=2):
        if not row.zone:
            continue
        if row.zone not in valid:
            raise InputError(f"{table}, line {line}, column 'zone': no zone '{row.zone}'; {nearest(row.zone, valid)}")
        if row.zone in node_of:
            first = node_of[row.zone]
            raise InputError(f"{table}, line {line}, column 'zone': '{row.zone}' starts at node '{first}' already.")
        node_of[row.zone] = row.node
    for zone in valid:
        if zone not in node_of:
            raise InputError(f"{table}, column 'zone': no node has zone '{zone}'; valid: one node for every zone.")
    closed = _car_free(tables, geography, layout)
    per_wijk = np.bincount([sector.wijk for sector in geography.sectors], minlength=len(geography.wijken))
    zones = []
    for sector in geography.sectors:
        km = _own_km(geography.wijken[sector.wijk].area_km2 / per_wijk[sector.wijk], layout)
        km = min(max(km, layout.own_zone_shortest_km), layout.own_zone_longest_km)
        zones.append(Zone(sector.code, sector.name, node_of[sector.code], True, float(km), sector.code in closed))
    areas = {municipality.name: municipality.area_km2 for municipality in geography.municipalities}
    for name in outside:
        km = _own_km(areas[name], layout) if name in areas else layout.own_outside_km
        zones.append(Zone(name, name, node_of[name], False, float(km), False))
    return tuple(zones)


def _own_km(area_km2: float, layout: LayoutParams) -> float:
    return float(layout.own_zone_shape_ratio) * math.sqrt(area_km2)


def _car_free(tables: Tables, geography: Geography, layout: LayoutParams) -> set[str]:
    """Return the codes of the sectors without through traffic today."""
    known = {sector.code for sector in geography.sectors}
    found = set()
    for line, row in enumerate(tables.rows("sector_services", SectorServicesRow), start=2):
        if row.code not in known:
            place = f"{tables.path('sector_services')}, line {line}, column 'code'"
            raise InputError(f"{place}: no sector '{row.code}'; {nearest(row.code, known)}")
        if row.car_free_share >= layout.car_free_through_share:
            found.add(row.code)
    return found


def _links(tables: Tables, nodes: dict[str, Node], layout: LayoutParams) -> tuple[Link, ...]:
    table = tables.path("network_links")
    links = []
    for line, row in enumerate(tables.rows("network_links", LinkRow), start=2):
        for column, code in (("a", row.a), ("b", row.b)):
            _known(code, nodes, f"{table}, line {line}, column '{column}'")
        straight = _apart(nodes[row.a], nodes[row.b])
        km = row.km if row.km is not None else straight * layout.network_detour_ratio
        if km <= 0:
            raise InputError(f"{table}, line {line}, column 'km': the ends lie on one spot; valid: a length above 0.")
        links.append(Link(km=float(km), **row.model_dump(exclude={"km", "source"})))
    return tuple(links)


def _lines(tables: Tables, nodes: dict[str, Node], layout: LayoutParams) -> tuple[Line, ...]:
    stops: dict[str, list[StopRow]] = {}
    table = tables.path("transit_stops")
    rows = tables.rows("transit_lines", LineRow)
    codes = [row.line for row in rows]
    for line, stop in enumerate(tables.rows("transit_stops", StopRow), start=2):
        if stop.line not in codes:
            raise InputError(f"{table}, line {line}, column 'line': no line '{stop.line}'; {nearest(stop.line, codes)}")
        _known(stop.node, nodes, f"{table}, line {line}, column 'node'")
        stops.setdefault(stop.line, []).append(stop)
    lines = []
    for number, row in enumerate(rows, start=2):
        if codes.count(row.line) > 1:
            raise InputError(f"{tables.path('transit_lines')}, line {number}: line '{row.line}' stands twice.")
        run = sorted(stops.get(row.line, []), key=lambda stop: stop.sequence)
        sequence = [stop.sequence for stop in run]
        if len(run) < 2 or sequence != list(range(sequence[0], sequence[0] + len(run))):
            raise InputError(f"{table}: line '{row.line}' needs two stops or more, numbered without a gap.")
        if any(stop.minutes is None or stop.minutes <= 0 for stop in run[1:]):
            raise InputError(f"{table}, column 'minutes': line '{row.line}' needs minutes above 0 to each next stop.")
        lines.append(
            Line(
                code=row.line,
                name=row.name,
                kind=row.kind,
                headway_minutes=row.headway_minutes,
                headway_evening_minutes=row.evening,
                fare_class=row.fare_class,
                stops=tuple(stop.node for stop in run),
                minutes=(0.0, *(float(stop.minutes or 0.0) for stop in run[1:])),
                km=ride_km(nodes, [stop.node for stop in run], row.kind, layout),
            )
        )
    return tuple(lines)


def _hubs(tables: Tables, nodes: dict[str, Node]) -> tuple[Hub, ...]:
    hubs: dict[str, Hub] = {}
    for line, row in enumerate(tables.rows("hubs", HubRow), start=2):
        place = f"{tables.path('hubs')}, line {line}, column"
        _known(row.node, nodes, f"{place} 'node'")
        if row.code in hubs:
            raise InputError(f"{place} 'code': '{row.code}' stands twice.")
        hubs[row.code] = Hub(**row.model_dump(exclude={"source"}))
    return tuple(hubs.values())
