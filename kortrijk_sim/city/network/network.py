"""The network of the city: nodes, links, lines, hubs and the zones that trips go between.

A `Network` never changes. An edit makes another one that shares the parts it left alone; the compiled arrays
belong to one object each, so that nothing of one network is ever used for another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from kortrijk_sim.arrays import BoolArray, FloatArray, IntArray

type NodeKind = Literal["anchor", "junction", "crossing", "station", "gate"]
type Road = Literal["none", "local", "urban", "inner_ring", "secondary", "ring", "motorway"]
type Comfort = Literal["poor", "mixed", "lane", "separate", "cycleway", "highway"]
type LineKind = Literal["bus", "train"]
type HubType = Literal["interregional", "regional", "local", "neighbourhood_network", "neighbourhood_proximity"]

NODE_KINDS: tuple[NodeKind, ...] = get_args(NodeKind.__value__)
ROADS: tuple[Road, ...] = get_args(Road.__value__)
COMFORTS: tuple[Comfort, ...] = get_args(Comfort.__value__)
HUB_TYPES: tuple[HubType, ...] = get_args(HubType.__value__)
STREETS: tuple[Road, ...] = ("local", "urban")  # what a sector can close or calm; main roads serve more than one
NO_FOOT: tuple[Road, ...] = ("ring", "motorway")
PARK_AND_RIDE: tuple[HubType, ...] = ("interregional", "regional")  # the types that come with parking for commuters


@dataclass(frozen=True)
class Node:
    """A point of the network; ``x_km`` and ``y_km`` are east and north of Kortrijk station."""

    code: str
    name: str
    kind: NodeKind
    lon: float
    lat: float
    x_km: float
    y_km: float


@dataclass(frozen=True)
class Link:
    """A way between two nodes, used in both directions.

    Attributes:
        a, b: Codes of the nodes.
        km: Length.
        road: Class of the road; ``none`` where no car may go.
        kmh: Speed of a car on an empty road, crossings included; 0 where no car may go.
        walk, bike: Whether one can walk or cycle here.
        comfort: Class of cycling comfort, None where one cannot cycle.
        lanes: Lanes per direction.
        crossing: Name of the bridge or tunnel when the link crosses a barrier, else empty.
    """

    a: str
    b: str
    km: float
    road: Road
    kmh: float
    walk: bool
    bike: bool
    comfort: Comfort | None
    lanes: float
    crossing: str


@dataclass(frozen=True)
class Line:
    """A bus or train line; it runs in both directions.

    Attributes:
        code, name: Code of the table and what is written on the vehicle.
        kind: ``bus`` or ``train``.
        headway_minutes: Minutes between two vehicles by day.
        headway_evening_minutes: The same in the evening; inf when nothing runs.
        fare_class: Name of the tariff.
        stops: Codes of the nodes, in order.
        minutes: Minutes from the previous stop, 0 at the first.
        km: Kilometres from the previous stop, 0 at the first.
    """

    code: str
    name: str
    kind: LineKind
    headway_minutes: float
    headway_evening_minutes: float
    fare_class: str
    stops: tuple[str, ...]
    minutes: tuple[float, ...]
    km: tuple[float, ...]


@dataclass(frozen=True)
class Hub:
    """A mobility hub of one of the five legal types; ``transfer_quality`` is 0 to 1."""

    code: str
    name: str
    node: str
    hub_type: HubType
    shared_cars: int
    shared_bikes: int
    charge_points: int
    bike_parking: int
    transfer_quality: float


@dataclass(frozen=True)
class Zone:
    """Where trips start and end: a statistical sector or a place outside the city.

    Attributes:
        code: Code of the sector, or the name of the place outside.
        name: What people call it.
        node: Code of the node its trips start at.
        inside: Whether it is a sector of the city.
        own_km: Length of a trip that stays within the zone.
        car_free: Whether cars cannot drive through its streets; they can still reach it.
    """

    code: str
    name: str
    node: str
    inside: bool
    own_km: float
    car_free: bool


class StreetArrays(NamedTuple):
    """The links as arrays, all of shape (links,).

    ``a`` and ``b`` are node numbers, ``road`` and ``comfort`` positions in `ROADS` and `COMFORTS` (comfort -1
    where one cannot cycle), ``closed`` says whether a link is a street that only serves a car-free sector.
    """

    a: IntArray
    b: IntArray
    km: FloatArray
    road: IntArray
    kmh: FloatArray
    walk: BoolArray
    bike: BoolArray
    comfort: IntArray
    lanes: FloatArray
    closed: BoolArray


@dataclass(frozen=True)
class Network:
    """Everything one can move over; see the classes of its parts.

    Attributes:
        nodes: Points; the position is the node number.
        links: Ways between them; the position is the link number.
        lines: Bus and train lines.
        hubs: Mobility hubs.
        zones: The sectors in the order of the map, then the places outside; the position is the zone number.
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    lines: tuple[Line, ...]
    hubs: tuple[Hub, ...]
    zones: tuple[Zone, ...]

    @cached_property
    def number(self) -> dict[str, int]:
        """Number of each node, by its code."""
        return {node.code: number for number, node in enumerate(self.nodes)}

    @cached_property
    def zone_node(self) -> IntArray:
        """Node number of each zone, shape (zones,)."""
        return np.array([self.number[zone.node] for zone in self.zones], dtype=np.int32)

    @cached_property
    def own_km(self) -> FloatArray:
        """Length of a trip within each zone, km, shape (zones,)."""
        return np.array([zone.own_km for zone in self.zones])

    @cached_property
    def exchanges(self) -> dict[str, float]:
        """Transfer quality of each node where one can change lines: hubs, and stations without a hub (0)."""
        quality = {node.code: 0.0 for node in self.nodes if node.kind == "station"}
        for hub in self.hubs:
            quality[hub.node] = max(hub.transfer_quality, quality.get(hub.node, 0.0))
        return quality

    @cached_property
    def park_and_ride(self) -> tuple[str, ...]:
        """Codes of the nodes where one can leave a car and board, in the order of the nodes."""
        served = {stop for line in self.lines for stop in line.stops}
        parking = {hub.node for hub in self.hubs if hub.hub_type in PARK_AND_RIDE}
        return tuple(n.code for n in self.nodes if n.code in served and (n.kind == "station" or n.code in parking))

    @cached_property
    def link_sector(self) -> NDArray[np.int32]:
        """Number of the sector whose anchor is nearest to the middle of each link, shape (links,); -1 outside.

        A link lies outside when a place outside is nearer than any sector.
        """
        if not self.zones or not self.links:
            return np.full(len(self.links), -1, dtype=np.int32)
        xy = np.array([(node.x_km, node.y_km) for node in self.nodes])
        ends = np.array([(self.number[link.a], self.number[link.b]) for link in self.links])
        middle = xy[ends].mean(axis=1)
        anchors = xy[self.zone_node]
        nearest = np.empty(len(self.links), dtype=np.int32)
        for start in range(0, len(middle), 4096):  # in pieces: a real street graph has many thousands of links
            piece = middle[start : start + 4096]
            apart = ((piece[:, None, :] - anchors[None, :, :]) ** 2).sum(axis=2)
            nearest[start : start + 4096] = apart.argmin(axis=1)
        inside = np.array([zone.inside for zone in self.zones])
        return np.where(inside[nearest], nearest, -1).astype(np.int32)

    def streets_of(self, sectors: frozenset[int]) -> BoolArray:
        """Return which links are streets of some sectors, shape (links,).

        A street is a local or urban road, or a way without cars; it belongs to a sector when it ends at the
        sector's node or its middle lies nearest to it. Main roads belong to none.
        """
        if not sectors:
            return np.zeros(len(self.links), dtype=np.bool_)
        nodes = {self.zones[sector].node for sector in sectors}
        near = np.isin(self.link_sector, sorted(sectors))
        small = np.array([link.road in STREETS or link.road == "none" for link in self.links])
        ends = np.array([link.a in nodes or link.b in nodes for link in self.links])
        streets: BoolArray = small & (near | ends)
        return streets

    @cached_property
    def streets(self) -> StreetArrays:
        """The links as arrays."""
        links = self.links
        car_free = frozenset(number for number, zone in enumerate(self.zones) if zone.car_free)
        return StreetArrays(
            a=np.array([self.number[link.a] for link in links], dtype=np.int32),
            b=np.array([self.number[link.b] for link in links], dtype=np.int32),
            km=np.array([link.km for link in links]),
            road=np.array([ROADS.index(link.road) for link in links], dtype=np.int32),
            kmh=np.array([link.kmh for link in links]),
            walk=np.array([link.walk for link in links], dtype=np.bool_),
            bike=np.array([link.bike for link in links], dtype=np.bool_),
            comfort=np.array([-1 if k.comfort is None else COMFORTS.index(k.comfort) for k in links], dtype=np.int32),
            lanes=np.array([link.lanes for link in links]),
            closed=self.streets_of(car_free) & np.array([link.road != "none" for link in links], dtype=np.bool_),
        )
