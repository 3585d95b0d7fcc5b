"""What the city can do about travel: each measure works in the right direction, for those whom it reaches."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from kortrijk_sim.city.vocabulary import Mode
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.connections import WITH_CAR, Aim
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.measures import MEASURES, BuildHomes
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
from kortrijk_sim.models.policy import Scenario, check_scenario
from kortrijk_sim.models.travel_setup import renew_network

CORE = ("34022A00-", "34022A01-", "34022A021", "34022A03-")
FREE = (TransitFare(from_=2025, vehicle="bus", ratio=0.0), TransitFare(from_=2025, vehicle="train", ratio=0.0))
OFTEN = (
    TransitService(from_=2025, line="all buses", headway_ratio=0.5),
    TransitService(from_=2025, line="all trains", headway_ratio=0.5),
)


@pytest.fixture(scope="module")
def at_once(first_day):
    """Return a function that gives the network under some measures on the day they begin."""

    def renew(*measures, month=0):
        scenario = check_scenario(
            Scenario(measures=measures), first_day.geography, first_day.parameters,
            network=first_day.travel_environment.network,
        )  # fmt: skip
        twin = first_day.fork(scenario)
        twin.state.network_key = ("look again",)
        renew_network(twin.state, twin.travel_environment, scenario, twin.geography, month, twin.scale)
        return twin.state.transport

    return renew


@pytest.fixture(scope="module")
def today(at_once):
    return at_once()


def gain(now, today, mode, home=None):
    """Return the mean change in utility of a mode over the ways it has, from the whole city or from some sectors."""
    after, before = (t.ways.utility[:113, :, mode].astype(float) for t in (now, today))
    there = (after > -1e8) & (before > -1e8)
    if home is not None:
        there[~home] = False
    return float((after[there] - before[there]).mean())


def wijk(model, name):
    return model.geography.sector_wijk == model.geography.wijk_number(name)


# --- what a measure does to ways, on the day it begins -------------------------------------------------


def test_more_buses_are_better_buses_and_no_worse_trains(at_once, today):
    now = at_once(OFTEN[0])
    assert gain(now, today, Mode.BUS) > 0.1
    assert gain(now, today, Mode.CAR) == 0.0
    assert now.ways.changed.max() == 0


def test_a_new_line_brings_buses_and_stops_where_there_were_none(at_once, today, first_day):
    stops = tuple(first_day.geography.sectors[n].code for n in (95, 0, 60))
    now = at_once(TransitLine(from_=2025, name="cross", stops=stops, headway_minutes=5, kmh=40))
    there = [t.ways.utility[95, 60, Mode.BUS] for t in (today, now)]
    assert there[1] > there[0]
    assert (now.access[:, Access.SERVICES_WALK] >= today.access[:, Access.SERVICES_WALK]).all()
    assert now.access[:, Access.JOBS_TRANSIT].sum() > today.access[:, Access.JOBS_TRANSIT].sum()


def test_better_cycling_in_a_wijk_is_felt_there_first_and_nobody_loses(at_once, today, first_day):
    now = at_once(CycleComfort(from_=2025, wijk=("Marke",), comfort="highway"))
    marke = wijk(first_day, "Marke")
    assert gain(now, today, Mode.BIKE, marke) > gain(now, today, Mode.BIKE, ~marke) >= 0.0
    assert gain(now, today, Mode.CAR) == 0.0


def test_a_cycle_link_shortens_the_way_between_its_ends(at_once, today, first_day):
    ends = (20, 100)
    start, end = (first_day.geography.sectors[n].code for n in ends)
    now = at_once(CycleLink(from_=2025, start=start, end=end))
    assert now.ways.utility[20, 100, Mode.BIKE] > today.ways.utility[20, 100, Mode.BIKE] + 0.05
    assert now.skims.bike_perceived[20, 100] < today.skims.bike_perceived[20, 100]
    assert (now.skims.bike_perceived <= today.skims.bike_perceived + 1e-3).all()


def test_a_link_that_opens_stands_among_the_links_of_the_run(first_day, next_year):
    start, end = (first_day.geography.sectors[n].code for n in (20, 100))
    before, after = first_day.link_loads(), next_year(CycleLink(from_=2025, start=start, end=end)).link_loads()
    assert list(after.columns) == list(before.columns)
    assert len(after) == len(before) + 1
    assert np.isfinite(after[["km", "cars_there", "cars_back", "slowdown"]].to_numpy()).all()


def test_a_car_free_centre_is_harder_to_cross_by_car_and_not_by_bike(at_once, today):
    now = at_once(CarFreeZone(from_=2025, sectors=CORE))
    assert gain(now, today, Mode.CAR) < 0.0
    assert (now.skims.car >= today.skims.car - 1e-3).all()
    assert gain(now, today, Mode.BIKE) == pytest.approx(0.0, abs=1e-6)


def test_slow_streets_slow_cars(at_once, today, first_day):
    now = at_once(SlowStreets(from_=2025, wijk=("Marke",), kmh=10))
    marke = wijk(first_day, "Marke")
    assert gain(now, today, Mode.CAR, marke) < gain(now, today, Mode.CAR, ~marke) <= 1e-6


def test_a_closed_bridge_lengthens_ways_and_shortens_none(at_once, today):
    now = at_once(CloseCrossing(from_=2025, name="Noordbrug"))
    for name in ("walk_km", "car"):
        assert (getattr(now.skims, name) >= getattr(today.skims, name) - 1e-3).all(), name
        assert (getattr(now.skims, name) > getattr(today.skims, name) + 0.01).any(), name
    for mode in (Mode.WALK, Mode.BIKE, Mode.CAR):
        assert gain(now, today, mode) < 0.0, mode
    assert now.access[:, Access.EASE].mean() < today.access[:, Access.EASE].mean()


def test_a_hub_is_near_for_those_who_live_around_it(at_once, today, first_day):
    hub = OpenHub(from_=2025, name="Kooigem", wijk="Kooigem", shared_cars=3, shared_bikes=10)
    now = at_once(hub)
    here = np.flatnonzero(wijk(first_day, "Kooigem"))
    assert (now.skims.hub_car_walk[here] < today.skims.hub_car_walk[here]).any()
    assert (now.skims.hub_car_walk <= today.skims.hub_car_walk).all()
    assert (now.skims.hub_bike_walk <= today.skims.hub_bike_walk).all()
    assert gain(now, today, Mode.WALK) == gain(now, today, Mode.CAR) == 0.0
    assert now.hubs.sum() == today.hubs.sum() + 1
    assert now.charge_points.sum() == today.charge_points.sum() + 4


def test_changing_at_a_good_hub_is_less_trouble(at_once, today, first_day):
    network, hubs = today.network, {hub.node for hub in today.network.hubs}
    calls = [sum(zone.node in line.stops for line in network.lines) for zone in network.zones[:113]]
    calls = [0 if zone.node in hubs else n for zone, n in zip(network.zones, calls, strict=False)]
    where = first_day.geography.sectors[int(np.argmax(calls))].code

    def worst_and_best(quality):
        return at_once(OpenHub(from_=2025, name="X", sector=where, transfer_quality=quality))

    poor, good = worst_and_best(0.0), worst_and_best(1.0)
    assert gain(good, poor, Mode.BUS) + gain(good, poor, Mode.TRAIN) > 0.0
    assert gain(good, poor, Mode.CAR) == 0.0


def test_services_near_hubs_draw_people_to_hubs(at_once, today):
    now = at_once(ServicesNearHubs(from_=2025, share=0.5))
    hubs = today.hubs > 0
    shift = now.places.shift[Aim.SHOPPING, WITH_CAR, :, :113]
    assert shift[:, hubs].mean() > shift[:, ~hubs].mean() + 0.3
    assert now.places.changed.max() == 0
    np.testing.assert_array_equal(now.ways.utility, today.ways.utility)


def test_more_trips_go_where_services_have_moved_and_fewer_where_they_left(next_year, at_once):
    measure = ServicesNearHubs(from_=2025, share=0.6)
    shift = at_once(measure).places.shift[Aim.SHOPPING, WITH_CAR].mean(axis=0)[:113]
    habits = {"habit_reconsider_per_year": 1.0}

    def trips(model):
        return model.state.mobility.ledger.between.sum(axis=(0, 1))[:113]

    gained = trips(next_year(measure, parameters=habits)) - trips(next_year(parameters=habits))
    assert gained[shift > 0.5].sum() > 0.0 > gained[shift < 0.0].sum()


# --- what people make of it within a year --------------------------------------------------------------

SIGNS = {
    "free buses and trains": (FREE, "mode_share_transit", 1),
    "twice as many buses and trains": (OFTEN, "mode_share_transit", 1),
    "a dear kilometre": ((KilometreCharge(from_=2025, eur_km=0.5),), "vehicle_km_per_person", -1),
    "a dear kilometre, who walks and cycles": ((KilometreCharge(from_=2025, eur_km=0.5),), "active_minutes", 1),
    "good cycling everywhere": ((CycleComfort(from_=2025, comfort="highway"),), "mode_share_bike", 1),
    "a car-free core": ((CarFreeZone(from_=2025, sectors=CORE),), "mode_share_car", -1),
    "slow streets": ((SlowStreets(from_=2025, kmh=8),), "mode_share_car", -1),
    "dear parking": ((Parking(from_=2025, eur_hour=8.0, supply_ratio=0.4),), "mode_share_car", -1),
    "shared cars": ((SharedCars(from_="2025-01", until="2025-02", cars=2000),), "car_sharing_households", 1),
    "shared cars, trips": ((SharedCars(from_="2025-01", until="2025-02", cars=2000),), "shared_car_trips", 1),
    "mobility budget": ((MobilityBudget(from_=2025, share_reached=1.0),), "company_cars", -1),
    "closed bridges": (
        tuple(CloseCrossing(from_=2025, name=name) for name in ("Noordbrug", "Broelbrug", "Groeningebrug")),
        "ease_of_travel", -1,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("measures", "indicator", "sign"), SIGNS.values(), ids=SIGNS.keys())
def test_a_measure_moves_its_indicator_the_right_way(next_year, measures, indicator, sign):
    without, with_it = (run.indicator(indicator) for run in (next_year(), next_year(*measures)))
    assert sign * (with_it - without) > 0.005 * abs(without)


def test_who_pays_by_the_kilometre_has_fewer_cars_in_time_when_buses_are_good(first_day):
    quick = {"cars_reconsider_per_year": 1.0, "cars_access_utility": 2.0}
    free, charged = (
        first_day.fork(Scenario(measures=measures, parameters=quick))
        for measures in ((), (KilometreCharge(from_=2025, eur_km=1.0),))
    )
    for model in (free, charged):
        model.run_for(13)
    assert charged.indicator("household_cars") < free.indicator("household_cars")


def test_charge_points_bring_electric_cars(first_day):
    quick = {"car_replacement_per_year": 1.0}
    plenty = (ChargePoints(from_="2025-01", until="2025-01", points=20_000),)
    few, many = (first_day.fork(Scenario(measures=measures, parameters=quick)) for measures in ((), plenty))
    for model in (few, many):
        model.run_for(13)
    assert many.indicator("charge_points") == few.indicator("charge_points") + 20_000
    assert many.indicator("electric_car_share") > few.indicator("electric_car_share") + 0.03


def test_freight_kept_out_of_the_core_makes_driving_there_easier(at_once, today):
    now = at_once(FreightOutOfCore(from_=2025, share=1.0))
    assert gain(now, today, Mode.CAR) > 0.0
    assert gain(now, today, Mode.BUS) == 0.0
    assert now.access[:, Access.EASE].mean() > today.access[:, Access.EASE].mean()


def test_a_measure_that_ends_leaves_the_ways_of_before(first_day):
    ending = first_day.fork(Scenario(measures=(TransitFare(from_="2025-02", until="2025-04", ratio=0.0),)))
    before = first_day.state.transport.ways.utility
    same = []
    for _ in range(6):
        ending.step()
        same.append(bool(np.array_equal(ending.state.transport.ways.utility, before)))
    assert same == [True, False, False, False, True, True]


def test_a_fork_to_another_policy_feels_it_in_its_first_month(first_day):
    model = first_day.fork(Scenario(measures=(TransitFare(from_=2025, ratio=0.0),)))
    model.run_for(3)
    other = model.fork(Scenario(measures=(TransitFare(from_=2025, ratio=2.0),)))
    dear = model.fork(Scenario(measures=model.policy.measures, parameters={"car_cost_eur_km": 0.5}))
    for twin in (other, dear):
        twin.step()
    now, bus = other.state.transport.ways.utility, dear.state.transport.ways.utility
    was = model.state.transport.ways.utility
    there = was[:, :, Mode.BUS] > -1e8
    assert (now[:, :, Mode.BUS][there] < was[:, :, Mode.BUS][there]).all()
    assert (bus[:, :, Mode.CAR] < was[:, :, Mode.CAR]).all()


# --- couplings -----------------------------------------------------------------------------------------


def test_more_cars_are_slower_cars_unless_the_switch_is_off(next_year):
    far = {"car_minute_utility": -0.005, "habit_reconsider_per_year": 1.0}
    on = next_year(parameters=far, months=14)
    off = next_year(parameters=far, months=14, switches={"congestion_slows_cars": False})
    base = on.state.transport.base.vehicles
    busy = base > np.quantile(base, 0.95)
    assert on.state.mobility.slowdown[busy].mean() > 1.001
    assert (off.state.mobility.slowdown == 1.0).all()
    assert on.state.transport.skims.car[:113, :113].mean() > off.state.transport.skims.car[:113, :113].mean()


def test_fewer_cars_are_faster_cars(next_year):
    dear = next_year(KilometreCharge(from_=2025, eur_km=1.5), months=14)
    busy = dear.state.transport.base.vehicles > np.quantile(dear.state.transport.base.vehicles, 0.95)
    assert dear.state.mobility.slowdown[busy].mean() < 0.999


def near_everything(model, name):
    """Return the measures that bring a wijk near to everything: a hub with a fast line to the centre."""
    sectors = model.geography.sectors
    busiest = max(np.flatnonzero(wijk(model, name)), key=lambda n: sectors[n].households)
    return (
        OpenHub(from_=2025, name=name, wijk=name, shared_cars=20, shared_bikes=60, transfer_quality=1.0),
        TransitLine(from_=2025, name="fast", stops=(sectors[busiest].code, CORE[0]), headway_minutes=3, kmh=50),
    )


@pytest.fixture(scope="module")
def kooigem(first_day):
    return near_everything(first_day, "Kooigem")


def test_a_hub_makes_its_wijk_easier_to_travel_from(at_once, kooigem, first_day):
    now = at_once(*kooigem)
    here = wijk(first_day, "Kooigem")
    ease = now.access[:, Access.EASE] - at_once().access[:, Access.EASE]
    assert ease[here].max() > 0.02
    assert ease[here].max() > ease[~here].mean()
    only_hub = at_once(kooigem[0]).access[:, Access.EASE] - at_once().access[:, Access.EASE]
    assert only_hub[here].max() > 0.0


def test_home_seekers_feel_the_ease_of_a_place_unless_the_switch_is_off(first_day, kooigem):
    on = first_day.fork(Scenario(measures=kooigem))
    off = first_day.fork(Scenario(measures=kooigem, switches={"accessibility_moves_households": False}))
    here = wijk(first_day, "Kooigem")
    felt = []
    for model in (on, off):
        model.step()
        felt.append(np.broadcast_to(model._month(0).env.place.accessibility, 113).copy())
    assert felt[0][here].max() > 0.02
    assert (felt[1] == 0).all()


def test_more_people_move_to_a_wijk_that_became_easy_to_reach_and_not_with_the_switch_off(small_city):
    homes = BuildHomes(from_=2025, until=2025, homes=1500, programme="family", wijk=("Kooigem",))

    def moved_in(seed, on, near):
        measures = (homes, *near_everything(first[seed], "Kooigem")) if near else (homes,)
        policy = Scenario(
            measures=measures, parameters={"utility_accessibility": 3.0},
            switches={"accessibility_moves_households": on},
        )  # fmt: skip
        model = first[seed].fork(policy)
        model.run_for(18)
        t = model.state.tables
        log = t.log[: int(t.counts[3])]
        to = log["destination"][log["kind"] == Kind.MOVED]
        here = model.geography.sector_wijk[t.dwellings.sector[to]] == model.geography.wijk_number("Kooigem")
        return to[here].tolist()

    first = {seed: small_city(rng=seed, scale=0.1) for seed in (1, 2)}
    on = [len(moved_in(seed, True, True)) - len(moved_in(seed, True, False)) for seed in first]
    assert sum(on) > 5
    assert min(on) >= 0
    assert moved_in(1, False, True) == moved_in(1, False, False), "nobody looks at it with the switch off"


# --- bad input -----------------------------------------------------------------------------------------

MINIMAL = {
    "open_hub": {"name": "New", "wijk": "Marke"},
    "transit_service": {"line": "1", "headway_minutes": 10},
    "transit_line": {"name": "ring", "stops": list(CORE[:2])},
    "transit_fare": {"ratio": 0.5},
    "cycle_link": {"start": CORE[0], "end": CORE[1]},
    "cycle_comfort": {"comfort": "lane"},
    "car_free_zone": {"sectors": list(CORE)},
    "slow_streets": {"kmh": 20},
    "parking": {"eur_hour": 2.0},
    "kilometre_charge": {"eur_km": 0.1},
    "charge_points": {"points": 10},
    "shared_cars": {"cars": 10},
    "services_near_hubs": {"share": 0.1},
    "freight_out_of_core": {"share": 0.1},
    "mobility_budget": {"share_reached": 0.1},
    "close_crossing": {"name": "Broelbrug"},
}


def build(kind, **given):
    return MEASURES[kind].model_validate({"from": 2026} | MINIMAL[kind] | given)


def checked(first_day, *measures):
    scenario = Scenario(measures=measures)
    return check_scenario(
        scenario, first_day.geography, first_day.parameters, "plan.toml", network=first_day.travel_environment.network
    )


def test_every_measure_of_mobility_is_accepted_as_it_is_meant(first_day):
    assert len(checked(first_day, *(build(kind) for kind in MINIMAL)).measures) == len(MINIMAL)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        *((kind, {"until": 2025}) for kind in MINIMAL),
        *((kind, {"from": 1999}) for kind in MINIMAL),
        *((kind, {"colour": "red"}) for kind in MINIMAL),
        ("open_hub", {"sector": CORE[0]}), ("open_hub", {"wijk": None}), ("open_hub", {"hub_type": "huge"}),
        ("open_hub", {"shared_cars": -1}), ("open_hub", {"transfer_quality": 1.1}), ("open_hub", {"name": ""}),
        ("transit_service", {"headway_ratio": 0.5}), ("transit_service", {"headway_minutes": None}),
        ("transit_service", {"headway_minutes": 0}), ("transit_service", {"headway_minutes": float("nan")}),
        ("transit_line", {"stops": [CORE[0]]}), ("transit_line", {"kmh": 0}), ("transit_line", {"stops": "x"}),
        ("transit_fare", {"ratio": -0.1}), ("transit_fare", {"vehicle": "boat"}), ("transit_fare", {"ratio": "half"}),
        ("cycle_link", {"comfort": "silk"}), ("cycle_comfort", {"comfort": "silk"}),
        ("car_free_zone", {"sectors": []}), ("slow_streets", {"kmh": 0}), ("slow_streets", {"kmh": -5}),
        ("parking", {"eur_hour": -1.0}), ("parking", {"supply_ratio": 0.0}), ("kilometre_charge", {"eur_km": -0.1}),
        ("kilometre_charge", {"eur_km": float("inf")}), ("charge_points", {"points": 0}),
        ("charge_points", {"points": 1.5}), ("shared_cars", {"cars": -3}), ("services_near_hubs", {"share": 1.2}),
        ("freight_out_of_core", {"share": -0.1}), ("mobility_budget", {"share_reached": 2}),
        ("close_crossing", {"name": ""}),
    ],
)  # fmt: skip
def test_nonsense_in_a_measure_is_refused(kind, wrong):
    with pytest.raises(ValidationError):
        build(kind, **wrong)


@pytest.mark.parametrize(
    ("kind", "wrong", "message"),
    [
        ("transit_service", {"line": "IC Ghent"}, r"plan.toml: measures\[0\].line .*no line 'IC Ghent'; did you mean"),
        ("close_crossing", {"name": "Broelburg"}, r"measures\[0\].name .*'Broelburg'; did you mean 'Broelbrug'"),
        ("car_free_zone", {"sectors": [CORE[0], "34022Z99-"]}, r"measures\[0\].sectors .*no sector '34022Z99-'"),
        ("transit_line", {"stops": [CORE[0], "Nowhere"]}, r"measures\[0\].stops .*no sector 'Nowhere'"),
        ("cycle_link", {"end": "Nowhere"}, r"measures\[0\].end .*no sector 'Nowhere'"),
        ("cycle_link", {"end": CORE[0]}, r"measures\[0\].end .*to itself; valid: two sectors"),
        ("open_hub", {"wijk": "Markt"}, r"measures\[0\].wijk .*no wijk 'Markt'"),
        ("open_hub", {"wijk": None, "sector": "34022Z99-"}, r"measures\[0\].sector .*no sector"),
        ("open_hub", {"name": "kortrijk STATION"}, r"measures\[0\].name .*there is a hub .* already"),
        ("slow_streets", {"wijk": "Markt"}, r"measures\[0\].wijk .*no wijk 'Markt'"),
        ("parking", {"wijk": ["Marke", "Marke"]}, r"measures\[0\].wijk .*twice"),
        ("transit_line", {"name": "1"}, r"measures\[0\].name .*there is a line '1' already"),
    ],
)
def test_a_name_that_nothing_has_is_refused_in_one_sentence(first_day, kind, wrong, message):
    with pytest.raises(InputError, match=message) as caught:
        checked(first_day, build(kind, **wrong))
    assert "\n" not in str(caught.value)


def test_a_new_hub_or_line_has_a_name_of_its_own(first_day):
    for kind in ("open_hub", "transit_line"):
        with pytest.raises(InputError, match=r"measures\[1\].name .*already; valid: a name that no other"):
            checked(first_day, build(kind), build(kind))


def test_a_line_that_a_measure_brings_can_run_more_often_later(first_day):
    line = build("transit_line", name="ring")
    more = build("transit_service", line="ring", headway_minutes=5.0, **{"from": 2027})
    assert len(checked(first_day, line, more).measures) == 2
    with pytest.raises(InputError, match=r"measures\[0\].line"):
        checked(first_day, more)


def test_names_are_understood_however_they_are_written(first_day):
    measures = build("car_free_zone", sectors=["kortrijk-centrum"]), build("cycle_link", start="houtmarkt", end=CORE[0])
    zone, link = checked(first_day, *measures).measures
    assert zone.sectors == (CORE[0],)
    assert link.start == CORE[1]
