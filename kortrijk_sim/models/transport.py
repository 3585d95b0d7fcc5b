"""The network as it stands in a month of a scenario: made at the start, renewed when something changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from kortrijk_sim.agents.mode_rules import WayParams
from kortrijk_sim.arrays import Array, FloatArray, IntArray
from kortrijk_sim.city.network import (
    Network,
    NetworkParams,
    Skims,
    congested_minutes,
    free_car_minutes,
    make_skims,
    with_shared_cars,
)
from kortrijk_sim.city.network.paths import sums
from kortrijk_sim.city.network.streets import car_graph
from kortrijk_sim.models.access import (
    LEISURE,
    SERVICES,
    SHOPS,
    Access,
    AccessParams,
    Attractions,
    attraction_of_aims,
    ease_of_sectors,
    fill_access,
    with_part_at_hubs,
)
from kortrijk_sim.models.connections import (
    WITH_CAR,
    WITHOUT_CAR,
    Aim,
    DistanceParams,
    Places,
    Terms,
    Ways,
    base_places,
    destination_weights,
    make_ways,
    mark_changes,
    scale_of_aims,
    shifted_places,
)


@dataclass(frozen=True)
class TransportParams:
    """All parameters of the network and of ways."""

    network: NetworkParams
    ways: WayParams
    distance: DistanceParams
    access: AccessParams
    parking_home_share: float
    change_noticed_utility: float
    background_traffic_share: float
    congestion_damping: float


@dataclass(frozen=True)
class BaseTransport:
    """What the base year offered: what every later month is compared with."""

    weights: FloatArray  # (8 aims, 2, sectors, zones) log weight of destinations
    places: Places
    ease: FloatArray  # (sectors,)
    ease_of_car: float  # mean over the sectors, by inhabitants
    vehicles: FloatArray  # (links of today, 2) a day, of everybody
    hubs: Array  # (sectors,)


@dataclass(frozen=True)
class Transport:
    """How one gets around in one month; never changed, only replaced.

    Attributes:
        network: Nodes, links, lines, hubs.
        terms: Prices and rules.
        skims: Times and distances.
        ways: Utilities.
        places: Destinations.
        commuting: Ease of the way to work between all zones, log weight, (zones, zones).
        access: (sectors, len(Access)) what lies within reach.
        base: The base year's.
        charge_points, shared_cars, hubs: On offer by sector, (sectors,).
    """

    network: Network
    terms: Terms
    skims: Skims
    ways: Ways
    places: Places
    commuting: FloatArray
    access: FloatArray
    base: BaseTransport
    charge_points: Array
    shared_cars: Array
    hubs: Array


@lru_cache(maxsize=64)
def skims_of(network: Network, params: tuple[float, ...]) -> Skims:
    """Return the skims of a network on empty roads; each network is searched once."""
    return make_skims(network, NetworkParams(*params))


def commuting_of(ways: Ways, p: TransportParams) -> FloatArray:
    """Return how easily people get to work, log weight (zones, zones): logsums of those with and without a car."""
    share = p.access.access_with_car_share
    logsum = share * ways.logsum[WITH_CAR].astype(float) + (1.0 - share) * ways.logsum[WITHOUT_CAR]
    return np.ascontiguousarray(scale_of_aims(p.distance)[Aim.WORK] * logsum)


def driven(network: Network, params: NetworkParams, skims: Skims, slowdown: FloatArray) -> Skims:
    """Return skims with the times and lengths by car on slowed roads; other modes stay as they are."""
    car = car_graph(network, params, free_car_minutes(network, params) * slowdown)
    zones = network.zone_node
    tree, ends = car.graph.search(car.start[zones]), car.end[zones]
    minutes, km = tree.distance[:, ends], sums(tree, ends, car.km[:, None])[0]
    own = np.eye(len(zones), dtype=bool)
    return skims._replace(
        car=np.where(own, skims.car, minutes).astype(np.float32),
        car_km=np.where(own, skims.car_km, np.where(np.isfinite(minutes), km, np.inf)).astype(np.float32),
    )


def plain(params: NetworkParams) -> tuple[float, ...]:
    """Return parameters as a tuple, to remember results by."""
    return tuple(float(getattr(params, name)) for name in NetworkParams._fields)


def renewed(
    before: Transport | None,
    network: Network,
    terms: Terms,
    offer: tuple[Array, Array, Array],
    attractions: Attractions,
    labour: FloatArray,
    sections: str,
    people: FloatArray,
    slowdown: FloatArray,
    month: int,
    p: TransportParams,
    near_hubs: float = 0.0,
    stands: Sequence[int] = (),
) -> Transport:
    """Return how one gets around with this network, these terms and this traffic.

    Args:
        before: How one got around until now; None for the base year.
        network: The network.
        terms: Prices and rules.
        offer: Charge points, shared cars and hubs by sector.
        attractions: What the zones offer.
        labour: Workers by zone of the home.
        sections: Letters of the NACE sections of ``attractions.jobs``.
        people: Inhabitants by sector.
        slowdown: (links, 2) car minutes over those of the base year.
        month: This month.
        p: Parameters.
        near_hubs: Share of shops, services and leisure that has moved to hubs.
        stands: Sectors where shared cars stand in the streets, besides those at hubs.
    """
    skims = with_shared_cars(skims_of(network, plain(p.network)), network, p.network, stands)
    if not np.all(slowdown == 1.0):
        skims = driven(network, p.network, skims, slowdown)
    ways = make_ways(skims, terms, p.ways, p.parking_home_share)
    sectors = len(people)
    # What moves is what draws people, weights of the sectors included: jobs alone would lose them on the way.
    attraction = attraction_of_aims(attractions, sections, p.access)
    attraction = with_part_at_hubs(attraction, [Aim.SHOPPING, Aim.SERVICES, Aim.LEISURE], near_hubs, offer[2])
    weights = destination_weights(attraction, ways, scale_of_aims(p.distance), sectors)
    ease, of_car = ease_of_sectors(weights, p.access.access_with_car_share)
    if before is None:
        mean = float((of_car * people).sum() / max(people.sum(), 1.0))
        base = BaseTransport(weights, base_places(weights), ease, mean, np.zeros((len(network.links), 2)), offer[2])
    else:
        base = before.base
        mark_changes(before.ways, ways, month, p.change_noticed_utility)
    access = np.zeros((sectors, len(Access)))
    access[:, Access.EASE] = ease - base.ease
    access[:, Access.EASE_OF_CAR] = of_car - base.ease_of_car
    ease_of_work = commuting_of(ways, p)
    rows = [number for number, letter in enumerate(sections) if letter in SHOPS + SERVICES + LEISURE]
    offers = attractions._replace(jobs=with_part_at_hubs(attractions.jobs, rows, near_hubs, offer[2]))
    fill_access(access, skims, offers, sections, labour, ease_of_work, p.access)
    places = (
        base.places if before is None
        else shifted_places(before.places, weights, base.weights, month, p.change_noticed_utility)
    )  # fmt: skip
    return Transport(network, terms, skims, ways, places, ease_of_work, access, base, *offer)


def rows_today(network: Network, today: Network) -> IntArray:
    """Return the row of each link of a network among those of today, -1 for one that a measure brings.

    Edits close a link in its place and put new ones behind the others: traffic is remembered by the links of today.
    """
    rows = np.arange(len(network.links), dtype=np.int32)
    rows[len(today.links) :] = -1
    return rows


def along(rows: IntArray, values: FloatArray, new: float) -> FloatArray:
    """Return what is known of the links of today in the order of another network; ``new`` where nothing is."""
    out = np.full((len(rows), 2), new)
    out[rows >= 0] = values[rows[rows >= 0]]
    return out


def slowed(
    transport: Transport, vehicles: FloatArray, before: FloatArray, base: FloatArray, p: TransportParams
) -> FloatArray:
    """Return car minutes over those of the base year after a year's traffic, (links, 2) (M10).

    Times of the base year contain its traffic; what changes is the ratio of the congested times then and now.
    Traffic that neither starts nor ends here stays as it was. Half of the change is taken over at a time.

    Args:
        transport: The network.
        vehicles: (links, 2) a day now, as assigned.
        before: (links, 2) the ratio until now.
        base: (links, 2) vehicles a day in the base year.
        p: Parameters.
    """
    share = p.background_traffic_share
    through = base * share / (1.0 - share)
    free = free_car_minutes(transport.network, p.network)
    now_minutes = congested_minutes(transport.network, p.network, vehicles + through)
    then_minutes = congested_minutes(transport.network, p.network, base + through)
    with np.errstate(invalid="ignore"):
        ratio = np.where(np.isfinite(free), now_minutes / then_minutes, 1.0)
    return np.asarray(before + p.congestion_damping * (np.nan_to_num(ratio, nan=1.0) - before))


def with_base_traffic(transport: Transport, vehicles: FloatArray) -> Transport:
    """Return the same, knowing the traffic of the base year."""
    return replace(transport, base=replace(transport.base, vehicles=vehicles))
