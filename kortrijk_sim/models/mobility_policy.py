"""What the measures of a scenario make of network, prices and offer in a month."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network import Hub, Network, edits
from kortrijk_sim.city.network.services import SectorServices
from kortrijk_sim.models.connections import Terms
from kortrijk_sim.models.mobility_measures import (
    CarFreeZone,
    ChargePoints,
    CloseCrossing,
    CycleComfort,
    CycleLink,
    FreightOutOfCore,
    KilometreCharge,
    MobilityBudget,
    OpenHub,
    Parking,
    ServicesNearHubs,
    SharedCars,
    SlowStreets,
    TransitFare,
    TransitLine,
    TransitService,
    sector_of,
    sector_of_hub,
)
from kortrijk_sim.models.policy import Scenario

MEASURE = "measure "  # begins the codes of hubs that measures open


class TermParams(NamedTuple):
    """Parameters of prices and rules."""

    parking_hours: float
    freight_minutes_core_share: float


def started_share(first: int, last: int, month: int) -> float:
    """Return which part of something that comes evenly from one month to another is there in a month."""
    return min(max(month - first + 1, 0) / (last - first + 1), 1.0)


def edited_network(base: Network, scenario: Scenario, month: int, geography: Geography, detour_ratio: float) -> Network:
    """Return the network with everything that the scenario has changed about it in a month.

    Args:
        base: The network of today.
        scenario: Policy.
        month: Months since 1 January 2025.
        geography: The map.
        detour_ratio: Length of a new bus line or cycle link over the straight line between its ends.
    """
    network = base
    for service in scenario.of(TransitService, month):
        wanted = service.line.casefold()
        for line in network.lines:
            of_kind = wanted == f"all {line.kind}{'es' if line.kind == 'bus' else 's'}"
            if of_kind or wanted == line.code.casefold():
                minutes = service.headway_minutes
                if minutes is None:
                    minutes = line.headway_minutes * float(service.headway_ratio or 1.0)
                network = edits.with_headway(network, line.code, minutes)
    for new in scenario.of(TransitLine, month):
        stops = nodes_of_stops(network, new, geography)
        network = edits.with_line(
            network, new.name, "bus", stops, headway_minutes=new.headway_minutes, km_hour=new.kmh,
            detour_ratio=detour_ratio, name=new.name,
        )  # fmt: skip
    for link in scenario.of(CycleLink, month):
        ends = [network.zones[sector_of(name, geography, "cycle_link")].node for name in (link.start, link.end)]
        first, second = (network.nodes[network.number[end]] for end in ends)
        km = detour_ratio * math.dist((first.x_km, first.y_km), (second.x_km, second.y_km))
        network = edits.with_cycle_link(network, ends[0], ends[1], link.comfort, km)
    for better in scenario.of(CycleComfort, month):
        sectors = sectors_of(better.wijk_numbers(geography), geography)
        network = edits.with_comfort(network, sectors, better.comfort)
    for zone in scenario.of(CarFreeZone, month):
        network = edits.with_car_free(
            network, frozenset(sector_of(s, geography, "car_free_zone") for s in zone.sectors)
        )
    for slow in scenario.of(SlowStreets, month):
        network = edits.with_car_speed(network, sectors_of(slow.wijk_numbers(geography), geography), slow.kmh)
    for crossing in scenario.of(CloseCrossing, month):
        network = edits.without_crossing(network, crossing.name)
    for number, hub in enumerate(scenario.of(OpenHub, month)):
        node = network.zones[sector_of_hub(hub, geography, "open_hub")].node
        network = edits.with_hub(
            network,
            Hub(
                f"{MEASURE}{number}", hub.name, node, hub.hub_type, hub.shared_cars, hub.shared_bikes,
                hub.charge_points, hub.bike_parking, hub.transfer_quality,
            ),
        )  # fmt: skip
    return network


def network_key(scenario: Scenario, month: int, geography: Geography) -> tuple[object, ...]:
    """Return what the network, the prices and the offer of a month depend on: equal months need no renewal."""
    holding = tuple(
        measure for measure in scenario.measures
        if isinstance(measure, MOBILITY_MEASURES) and measure.holds(month)
    )  # fmt: skip
    growing = (
        tuple(np.floor(cars_of_measures(scenario, month, geography)).astype(int).tolist()),
        tuple(np.floor(points_of_measures(scenario, month, geography)).astype(int).tolist()),
    )
    return holding, growing


MOBILITY_MEASURES = (
    OpenHub, TransitService, TransitLine, TransitFare, CycleLink, CycleComfort, CarFreeZone, SlowStreets, Parking,
    KilometreCharge, ServicesNearHubs, FreightOutOfCore, CloseCrossing, MobilityBudget,
)  # fmt: skip


def nodes_of_stops(network: Network, measure: TransitLine, geography: Geography) -> tuple[str, ...]:
    """Return the nodes of the stops of a new line."""
    stations = {node.name.casefold(): node.code for node in network.nodes if node.kind == "station"}
    return tuple(
        stations.get(stop.casefold()) or network.zones[sector_of(stop, geography, "transit_line")].node
        for stop in measure.stops
    )


def sectors_of(wijken: tuple[int, ...], geography: Geography) -> frozenset[int]:
    """Return the numbers of the sectors of some wijken."""
    return frozenset(n for n, sector in enumerate(geography.sectors) if sector.wijk in wijken)


def _spread(total: float, wijken: tuple[int, ...], geography: Geography) -> FloatArray:
    """Share out a number over the sectors of some wijken by their inhabitants; whole numbers, largest first."""
    people = np.array([s.population if s.wijk in wijken else 0 for s in geography.sectors], float)
    if people.sum() == 0.0:
        return people
    exact = total * people / people.sum()
    parts = np.floor(exact)
    rest = round(total - parts.sum())
    order = np.lexsort((np.arange(len(exact)), parts - exact))
    parts[order[:rest]] += 1.0
    return np.asarray(parts)


def cars_of_measures(scenario: Scenario, month: int, geography: Geography) -> FloatArray:
    """Return the shared cars that measures have brought to each sector by a month, those of hubs left out."""
    out = np.zeros(len(geography.sectors))
    for measure in scenario.of(SharedCars):
        part = started_share(measure.first_month, measure.last_month, month)
        out += _spread(round(part * measure.cars), measure.wijk_numbers(geography), geography)
    return out


def shared_car_stands(scenario: Scenario, month: int, geography: Geography) -> list[int]:
    """Return the numbers of the sectors where measures have brought shared cars to the streets by a month."""
    return [int(sector) for sector in np.flatnonzero(cars_of_measures(scenario, month, geography) >= 1.0)]


def points_of_measures(scenario: Scenario, month: int, geography: Geography) -> FloatArray:
    """Return the charge points that measures have brought to each sector by a month, those of hubs left out."""
    out = np.zeros(len(geography.sectors))
    for measure in scenario.of(ChargePoints):
        part = started_share(measure.first_month, measure.last_month, month)
        out += _spread(round(part * measure.points), measure.wijk_numbers(geography), geography)
    return out


def terms_of(
    scenario: Scenario, month: int, geography: Geography, zones: int, services: SectorServices, p: TermParams
) -> Terms:
    """Return prices and rules of a month.

    Args:
        scenario: Policy.
        month: Months since 1 January 2025.
        geography: The map.
        zones: Number of zones; those after the sectors lie outside the city, where parking is free.
        services: What the sectors offer today.
        p: Parameters.
    """
    sectors = len(geography.sectors)
    eur, minutes = np.zeros(zones), np.zeros(zones)
    hourly, minutes[:sectors] = services.parking_eur_hour.copy(), services.parking_minutes
    for parking in scenario.of(Parking, month):
        here = sorted(sectors_of(parking.wijk_numbers(geography), geography))
        if parking.eur_hour is not None:
            hourly[here] = parking.eur_hour
        minutes[here] /= parking.supply_ratio
    eur[:sectors] = hourly * p.parking_hours
    freight = np.zeros(zones)
    away = min(sum(m.share for m in scenario.of(FreightOutOfCore, month)), 1.0)
    freight[:sectors] = -p.freight_minutes_core_share * away * (services.car_free_share > 0)
    fares = {"bus": 1.0, "train": 1.0}
    for fare in scenario.of(TransitFare, month):
        fares[fare.vehicle] *= fare.ratio
    charge = sum(m.eur_km for m in scenario.of(KilometreCharge, month))
    return Terms(eur, minutes, float(charge), fares["bus"], fares["train"], freight)


def offer_of(
    scenario: Scenario, month: int, geography: Geography, network: Network, services: SectorServices
) -> tuple[Array, Array, Array]:
    """Return charge points, shared cars and hubs by sector in a month.

    A hub belongs to the zone whose anchor is nearest; those of places outside the city do not count. Charge points
    of today's hubs stand in ``sector_services`` already; those of new hubs come on top.
    """
    points = services.charge_points + points_of_measures(scenario, month, geography)
    cars, hubs = cars_of_measures(scenario, month, geography), np.zeros(len(points))
    zones = [network.nodes[network.number[zone.node]] for zone in network.zones]
    x, y = np.array([node.x_km for node in zones]), np.array([node.y_km for node in zones])
    for hub in network.hubs:
        node = network.nodes[network.number[hub.node]]
        sector = int(np.hypot(x - node.x_km, y - node.y_km).argmin())
        if not network.zones[sector].inside:
            continue  # a hub of another town
        points[sector] += hub.charge_points if hub.code.startswith(MEASURE) else 0
        cars[sector] += hub.shared_cars
        hubs[sector] += 1
    return points, cars, hubs


def services_share(scenario: Scenario, month: int) -> float:
    """Return the share of shops, services and leisure that has moved to hubs."""
    return min(sum(m.share for m in scenario.of(ServicesNearHubs, month)), 1.0)


def budget_share(scenario: Scenario, month: int) -> float:
    """Return the share of employees with a company car who take a mobility budget instead of free fuel."""
    return max((m.share_reached for m in scenario.of(MobilityBudget, month)), default=0.0)
