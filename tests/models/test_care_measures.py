"""Care measures: when and where they act, and that a scenario which holds them can be told from another."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.scenario_files import scenario_from_toml, scenario_to_toml
from kortrijk_sim.models.care_measures import PlacesAdded, places_added, position_of
from kortrijk_sim.models.policy import (
    MONTHS,
    BuildHomes,
    CloseCareSite,
    ConvertCareSite,
    ExtendCareSite,
    GrowHomeCare,
    Measure,
    OpenCareVillage,
    Scenario,
    SupportCarers,
    check_scenario,
)
from kortrijk_sim.models.site_checks import check_care_sites


@pytest.fixture(scope="module")
def geography() -> Geography:
    return load_geography(Tables())


def village(**more: object) -> OpenCareVillage:
    given = {"from": 2030, "name": "The Oak", "nursing_places": 60}
    place = {} if more.keys() & {"wijk", "sector", "lon"} else {"wijk": "Marke"}
    return OpenCareVillage.model_validate(given | place | more)


def extension(**more: object) -> ExtendCareSite:
    return ExtendCareSite.model_validate({"from": 2031, "site": "The Oak", "nursing_places": 10, **more})


def closing(**more: object) -> CloseCareSite:
    return CloseCareSite.model_validate({"from": 2032, "site": "The Oak", **more})


def conversion(**more: object) -> ConvertCareSite:
    return ConvertCareSite.model_validate({"from": 2031, "site": "The Oak", **more})


def checked(*measures: Measure, sites: tuple[str, ...] | None = ("De Zon",)) -> tuple[Measure, ...]:
    tables = Tables()
    scenario = Scenario(measures=measures)
    return check_scenario(scenario, load_geography(tables), Parameters(tables), sites=sites).measures


@pytest.mark.parametrize("measure", [village(), extension(), closing(), conversion()], ids=lambda m: m.measure)
def test_what_is_done_to_a_site_is_done_in_one_month(measure: Measure) -> None:
    scenario = Scenario(measures=(measure,))
    assert [month for month in range(MONTHS) if scenario.active(month)] == [measure.first_month]


@pytest.mark.parametrize(
    "measure",
    [GrowHomeCare(from_=2026, share=0.2), SupportCarers(from_=2026, share_reached=0.2)],
    ids=lambda m: m.measure,
)
def test_home_care_and_support_of_carers_last(measure: Measure) -> None:
    assert measure.months == MONTHS - 12


@pytest.mark.parametrize("make", [village, extension, closing, conversion])
def test_nothing_done_to_a_site_can_be_given_an_end(make: type) -> None:
    with pytest.raises(ValidationError, match="a site stays as it was made"):
        make(until=2040)


def test_a_village_is_run_by_the_city_and_serves_its_neighbourhood_unless_it_is_said() -> None:
    ordinary = village()
    assert (ordinary.operator, ordinary.services, ordinary.price) == ("city", True, "middle")
    assert conversion().price is None


@pytest.mark.parametrize("kind", ["nursing_places", "assisted_homes", "day_care_places"])
def test_one_kind_of_place_is_enough_for_a_site(kind: str) -> None:
    added = {"nursing_places": 0, kind: 7}
    assert sum(places_added([village(**added), extension(**added)])) == 14


def test_places_are_those_that_open_and_those_that_are_added() -> None:
    measures = [
        village(assisted_homes=20),
        extension(day_care_places=5),
        closing(),
        GrowHomeCare(from_=2026, share=0.1),
    ]
    assert places_added(measures) == PlacesAdded(nursing=70, assisted=20, day_care=5)


# --- where ---------------------------------------------------------------------------------------------


def test_a_village_in_a_wijk_lies_where_most_of_its_households_are(geography: Geography) -> None:
    number, x_km, y_km = position_of(village(wijk="kortrijk oost"), geography)
    sector = geography.sectors[number]
    assert geography.wijken[sector.wijk].name == "Kortrijk Oost"
    assert sector.households == max(s.households for s in geography.sectors if s.wijk == sector.wijk)
    assert (x_km, y_km) == (sector.x_km, sector.y_km)


def test_a_village_in_a_sector_lies_at_its_anchor(geography: Geography) -> None:
    for number, sector in enumerate(geography.sectors):
        assert position_of(village(sector=sector.code), geography) == (number, sector.x_km, sector.y_km)


@given(east=st.floats(0, 1), north=st.floats(0, 1), wijk=st.integers(0, 13))
def test_a_village_at_a_point_belongs_to_the_nearest_sector_of_its_wijk(
    geography: Geography, east: float, north: float, wijk: int
) -> None:
    low, high = geography.outlines[wijk].min(axis=0), geography.outlines[wijk].max(axis=0)
    lon, lat = (low + (high - low) * np.array([east, north])).tolist()
    place = village(lon=lon, lat=lat)
    here = geography.wijk_at(lon, lat)
    if here is None:
        with pytest.raises(InputError, match="outside the city"):
            position_of(place, geography)
        return
    number, x_km, y_km = position_of(place, geography)
    assert (x_km, y_km) == geography.project(lon, lat)
    away = {n: math.hypot(s.x_km - x_km, s.y_km - y_km) for n, s in enumerate(geography.sectors) if s.wijk == here}
    assert away[number] == min(away.values())


def test_a_village_on_the_spot_of_a_site_of_today_lies_in_the_same_sector(geography: Geography) -> None:
    for site in load_care_sites(Tables(), geography):
        place = position_of(village(lon=site.lon, lat=site.lat), geography)
        assert place == (site.sector, site.x_km, site.y_km)


# --- names ---------------------------------------------------------------------------------------------


def test_wijken_and_sites_get_their_full_name_however_they_were_written() -> None:
    oak, more, less = checked(village(wijk="MARKE"), extension(site=" the  OAK "), closing(site="de zon"))
    assert isinstance(oak, OpenCareVillage)
    assert isinstance(more, ExtendCareSite)
    assert isinstance(less, CloseCareSite)
    assert (oak.wijk, more.site, less.site) == ("Marke", "The Oak", "De Zon")


def test_the_order_in_the_file_does_not_matter_for_the_order_in_time() -> None:
    assert len(checked(closing(), extension(), conversion(), village())) == 4


def test_a_village_may_grow_and_change_in_the_month_in_which_it_opens() -> None:
    measures = (extension(**{"from": 2030}), village(), conversion(**{"from": "2030-01"}))
    assert checked(*measures) == measures


def test_a_village_cannot_grow_in_the_month_before_it_opens() -> None:
    with pytest.raises(InputError, match=r"measures\[1\]\.site .*'The Oak' opens in 2030, after 2029-12"):
        checked(village(), extension(**{"from": "2029-12"}))


def test_nothing_follows_the_closing_of_a_site() -> None:
    with pytest.raises(InputError, match=r"measures\[1\]\.site \(close_care_site\): 'De Zon' closes in 2032"):
        checked(extension(site="De Zon", **{"from": 2033}), closing(site="De Zon"))


def test_without_the_sites_of_today_any_name_may_be_one_of_them() -> None:
    assert checked(closing(site="Somewhere"), sites=None) == (closing(site="Somewhere"),)


def test_in_a_city_without_care_sites_none_can_close() -> None:
    with pytest.raises(InputError, match="no care site 'De Zon'"):
        checked(closing(site="De Zon"), sites=())


def test_a_village_outside_the_city_is_refused_with_its_key() -> None:
    with pytest.raises(
        InputError, match=r"measures\[1\]\.lon, lat \(open_care_village\): 3\.1, 50\.82 lies outside the city; valid"
    ):
        checked(village(name="Here"), village(lon=3.1, lat=50.82))


def test_a_hundred_villages_are_enough() -> None:
    villages = [village(name=f"Village {number}") for number in range(101)]
    assert len(checked(*villages[:100])) == 100
    with pytest.raises(ValidationError, match="101 care villages in all; valid: up to 100"):
        Scenario(measures=villages)


# --- as a file, and as a fingerprint -------------------------------------------------------------------

points = st.fixed_dictionaries({"lon": st.floats(2.5, 4.0), "lat": st.floats(50.5, 51.2)})
places = st.sampled_from([{"wijk": "Marke"}, {"sector": "34022D00-"}]) | points
villages = st.builds(
    lambda place, more: village(**place, **more),
    places,
    st.fixed_dictionaries(
        {},
        optional={
            "name": st.sampled_from(["De Eik", "'t Huis", 'The "Oak"']),
            "nursing_places": st.integers(1, 2000),
            "assisted_homes": st.integers(0, 2000),
            "day_care_places": st.integers(0, 2000),
            "operator": st.sampled_from(["city", "other"]),
            "price": st.sampled_from(["low", "middle", "high"]),
            "quality": st.floats(0, 1),
            "services": st.booleans(),
            "from": st.sampled_from([2025, "2033-07", 2040]),
        },
    ),
)
others = st.sampled_from(
    [
        extension(),
        closing(),
        conversion(),
        conversion(price="low"),
        GrowHomeCare(from_=2026, until=2030, share=0.2),
        SupportCarers(from_="2026-02", share_reached=0.2),
    ]
)


@given(st.lists(villages | others, max_size=5))
def test_care_measures_survive_writing_and_reading(measures: list[Measure]) -> None:
    scenario = Scenario(measures=tuple(measures))
    again = scenario_from_toml(scenario_to_toml(scenario))
    assert again == scenario
    assert again.digest() == scenario.digest()


def test_the_digest_follows_all_that_is_said_of_a_site() -> None:
    scenarios = [
        (village(),),
        (village(name="The Ash"),),
        (village(**{"from": "2030-02"}),),
        (village(wijk="Bissegem"),),
        (village(sector="34022D00-"),),
        (village(lon=3.233, lat=50.8095),),
        (village(lon=3.2331, lat=50.8095),),
        (village(nursing_places=61),),
        (village(assisted_homes=1),),
        (village(day_care_places=1),),
        (village(operator="other"),),
        (village(price="low"),),
        (village(quality=0.5),),
        (village(services=False),),
        (village(), extension()),
        (village(), extension(**{"from": "2031-02"})),
        (village(), extension(site="De Zon")),
        (village(), conversion()),
        (village(), conversion(price="middle")),
        (village(), conversion(quality=0.6)),
        (village(), closing()),
        (village(), closing(**{"from": 2033})),
        (GrowHomeCare(from_=2026, share=0.2),),
        (GrowHomeCare(from_=2026, until=2030, share=0.2),),
        (GrowHomeCare(from_=2026, share=0.3),),
        (SupportCarers(from_=2026, share_reached=0.2),),
    ]
    assert len({Scenario(measures=measures).digest() for measures in scenarios}) == len(scenarios)


def test_the_digest_does_not_follow_the_way_of_writing() -> None:
    one = Scenario(measures=checked(village(), extension()))
    other = Scenario(measures=checked(village(**{"from": "2030-01"}, wijk="marke"), extension(site="THE OAK")))
    assert one.digest() == other.digest()


@pytest.mark.parametrize(
    "name", ["informal_care_postpones_nursing", "day_care_postpones_nursing", "staff_limits_places"]
)
def test_the_couplings_of_care_are_on_and_can_be_switched_off(name: str) -> None:
    assert Scenario().switch(name)
    assert not Scenario(switches={name: False}).switch(name)


def test_the_measures_of_care_still_stand_with_the_others() -> None:
    from kortrijk_sim.models import measures  # noqa: PLC0415

    assert measures.MEASURES["open_care_village"] is OpenCareVillage
    assert measures.MEASURES["build_homes"] is BuildHomes


def test_sites_of_today_and_villages_together_have_a_limit() -> None:
    villages = tuple(
        OpenCareVillage(name=f"Village {n}", wijk="Marke", from_=2030, nursing_places=1) for n in range(28)
    )
    with pytest.raises(InputError, match="28 care villages beside 100 care sites; valid: 127 in all"):
        check_care_sites(villages, [f"Site {n}" for n in range(100)], "my.toml")
