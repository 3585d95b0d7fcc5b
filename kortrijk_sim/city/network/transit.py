"""Buses and trains: the graph between stops, with access and egress apart from one another.

States of a traveller, and what leads from one to the next:

* ``access``: at a stop, on foot, nothing boarded yet; ``parked`` is the same with a bike at a station, from
  where only a train may be boarded;
* on board a bus before any train, on board a train, on board a bus after a train: two nodes per line,
  direction and stop, arriving and leaving;
* ``change``: at a hub or station between two lines, before or after the first train;
* ``left by bus`` and ``left by train``: out of the vehicle for good, without and with a train on the way.

As one cannot walk from the egress back to a vehicle, lines are changed at hubs and stations only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import BoolArray, FloatArray, IntArray
from kortrijk_sim.city.network.network import Line, Network
from kortrijk_sim.city.network.params import NetworkParams
from kortrijk_sim.city.network.paths import Graph

KINDS = ("ride", "wait", "boardings", "transfer", "bus_km", "rail_km")  # what is summed along a path


class TransitGraph(NamedTuple):
    """The compiled graph between stops.

    Attributes:
        graph: The graph; its cost is minutes as they feel.
        values: Per edge the `KINDS`, shape (edges, 6).
        stops: Node numbers of the network that a line serves, sorted, shape (stops,).
        rail: Which of them a train serves, shape (stops,).
        access, parked, left_by_bus, left_by_train: Nodes of the graph per stop, shape (stops,).
    """

    graph: Graph
    values: FloatArray
    stops: IntArray
    rail: BoolArray
    access: IntArray
    parked: IntArray
    left_by_bus: IntArray
    left_by_train: IntArray


def wait_minutes(line: Line, params: NetworkParams) -> float:
    """Return the minutes waited for a line: half the headway, up to the cap from where one knows the timetable."""
    half, cap = line.headway_minutes / 2, params.transit_wait_cap_minutes
    return min(half, cap) + params.transit_timetable_ratio * max(half - cap, 0.0)


def transfer_minutes(quality: float, params: NetworkParams) -> float:
    """Return the minutes that a change of vehicles feels like, wait apart, at a hub of some transfer quality."""
    return params.transit_transfer_minutes * (1 - params.transit_hub_relief_share * quality)


class _Run(NamedTuple):
    """What can be done with a vehicle: from which states it is boarded, and to which one leaves it."""

    boarded_from: tuple[int, ...]
    left_to: tuple[int, ...]


# The states at a stop; their nodes stand one block after the other, in this order.
_ACCESS, _PARKED, _CHANGE_BEFORE, _CHANGE_AFTER, _LEFT_BY_BUS, _LEFT_BY_TRAIN = range(6)
_CHANGES = (_CHANGE_BEFORE, _CHANGE_AFTER)
_TRAIN = _Run((_ACCESS, _PARKED, *_CHANGES), (_CHANGE_AFTER, _LEFT_BY_TRAIN))
_BUS_BEFORE = _Run((_ACCESS, _CHANGE_BEFORE), (_CHANGE_BEFORE, _LEFT_BY_BUS))
_BUS_AFTER = _Run((_CHANGE_AFTER,), (_CHANGE_AFTER, _LEFT_BY_TRAIN))


class _Edges:
    """Edges under construction."""

    def __init__(self) -> None:
        self.tail: list[int] = []
        self.head: list[int] = []
        self.cost: list[float] = []
        self.values: list[tuple[float, ...]] = []

    def add(self, tail: int, head: int, cost: float, **values: float) -> None:
        self.tail.append(tail)
        self.head.append(head)
        self.cost.append(cost)
        self.values.append(tuple(values.get(kind, 0.0) for kind in KINDS))


def transit_graph(network: Network, params: NetworkParams) -> TransitGraph:
    """Compile the lines and hubs of a network."""
    number = network.number
    stops = sorted({number[stop] for line in network.lines for stop in line.stops})
    rank = {network.nodes[node].code: k for k, node in enumerate(stops)}
    change = {
        rank[code]: transfer_minutes(quality, params) for code, quality in network.exchanges.items() if code in rank
    }
    rail = np.zeros(len(stops), dtype=np.bool_)
    edges = _Edges()
    size = 6 * len(stops)
    for line in network.lines:
        at = [rank[stop] for stop in line.stops]
        rail[at] |= line.kind == "train"
        for run in (_TRAIN,) if line.kind == "train" else (_BUS_BEFORE, _BUS_AFTER):
            _add_run(edges, size, run, line, at, line.minutes[1:], line.km[1:], len(stops), change, params)
            size += 2 * len(at)
            back = line.minutes[:0:-1], line.km[:0:-1]
            _add_run(edges, size, run, line, at[::-1], *back, len(stops), change, params)
            size += 2 * len(at)
    tail, head = np.array(edges.tail, dtype=np.int32), np.array(edges.head, dtype=np.int32)
    block = np.arange(len(stops), dtype=np.int32)
    return TransitGraph(
        graph=Graph(tail, head, np.array(edges.cost, dtype=np.float64), size),
        values=np.array(edges.values, dtype=np.float64).reshape(-1, len(KINDS)),
        stops=np.array(stops, dtype=np.int32),
        rail=rail,
        access=block + _ACCESS * len(stops),
        parked=block + _PARKED * len(stops),
        left_by_bus=block + _LEFT_BY_BUS * len(stops),
        left_by_train=block + _LEFT_BY_TRAIN * len(stops),
    )


def _add_run(
    edges: _Edges,
    first: int,
    run: _Run,
    line: Line,
    at: list[int],
    minutes: tuple[float, ...],
    km: tuple[float, ...],
    stops: int,
    change: dict[int, float],
    params: NetworkParams,
) -> None:
    """Add one direction of a line; ``minutes`` and ``km`` lead from each stop of ``at`` to the next."""
    wait = wait_minutes(line, params)
    boarding = params.transit_wait_weight * wait + params.transit_boarding_minutes
    length = "rail_km" if line.kind == "train" else "bus_km"
    for k, stop in enumerate(at):
        arrived, leaving = first + 2 * k, first + 2 * k + 1  # apart, so that nobody leaves where they boarded
        edges.add(arrived, leaving, 0.0)
        if k < len(at) - 1:
            edges.add(leaving, leaving + 1, minutes[k], ride=minutes[k], **{length: km[k]})
            for state in run.boarded_from:
                if state not in _CHANGES or stop in change:
                    edges.add(state * stops + stop, leaving, boarding, wait=wait, boardings=1.0)
        if k > 0:
            for state in run.left_to:
                if state not in _CHANGES:
                    edges.add(arrived, state * stops + stop, 0.0)
                elif stop in change:
                    edges.add(arrived, state * stops + stop, change[stop], transfer=change[stop])
