"""Cities that will never be: nothing breaks, nobody is lost, and travel goes where it must."""

from __future__ import annotations

import re
from importlib import resources

import invariants
import numpy as np
import pytest
from test_travel import ALWAYS
from travel_runs import CAR, main_mode_share, rows_of, sector_of_home

from kortrijk_sim.city.network import edits
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import FirmStatus, Mode
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.economy_measures import AcquireFirms
from kortrijk_sim.models.indicator_names import TRAVEL_DEFINITIONS
from kortrijk_sim.models.mobility_measures import (
    CarFreeZone,
    CloseCrossing,
    KilometreCharge,
    Parking,
    SharedCars,
    TransitFare,
    TransitService,
)
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario

LEIE = ("Budabrug", "Noordbrug", "Westelijke Ringbrug", "Broelbrug", "Leiebrug (Budastraat - Leiestraat)",
        "Groeningebrug", "Collegebrug", "Dambrug", "Reepbrug")  # fmt: skip
NO_CARS = {
    "licence_share_men": 0.0, "licence_share_women": 0.0, "licence_share_young": 0.0, "licence_share_80plus": 0.0,
}  # fmt: skip


def in_order(model):
    """Whether nobody and nothing is lost; return the model."""
    for holds in invariants.EVERY_MONTH:
        holds(model.state.tables, model.month - 1)
    for holds in ALWAYS:
        holds(model)
    for definition in TRAVEL_DEFINITIONS:
        value = model.indicator(definition.name)
        assert not np.isinf(value), definition.name
        assert np.isfinite(value) or "electric" in definition.name, definition.name
    return model


def test_free_transit_fills_buses_and_trains_and_empties_no_street(next_year):
    free = tuple(TransitFare(from_=2025, vehicle=vehicle, ratio=0.0) for vehicle in ("bus", "train"))
    city, today = in_order(next_year(*free)), next_year()
    assert city.indicator("mode_share_transit") > 1.1 * today.indicator("mode_share_transit")
    assert 0.4 < main_mode_share(city, CAR) < main_mode_share(today, CAR)


def test_where_nobody_may_drive_nobody_drives_and_everybody_still_gets_around(next_year):
    city = KortrijkModel(Scenario(parameters=NO_CARS), rng=1, scale=0.05)
    city.run_for(13)
    in_order(city)
    for mode in (Mode.CAR, Mode.ELECTRIC_CAR, Mode.PARK_AND_RIDE, Mode.SHARED_CAR):
        assert main_mode_share(city, (mode,)) == 0.0, mode
    assert city.indicator("household_cars") == 0
    assert city.indicator("vehicle_km") == 0
    assert city.indicator("co2_travel") == 0
    assert city.indicator("trips_per_person") == pytest.approx(next_year().indicator("trips_per_person"), rel=0.02)
    assert city.indicator("mode_share_bike") > next_year().indicator("mode_share_bike")


def test_without_electric_cars_and_without_bikes_nobody_uses_them():
    none = {"electric_share_2025": 0.0, "electric_choice_constant": -60.0, "electric_only_from_year": 2060.0,
            "bike_owner_share": 0.0, "bike_owner_share_75plus": 0.0, "e_bike_owner_share_2025": 0.0}  # fmt: skip
    city = KortrijkModel(Scenario(parameters=none), rng=1, scale=0.05)
    city.run_for(13)
    in_order(city)
    for mode in (Mode.ELECTRIC_CAR, Mode.BIKE, Mode.E_BIKE, Mode.BIKE_AND_TRAIN):
        assert main_mode_share(city, (mode,)) == 0.0, mode


def test_the_dearest_car_and_the_fewest_parking_places_leave_a_city_that_travels(next_year):
    measures = (
        KilometreCharge(from_=2025, eur_km=2.0), Parking(from_=2025, eur_hour=20.0, supply_ratio=0.05),
        SharedCars(from_="2025-01", until="2025-01", cars=20_000),
    )  # fmt: skip
    city = in_order(next_year(*measures))
    assert main_mode_share(city, CAR) < 0.6 * main_mode_share(next_year(), CAR)
    assert city.indicator("ease_of_travel") < next_year().indicator("ease_of_travel")
    assert city.indicator("trip_km") < next_year().indicator("trip_km")


def test_buses_and_trains_that_hardly_run_lose_their_people(next_year):
    rare = tuple(TransitService(from_=2025, line=line, headway_minutes=180.0) for line in ("all buses", "all trains"))
    city = in_order(next_year(*rare))
    assert city.indicator("mode_share_transit") < 0.95 * next_year().indicator("mode_share_transit")


