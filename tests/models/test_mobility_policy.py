"""What measures of mobility do to the network, to prices and to what is on offer, before anybody reacts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.network import Network, load_network
from kortrijk_sim.city.network.services import SectorServices, load_services
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.models.access import with_part_at_hubs
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
)
from kortrijk_sim.models.mobility_policy import (
    TermParams,
    budget_share,
    cars_of_measures,
    edited_network,
    network_key,
    offer_of,
    points_of_measures,
    services_share,
    shared_car_stands,
    started_share,
    terms_of,
)
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.transport import along, rows_today

LATER = {"from": "2026-03", "until": "2027-02"}
BEFORE, FIRST, LAST, AFTER = 13, 14, 25, 26
TERMS = Parameters(Tables()).select(TermParams)


@pytest.fixture(scope="module")
def geography() -> Geography:
    return load_geography(Tables())


@pytest.fixture(scope="module")
def network(geography: Geography) -> Network:
    return load_network(Tables(), geography)


@pytest.fixture(scope="module")
def services(geography: Geography) -> SectorServices:
    return load_services(Tables(), geography)


def plan(*measures: object) -> Scenario:
    return Scenario(measures=measures)  # type: ignore[arg-type]


def make(kind: type, **given: object) -> object:
    return kind.model_validate(LATER | given)  # type: ignore[attr-defined]


def edited(network: Network, geography: Geography, month: int, *measures: object) -> Network:
    return edited_network(network, plan(*measures), month, geography, 1.3)


EDITS = {
    "headway": make(TransitService, line="1", headway_minutes=5.0),
    "line": make(TransitLine, name="ring", stops=["34022A00-", "34022A01-"]),
    "cycle link": make(CycleLink, start="34022A00-", end="34022A01-"),
    "comfort": make(CycleComfort, wijk="Marke", comfort="highway"),
    "car free": make(CarFreeZone, sectors=["34022A01-", "34022A021"]),
    "slow": make(SlowStreets, wijk="Marke", kmh=10),
    "crossing": make(CloseCrossing, name="Broelbrug"),
    "hub": make(OpenHub, name="Marke Park", wijk="Marke"),
}


@pytest.mark.parametrize("measure", EDITS.values(), ids=EDITS.keys())
def test_a_measure_changes_the_network_while_it_holds(network: Network, geography: Geography, measure: object) -> None:
    assert edited(network, geography, BEFORE, measure) == network
    assert edited(network, geography, LAST, measure) != network
    assert edited(network, geography, AFTER, measure) == network


def test_shared_cars_stand_in_the_streets_and_are_no_hubs(network: Network, geography: Geography, services) -> None:
    measure = make(SharedCars, cars=40, wijk="Marke")
    assert edited(network, geography, LAST, measure) == network
    stands = [shared_car_stands(plan(measure), month, geography) for month in (BEFORE, FIRST, LAST, AFTER)]
    marke = set(np.flatnonzero(geography.sector_wijk == geography.wijk_number("Marke")).tolist())
    assert stands[0] == []
    assert set(stands[1]) <= set(stands[2]) == set(stands[3]) <= marke
    now, today = (offer_of(plan(measure), month, geography, network, services) for month in (AFTER, BEFORE))
    assert now[1].sum() - today[1].sum() == 40
    np.testing.assert_array_equal(now[2], today[2])


def test_a_headway_is_that_of_the_measure_or_its_share_of_todays(network: Network, geography: Geography) -> None:
    def headways(month: int, **given: object) -> dict[str, float]:
        changed = edited(network, geography, month, make(TransitService, **given))
        return {line.code: line.headway_minutes for line in changed.lines}

    today = {line.code: line.headway_minutes for line in network.lines}
    kind = {line.code: line.kind for line in network.lines}
    assert headways(FIRST, line="ic gent", headway_minutes=7.0) == today | {"IC Gent": 7.0}
    halved = headways(FIRST, line="all buses", headway_ratio=0.5)
    assert halved == {code: minutes * (0.5 if kind[code] == "bus" else 1.0) for code, minutes in today.items()}
    trains = headways(FIRST, line="All trains", headway_minutes=12.0)
    assert {code for code in today if trains[code] != today[code]} <= {c for c in kind if kind[c] == "train"}


def test_a_new_line_calls_at_its_sectors_and_stations(network: Network, geography: Geography) -> None:
    stops = ["34022A00-", "station bissegem", geography.sectors[3].name]
    station = next(node for node in network.nodes if node.kind == "station" and "issegem" in node.name)
    stops[1] = station.name
    line = edited(network, geography, FIRST, make(TransitLine, name="ring", stops=stops, headway_minutes=12)).lines[-1]
    assert line.stops == (network.zones[0].node, station.code, network.zones[3].node)
    assert (line.kind, line.headway_minutes, line.name) == ("bus", 12.0, "ring")


def test_two_hubs_both_stand_where_they_are_said_to(network: Network, geography: Geography) -> None:
    hubs = (make(OpenHub, name="One", wijk="Marke"), make(OpenHub, name="Two", sector="34022A00-", shared_cars=0))
    new = edited(network, geography, FIRST, *hubs).hubs[len(network.hubs) :]
    assert [hub.name for hub in new] == ["One", "Two"]
    assert new[1].node == network.zones[0].node
    assert new[1].shared_cars == 0


# --- prices --------------------------------------------------------------------------------------------


def terms(geography: Geography, network: Network, services: SectorServices, month: int, *measures: object):  # type: ignore[no-untyped-def]
    return terms_of(plan(*measures), month, geography, len(network.zones), services, TERMS)


def test_fares_charges_and_parking_hold_while_their_measure_does(geography, network, services):
    measures = (
        make(TransitFare, vehicle="bus", ratio=0.5), make(TransitFare, vehicle="bus", ratio=0.5),
        make(TransitFare, vehicle="train", ratio=0.0), make(KilometreCharge, eur_km=0.1),
        make(Parking, wijk="Marke", eur_hour=3.0, supply_ratio=0.5),
    )  # fmt: skip
    today = terms(geography, network, services, BEFORE, *measures)
    none = terms(geography, network, services, FIRST)
    for part, same in zip(today, none, strict=True):
        np.testing.assert_array_equal(part, same)
    now = terms(geography, network, services, FIRST, *measures)
    assert (now.bus_fare_ratio, now.train_fare_ratio, now.kilometre_charge_eur) == (0.25, 0.0, 0.1)
    here = geography.sector_wijk == geography.wijk_number("Marke")
    sectors = len(here)
    assert (now.parking_eur[:sectors][here] == 3.0 * TERMS.parking_hours).all()
    np.testing.assert_array_equal(now.parking_eur[:sectors][~here], today.parking_eur[:sectors][~here])
    np.testing.assert_allclose(now.parking_minutes[:sectors][here], 2 * today.parking_minutes[:sectors][here])
    assert (now.parking_eur[sectors:] == 0).all(), "parking outside the city is free"
    assert terms(geography, network, services, AFTER, *measures).bus_fare_ratio == 1.0


def test_parking_measures_do_not_change_what_is_known_of_today(geography, network, services):
    before = services.parking_eur_hour.copy(), services.parking_minutes.copy()
    terms(geography, network, services, FIRST, make(Parking, eur_hour=9.0, supply_ratio=0.1))
    np.testing.assert_array_equal(services.parking_eur_hour, before[0])
    np.testing.assert_array_equal(services.parking_minutes, before[1])


def test_freight_kept_out_saves_time_in_the_core_only_and_at_most_all_of_it(geography, network, services):
    def saved(*shares: float):
        now = terms(geography, network, services, FIRST, *(make(FreightOutOfCore, share=s) for s in shares))
        return now.car_minutes_share[: len(services.car_free_share)]

    core = services.car_free_share > 0
    assert saved(0.5)[core] == pytest.approx(-0.5 * TERMS.freight_minutes_core_share)
    assert (saved(0.5)[~core] == 0).all()
    np.testing.assert_array_equal(saved(0.8, 0.8), saved(1.0))
    assert 0 < core.sum() < len(core)


# --- offer ---------------------------------------------------------------------------------------------


def test_shared_cars_and_chargers_come_evenly_and_stay(geography):
    measures = plan(make(SharedCars, cars=120, wijk=["Marke", "Aalbeke"]), make(ChargePoints, points=240))
    here = np.isin(geography.sector_wijk, [geography.wijk_number("Marke"), geography.wijk_number("Aalbeke")])
    for month, part in ((BEFORE, 0.0), (FIRST, 1 / 12), (FIRST + 5, 0.5), (LAST, 1.0), (AFTER, 1.0), (191, 1.0)):
        cars = cars_of_measures(measures, month, geography)
        assert cars.sum() == 120 * part
        assert cars[~here].sum() == 0
        assert points_of_measures(measures, month, geography).sum() == 240 * part


@pytest.mark.parametrize(("month", "share"), [(9, 0.0), (10, 0.25), (13, 1.0), (100, 1.0)])
def test_what_comes_evenly_is_there_in_parts(month: int, share: float) -> None:
    assert started_share(10, 13, month) == share


def test_hubs_of_other_towns_do_not_count_in_the_city(geography, network, services):
    points, cars, hubs = offer_of(Scenario(), 0, geography, network, services)
    inside = [hub for hub in network.hubs if min(
        (np.hypot(a.x_km - b.x_km, a.y_km - b.y_km), not zone.inside)
        for zone in network.zones
        for a, b in [(network.nodes[network.number[zone.node]], network.nodes[network.number[hub.node]])]
    )[1] == 0]  # fmt: skip
    assert hubs.sum() == len(inside) < len(network.hubs)
    assert cars.sum() == sum(hub.shared_cars for hub in inside)
    np.testing.assert_array_equal(points, services.charge_points)


def test_a_new_hub_brings_its_cars_and_chargers_to_its_sector(geography, network, services):
    measure = plan(make(OpenHub, name="New", sector="34022A00-", shared_cars=5, charge_points=7))
    before = offer_of(measure, BEFORE, geography, network, services)
    now = offer_of(measure, FIRST, geography, edited_network(network, measure, FIRST, geography, 1.3), services)
    for was, is_now, more in zip(before, now, (7, 5, 1), strict=True):
        assert is_now[0] - was[0] == more
        np.testing.assert_array_equal(is_now[1:], was[1:])


def test_services_move_to_hubs_and_none_gets_lost():
    offered = np.arange(1.0, 1.0 + 3 * 136).reshape(3, 136)
    hubs = np.zeros(113)
    hubs[[3, 40]] = 2, 1
    moved = with_part_at_hubs(offered, [0, 2], 0.3, hubs)
    np.testing.assert_allclose(moved.sum(axis=1), offered.sum(axis=1))
    np.testing.assert_array_equal(moved[1], offered[1])
    np.testing.assert_array_equal(moved[:, 113:], offered[:, 113:])
    away = np.setdiff1d(np.arange(113), [3, 40])
    np.testing.assert_allclose(moved[0, away], 0.7 * offered[0, away])
    gain = moved[0, [3, 40]] - 0.7 * offered[0, [3, 40]]
    assert gain[0] == pytest.approx(2 * gain[1])
    np.testing.assert_array_equal(with_part_at_hubs(offered, [0, 2], 0.3, np.zeros(113)), offered)


def test_shares_of_measures_hold_in_their_months_and_never_exceed_all():
    measures = plan(make(ServicesNearHubs, share=0.7), make(ServicesNearHubs, share=0.7),
                    make(MobilityBudget, share_reached=0.2), make(MobilityBudget, share_reached=0.4))  # fmt: skip
    assert [services_share(measures, month) for month in (BEFORE, FIRST, AFTER)] == [0.0, 1.0, 0.0]
    assert [budget_share(measures, month) for month in (BEFORE, FIRST, AFTER)] == [0.0, 0.4, 0.0]


# --- when something is renewed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "measure",
    [
        *EDITS.values(), make(TransitFare, ratio=0.5), make(Parking, eur_hour=1.0), make(KilometreCharge, eur_km=0.1),
        make(ServicesNearHubs, share=0.1), make(FreightOutOfCore, share=0.1), make(ChargePoints, points=600),
    ],
    ids=lambda m: m.measure,
)  # fmt: skip
def test_the_network_is_looked_at_again_when_a_measure_begins_and_when_it_ends(geography, measure):
    none = network_key(Scenario(), 0, geography)
    keys = [network_key(plan(measure), month, geography) for month in range(BEFORE, AFTER + 3)]
    assert keys[0] == none
    assert keys[LAST - BEFORE] != none
    assert keys[-1] == keys[AFTER - BEFORE]
    if not isinstance(measure, SharedCars | ChargePoints):
        assert len(set(keys[FIRST - BEFORE : AFTER - BEFORE])) == 1, "nothing new while it holds"
        assert keys[-1] == none


def test_another_measure_in_the_same_place_of_a_scenario_is_another_network(geography):
    one, other = make(TransitFare, ratio=0.0), make(KilometreCharge, eur_km=1.0)
    assert network_key(plan(one), FIRST, geography) != network_key(plan(other), FIRST, geography)
    same = make(TransitFare, ratio=0.0)
    assert network_key(plan(one), FIRST, geography) == network_key(plan(same), FIRST, geography)


def test_traffic_stays_with_its_link_when_a_bridge_closes_and_another_opens(network, geography):
    name = next(link.crossing for link in network.links if link.crossing)
    changed = edited(
        network,
        geography,
        FIRST,
        make(CloseCrossing, name=name),
        make(CycleLink, start="34022A00-", end=geography.sectors[100].code),
    )
    values = np.arange(2.0 * len(network.links)).reshape(-1, 2)
    rows = rows_today(changed, network)
    there = along(rows, values, -1.0)
    assert len(there) == len(changed.links) != len(network.links)
    assert (there[len(network.links) :] == -1.0).all()
    for row, (link, was) in enumerate(zip(changed.links, network.links, strict=False)):
        assert (link.a, link.b, link.km) == (was.a, was.b, was.km), "a link has another's traffic"
        assert there[row].tolist() == values[row].tolist()
    np.testing.assert_array_equal(along(rows_today(network, network), values, -1.0), values)
    same = replace(network, hubs=())
    np.testing.assert_array_equal(rows_today(same, network), np.arange(len(network.links)))
