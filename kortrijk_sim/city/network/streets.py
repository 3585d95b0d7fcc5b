"""Walking, cycling and driving: the compiled graphs of the street network.

Cars reach a car-free sector but do not pass through it. The graph of the cars therefore has three storeys:
leaving the streets one started in, the open roads, and the streets one arrives in; one only goes up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import BoolArray, FloatArray, IntArray
from kortrijk_sim.city.network.network import Network
from kortrijk_sim.city.network.params import NetworkParams, bike_perceptions, bike_speeds
from kortrijk_sim.city.network.paths import Graph


class StreetGraph(NamedTuple):
    """One way of moving over the streets.

    Attributes:
        graph: The compiled graph.
        km, minutes: Of each edge, shape (edges,); minutes as they pass, not as they feel.
        direction: Twice the link number, plus 1 from b to a; -1 for a change of storey; shape (edges,).
        start, end: Node of the graph at which a node's trips start and end, shape (nodes,).
    """

    graph: Graph
    km: FloatArray
    minutes: FloatArray
    direction: IntArray
    start: IntArray
    end: IntArray


def _both_ways(network: Network, use: BoolArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return tail, head and direction (twice the link number, plus 1 from b to a) of the links in use."""
    links = np.flatnonzero(use).astype(np.int32)
    a, b = network.streets.a[links], network.streets.b[links]
    return np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([2 * links, 2 * links + 1])


def _plain(network: Network, use: BoolArray, cost: FloatArray, minutes: FloatArray) -> StreetGraph:
    tail, head, direction = _both_ways(network, use)
    link = direction // 2
    size = len(network.nodes)
    nodes = np.arange(size, dtype=np.int32)
    graph = Graph(tail, head, cost[link], size)
    return StreetGraph(graph, network.streets.km[link], minutes[link], direction, nodes, nodes)


def walk_graph(network: Network, params: NetworkParams) -> StreetGraph:
    """Return the graph of those on foot; the cost is minutes of an adult."""
    minutes = network.streets.km / params.walk_speed_km_hour * 60
    return _plain(network, network.streets.walk, minutes, minutes)


def bike_minutes(network: Network, params: NetworkParams) -> tuple[FloatArray, FloatArray]:
    """Return minutes by bike as they pass and as they feel, both of shape (links,); inf where one cannot cycle."""
    streets = network.streets
    comfort = np.maximum(streets.comfort, 0)
    minutes = np.where(streets.bike, streets.km / bike_speeds(params)[comfort] * 60, np.inf)
    return minutes, minutes * bike_perceptions(params)[comfort]


def bike_graph(network: Network, params: NetworkParams) -> StreetGraph:
    """Return the graph of cyclists; the cost is minutes as they feel, by class of comfort."""
    minutes, perceived = bike_minutes(network, params)
    return _plain(network, network.streets.bike, perceived, minutes)


def free_car_minutes(network: Network, params: NetworkParams) -> FloatArray:
    """Return minutes by car on empty roads, shape (links, 2): from a to b and back; inf where no car may go."""
    streets = network.streets
    drivable = streets.kmh > 0
    kmh = np.where(streets.closed, np.minimum(streets.kmh, params.car_free_access_km_hour), streets.kmh)
    minutes = np.where(drivable, streets.km / np.where(drivable, kmh, 1.0) * 60, np.inf)
    return np.stack([minutes, minutes], axis=1)


def car_graph(network: Network, params: NetworkParams, car_minutes: FloatArray | None = None) -> StreetGraph:
    """Return the graph of drivers; the cost is minutes.

    Args:
        network: The network.
        params: Its parameters.
        car_minutes: Minutes per link and direction, shape (links, 2), in place of those of empty roads.

    Raises:
        ValueError: The minutes are of another network: an edit may add or remove links.
    """
    streets = network.streets
    if car_minutes is not None and np.shape(car_minutes) != (len(network.links), 2):
        raise ValueError(f"car_minutes has shape {np.shape(car_minutes)}; this network has {len(network.links)} links")
    per_link = free_car_minutes(network, params) if car_minutes is None else np.asarray(car_minutes, dtype=np.float64)
    tail, head, direction = _both_ways(network, streets.kmh > 0)
    closed = streets.closed[direction // 2]
    size = len(network.nodes)
    served = np.unique(np.concatenate([tail[closed], head[closed]])).astype(np.int32)
    leaving, arriving = np.arange(size, dtype=np.int32), np.arange(size, dtype=np.int32)
    leaving[served] = size + np.arange(len(served), dtype=np.int32)
    arriving[served] = size + len(served) + np.arange(len(served), dtype=np.int32)
    steps = np.full(2 * len(served), -1, dtype=np.int32)
    order = (
        (tail[~closed], head[~closed], direction[~closed]),
        (leaving[tail[closed]], leaving[head[closed]], direction[closed]),
        (arriving[tail[closed]], arriving[head[closed]], direction[closed]),
        (np.r_[leaving[served], served], np.r_[served, arriving[served]], steps),
    )
    tails, heads, directions = (np.concatenate([part[k] for part in order]).astype(np.int32) for k in range(3))
    moving = directions >= 0
    minutes = np.where(moving, per_link.ravel()[directions], 0.0)
    km = np.where(moving, streets.km[directions // 2], 0.0)
    graph = Graph(tails, heads, minutes, size + 2 * len(served))
    return StreetGraph(graph, km, minutes, directions, leaving, arriving)