def test_all_bridges_over_the_leie_close_and_the_two_banks_drift_apart(next_year, first_day):
    network = first_day.travel_environment.network
    known = {link.crossing for link in network.links}
    closing, name = [], ""
    for name in LEIE:
        if name in known:
            try:
                network = edits.without_crossing(network, name)
            except InputError:
                continue  # the last way to somewhere
            closing.append(CloseCrossing(from_=2025, name=name))
    assert len(closing) >= 5
    city, today = in_order(next_year(*closing)), next_year()
    now, then = city.state.transport, today.state.transport
    assert now.skims.walk_km[:113, :113].mean() > 1.02 * then.skims.walk_km[:113, :113].mean()
    assert city.indicator("ease_of_travel") < today.indicator("ease_of_travel")
    longer = now.skims.bike_km[:113, :113] > then.skims.bike_km[:113, :113] + 0.5
    between = [m.state.mobility.ledger.between.sum(axis=0)[:113, :113][longer].sum() for m in (city, today)]
    assert between[0] < 0.95 * between[1], "fewer trips go where the way has become long"
    slowdown = city.state.mobility.slowdown
    assert np.isfinite(slowdown).all()
    assert slowdown.max() < 20


def test_a_bridge_that_is_the_only_way_is_not_closed_in_silence(first_day):
    network = first_day.travel_environment.network
    names = sorted({link.crossing for link in network.links if link.crossing})
    refused = 0
    left = network
    for name in names:
        try:
            left = edits.without_crossing(left, name)
        except InputError as error:
            assert name in str(error)
            refused += 1
    assert refused > 0


def test_an_isolated_wijk_can_be_reached_and_left_on_foot_and_by_bike(next_year, first_day):
    here = np.flatnonzero(first_day.geography.sector_wijk == first_day.geography.wijk_number("Kooigem"))
    codes = tuple(first_day.geography.sectors[n].code for n in here)
    parking = Parking(from_=2025, wijk=("Kooigem",), eur_hour=20.0, supply_ratio=0.05)
    city = in_order(next_year(CarFreeZone(from_=2025, sectors=codes), parking))
    lives = np.isin(sector_of_home(city), here)
    assert lives.any()
    trips = rows_of(city)[1][lives]
    assert (trips["per_day"].sum(axis=1) > 0).mean() > 0.9
    ease = city.state.mobility.sectors[here, Access.EASE] - next_year().state.mobility.sectors[here, Access.EASE]
    assert ease.max() < 0.0


def test_all_of_the_city_car_free_at_once(next_year, first_day):
    codes = tuple(sector.code for sector in first_day.geography.sectors)
    city = in_order(next_year(CarFreeZone(from_=2025, sectors=codes)))
    assert main_mode_share(city, CAR) < main_mode_share(next_year(), CAR)


def test_with_all_firms_in_one_sector_work_is_there_and_people_go_there(first_day):
    city = first_day.fork()
    firms = city.state.economy.firms
    one = int(np.flatnonzero(first_day.geography.sector_wijk == first_day.geography.wijk_number("Kooigem"))[0])
    open_ = firms.status == FirmStatus.OPEN
    firms.sector[open_] = one
    city.state.network_key = ("all firms moved",)
    city.run_for(13)
    in_order(city)
    to_work = city.state.mobility.ledger.between[:, :, one].sum()
    assert to_work > 2 * first_day.state.mobility.ledger.between[:, :, one].sum()


def test_many_firms_that_come_to_one_wijk_draw_trips_there(next_year, first_day):
    firms = AcquireFirms(from_="2025-01", until="2025-03", firms=400, jobs_each=20, wijk=("Kooigem",))
    here = first_day.geography.sector_wijk == first_day.geography.wijk_number("Kooigem")
    city = in_order(next_year(firms))
    trips = [m.state.mobility.ledger.between.sum(axis=(0, 1))[:113][here].sum() for m in (city, next_year())]
    assert trips[0] > trips[1]


def test_a_city_without_students_still_travels(tmp_path):
    rows = (resources.files("kortrijk_sim.city") / "data" / "institutions.csv").read_text().splitlines()
    without = [re.sub(r"^([^,]+),\d+,", r"\1,0,", row) for row in rows]
    (tmp_path / "institutions.csv").write_text("\n".join(without) + "\n")
    city = KortrijkModel(rng=1, scale=0.05, tables=Tables(tmp_path))
    city.run_for(13)
    in_order(city)
    assert city.indicator("students") == 0
