"""Looking a network over: its size by layer, and known distances beside those of its paths."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.city.network.network import COMFORTS, ROADS, Network
from kortrijk_sim.city.network.params import NetworkParams
from kortrijk_sim.city.network.paths import sums
from kortrijk_sim.city.network.rides import walks_to_stops
from kortrijk_sim.city.network.rows import KnownDistanceRow
from kortrijk_sim.city.network.streets import StreetGraph, bike_graph, car_graph, walk_graph
from kortrijk_sim.city.network.transit import KINDS, TransitGraph, transit_graph
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest


class LayerSize(NamedTuple):
    """How large a layer is: nodes or stops it touches, links or lines, kilometres, and a remark."""

    layer: str
    nodes: int
    links: int
    km: float
    remark: str


class Comparison(NamedTuple):
    """A known distance beside that of the network; km and minutes are nan where they are not known.

    ``fits`` says whether both lie within ``tolerance_share`` of what is known.
    """

    start: str
    end: str
    mode: str
    km: float
    km_found: float
    minutes: float
    minutes_found: float
    tolerance_share: float
    source: str
    fits: bool


def layer_sizes(network: Network) -> list[LayerSize]:
    """Return how large each layer of a network is."""
    streets = network.streets
    comforts = ", ".join(f"{name} {streets.km[streets.comfort == k].sum():.0f} km" for k, name in enumerate(COMFORTS))
    roads = ", ".join(f"{name} {streets.km[streets.road == k].sum():.0f} km" for k, name in enumerate(ROADS) if k)
    found = []
    for layer, use, remark in (
        ("walk", streets.walk, ""),
        ("bike", streets.bike, comforts),
        ("car", streets.kmh > 0, f"{roads}; streets without through traffic {streets.km[streets.closed].sum():.0f} km"),
    ):
        nodes = len(np.unique(np.concatenate([streets.a[use], streets.b[use]])))
        found.append(LayerSize(layer, nodes, int(use.sum()), float(streets.km[use].sum()), remark))
    for kind in ("bus", "train"):
        lines = [line for line in network.lines if line.kind == kind]
        stops = {stop for line in lines for stop in line.stops}
        often = sum(line.headway_minutes <= 15 for line in lines)
        remark = f"{often} of {len(lines)} lines every 15 minutes or more often"
        found.append(LayerSize(kind, len(stops), len(lines), sum(sum(line.km) for line in lines), remark))
    types = [hub.hub_type for hub in network.hubs]
    remark = ", ".join(f"{types.count(kind)} {kind}" for kind in sorted(set(types)))
    cars = sum(hub.shared_cars for hub in network.hubs)
    remark += f"; {cars} shared cars" if types else ""
    found.append(LayerSize("hubs", len({hub.node for hub in network.hubs}), len(network.hubs), math.nan, remark))
    inside = sum(zone.inside for zone in network.zones)
    remark = f"{inside} sectors, {len(network.zones) - inside} places outside"
    found.append(LayerSize("zones", len({zone.node for zone in network.zones}), len(network.zones), math.nan, remark))
    return found


def known_distances(network: Network, params: NetworkParams, tables: Tables) -> list[Comparison]:
    """Compare the network with distances and times that are known.

    Those on foot, by bike and by car run from node to node; those by bus and train are of the ride alone.

    Args:
        network: The network.
        params: Its parameters.
        tables: Where ``known_distances`` is read from.

    Raises:
        InputError: A line of the table is not valid or names an unknown place.
    """
    streets = {
        "walk": walk_graph(network, params),
        "bike": bike_graph(network, params),
        "car": car_graph(network, params),
    }
    transit = transit_graph(network, params)
    found = []
    for line, row in enumerate(tables.rows("known_distances", KnownDistanceRow), start=2):
        place = f"{tables.path('known_distances')}, line {line}, column"
        start, end = (
            _place(network, name, f"{place} '{column}'") for column, name in (("from", row.from_), ("to", row.to))
        )
        if row.mode in streets:
            km, minutes = _by_street(streets[row.mode], start, end)
        else:
            km, minutes = _by_line(transit, row.mode, start, end)
        known = (row.km, km), (row.minutes, minutes)
        fits = all(value is None or abs(got - value) <= row.tolerance_share * value for value, got in known)
        found.append(
            Comparison(
                start=row.from_,
                end=row.to,
                mode=row.mode,
                km=math.nan if row.km is None else row.km,
                km_found=km,
                minutes=math.nan if row.minutes is None else row.minutes,
                minutes_found=minutes,
                tolerance_share=row.tolerance_share,
                source=row.source,
                fits=fits,
            )
        )
    return found


def zones_without_transit(network: Network, params: NetworkParams) -> list[str]:
    """Return the names of the zones from which no stop is within the longest walk."""
    transit = transit_graph(network, params)
    on_foot = walk_graph(network, params).graph.search(network.zone_node).distance
    km = on_foot[:, transit.stops] * params.walk_speed_km_hour / 60
    near = np.isfinite(walks_to_stops(network, params, km)).any(axis=1)
    return [zone.name for zone, reached in zip(network.zones, near, strict=True) if not reached]


def _place(network: Network, name: str, place: str) -> int:
    """Return the node number of a node or zone."""
    if name in network.number:
        return network.number[name]
    zones = {key: zone.node for zone in network.zones for key in (zone.code, zone.name)}
    if name not in zones:
        raise InputError(f"{place}: no node or zone '{name}'; {nearest(name, {*network.number, *zones})}")
    return network.number[zones[name]]


def _by_street(street: StreetGraph, start: int, end: int) -> tuple[float, float]:
    tree = street.graph.search(street.start[[start]])
    target = street.end[[end]]
    if not np.isfinite(tree.distance[0, target[0]]):
        return math.inf, math.inf
    km, minutes = sums(tree, target, np.stack([street.km, street.minutes], axis=1))[:, 0, 0]
    return float(km), float(minutes)


def _by_line(transit: TransitGraph, mode: str, start: int, end: int) -> tuple[float, float]:
    at = {int(node): k for k, node in enumerate(transit.stops)}
    if start not in at or end not in at:
        return math.inf, math.inf
    tree = transit.graph.search(transit.access[[at[start]]])
    target = (transit.left_by_bus if mode == "bus" else transit.left_by_train)[[at[end]]]
    if not np.isfinite(tree.distance[0, target[0]]):
        return math.inf, math.inf
    totals = dict(zip(KINDS, sums(tree, target, transit.values)[:, 0, 0], strict=True))
    return float(totals["bus_km"] + totals["rail_km"]), float(totals["ride"])
