"""Today's care sites: known totals, right places, labelled assumptions, a user's own set."""

import csv
import math
import re

import pytest

from kortrijk_sim.city.care_sites import CareSite, CareSiteRow, load_care_sites
from kortrijk_sim.city.facts import Facts
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.synthesis import synthesise
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

HEADER = (
    "code,name,operator,lon,lat,nursing_places,assisted_homes,day_care_places,price_eur_day,quality,services,"
    "class,source"
)
HOME = "X1,Rest,city,3.2645,50.8279,60,10,5,65,0.5,0,assumed,a user's own"
OTHER = "X2,Peace,other,3.2350,50.8385,0,24,0,70,0.6,1,observed,a user's own"

SUB_MUNICIPALITIES = {
    "Kortrijk": ["Kortrijk Centrum", "Kortrijk Noord", "Kortrijk Oost", "Kortrijk West", "Kortrijk Zuid"],
    "Heule": ["Heule Centrum", "Heule Sente", "Heule Watermolen"],
    "Marke": ["Marke"],
    "Bissegem": ["Bissegem"],
    "Bellegem": ["Bellegem"],
    "Aalbeke": ["Aalbeke"],
    "Rollegem": ["Rollegem"],
}


@pytest.fixture(scope="module")
def city() -> Geography:
    return load_geography(Tables())


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(Tables())


@pytest.fixture(scope="module")
def sites(city) -> list[CareSite]:
    return load_care_sites(Tables(), city)


@pytest.fixture(scope="module")
def rows() -> list[CareSiteRow]:
    return Tables().rows("care_sites", CareSiteRow)


def nursing(sites) -> int:
    return sum(site.nursing_places for site in sites)


def reading(folder, *lines: str) -> Tables:
    (folder / "care_sites.csv").write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return Tables(folder)


def test_nursing_places_serve_the_inhabitants_and_the_neighbouring_municipalities(sites):
    assert nursing(sites) == round(1_150 / (1 - 0.13)) == 1_322  # 13 % used by neighbours: assumption of the project


def test_the_city_has_more_than_20_places_per_100_inhabitants_aged_75_or_more(sites, facts):
    ages = csv.DictReader(Tables().text("age_sex_2025").splitlines())
    aged = sum(float(row["female"]) + float(row["male"]) for row in ages if int(row["age"]) >= 75)
    places = nursing(sites) + sum(site.assisted_homes for site in sites)
    per_100 = facts.value("care_places_per_100_aged_75plus")
    assert per_100 < 100 * places / aged < per_100 + 1
    assert places > facts.value("care_places_2014")


def test_the_city_operates_the_share_of_nursing_places_it_wants_to_keep(sites, facts):
    own = nursing(site for site in sites if site.operator == "city")
    target = facts.value("city_care_market_share")
    assert target <= 100 * own / nursing(sites) < target + 1.5


def test_the_five_homes_of_the_city_hold_the_456_residents_counted_in_may_2020(sites):
    own = {site.name: site.nursing_places for site in sites if site.operator == "city" and site.nursing_places}
    assert set(own) == {"Sint-Jozef", "De Zon", "De Weister", "Ter Melle", "Biezenheem"}
    assert sum(own.values()) == 456


def test_day_care_is_as_frequent_as_in_flanders(sites):
    centres = [site.day_care_places for site in sites if site.day_care_places]
    homes = [site for site in sites if site.nursing_places]
    assert len(centres) == pytest.approx(len(homes) * 323 / 826, abs=1)  # centres and homes in Flanders, 2021
    assert 75 <= sum(centres) <= 90


def test_known_homes_have_their_published_capacity(sites):
    known = {site.name: site for site in sites}
    assert known["De Zon"].nursing_places == 96
    assert (known["Sint-Jozef"].nursing_places, known["Sint-Jozef"].day_care_places) == (132, 15)
    assert known["De Korenbloem"].nursing_places == 177
    assert (known["De Houtmarkt"].nursing_places, known["De Houtmarkt"].assisted_homes) == (155, 33)
    assert known["Budalys"].assisted_homes == 52


@pytest.mark.parametrize(
    ("name", "wijk"),
    [
        ("Sint-Jozef", "Kortrijk West"),
        ("De Zon", "Bellegem"),
        ("De Weister", "Aalbeke"),
        ("Ter Melle", "Heule Centrum"),
        ("Biezenheem", "Bissegem"),
        ("De Korenbloem", "Kortrijk Oost"),
        ("De Houtmarkt", "Kortrijk Centrum"),
        ("Sint-Carolus", "Kortrijk Noord"),
        ("Heilig Hart", "Kortrijk Centrum"),
        ("Budalys", "Kortrijk Centrum"),
        ("De Wijngaard", "Kortrijk Centrum"),
        ("De Pottelberg", "Kortrijk West"),
        ("De Ruyschaert", "Marke"),
        ("Home 't Hoge", "Kortrijk Zuid"),
    ],
)
def test_a_home_lies_in_the_wijk_its_source_gives_or_assumes(sites, city, name, wijk):
    site = next(site for site in sites if site.name == name)
    assert city.wijken[site.wijk].name == wijk


def test_a_synthetic_group_lies_in_the_wijk_or_sector_it_is_called_after(sites, city):
    for site in sites:
        if "synthetic" in site.name:
            part = site.name.removeprefix("Assisted homes ").removesuffix(" (synthetic)")
            assert part in {city.wijken[site.wijk].name, city.sectors[site.sector].name}


def test_every_larger_part_of_the_city_has_a_care_site(sites, city):
    served = {city.wijken[site.wijk].name for site in sites}
    for part, wijken in SUB_MUNICIPALITIES.items():
        assert served & set(wijken), part


def test_a_site_belongs_to_the_nearest_sector_of_its_wijk(sites, city):
    for site in sites:
        assert city.wijk_at(site.lon, site.lat) == site.wijk
        assert (site.x_km, site.y_km) == city.project(site.lon, site.lat)
        far = {
            number: math.hypot(sector.x_km - site.x_km, sector.y_km - site.y_km)
            for number, sector in enumerate(city.sectors)
            if sector.wijk == site.wijk
        }
        assert far[site.sector] == min(far.values()), site.name


def test_no_two_sites_share_a_name_or_a_spot(sites):
    assert len({site.name.casefold() for site in sites}) == len({(s.lon, s.lat) for s in sites}) == len(sites)


def test_what_is_assumed_says_so_and_only_that(rows):
    for row in rows:
        assert row.source.startswith("assumed: ") == (row.kind == "assumed"), row.name
        assert "synthetic" not in row.name or row.kind == "assumed", row.name
    assert {row.kind for row in rows} == {"observed", "assumed"}


def test_a_real_name_with_assumed_places_says_where_the_number_comes_from(rows):
    for row in rows:
        if row.kind == "assumed" and "synthetic" not in row.name:
            assert row.source.startswith("assumed: number of places "), row.name


def test_every_real_home_says_that_its_price_and_quality_are_assumed(rows):
    for row in rows:
        assert "synthetic" in row.name or "price, quality and exact point assumed" in row.source, row.name


def test_homes_of_the_city_are_cheaper_and_prices_those_of_the_region(sites):
    assert all(62 <= site.price_eur_day <= 74 for site in sites)  # West Flanders 2022 to Flanders 2024
    means = {
        operator: sum(s.price_eur_day * s.nursing_places for s in sites if s.operator == operator)
        / nursing(s for s in sites if s.operator == operator)
        for operator in ("city", "other")
    }
    assert 2 < means["other"] - means["city"] < 6
    assert all(0.4 <= site.quality <= 0.6 for site in sites)


def test_none_of_todays_sites_is_a_care_village(sites):
    assert not any(site.services for site in sites)


def test_a_users_sites_replace_those_of_the_package(tmp_path, city):
    first, second = load_care_sites(reading(tmp_path, HOME, OTHER), city)
    assert (first.name, first.operator, first.nursing_places, first.assisted_homes) == ("Rest", "city", 60, 10)
    assert (first.day_care_places, first.price_eur_day, first.services, first.kind) == (5, 65, False, "assumed")
    assert (second.services, second.kind, second.quality) == (True, "observed", 0.6)
    assert city.wijken[second.wijk].name == "Heule Centrum"


def test_a_user_may_study_a_city_without_care_sites(tmp_path, city):
    assert load_care_sites(reading(tmp_path), city) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("X2,Peace", "X2, rest ", r"line 3, column 'name': 'rest' stands in line 2 already"),
        ("X2,Peace", "x1,Peace", r"line 3, column 'code': 'x1' stands in line 2 already"),
        ("0,24,0", "0,0,0", r"line 3: nursing_places, assisted_homes and day_care_places of 'Peace' are all 0"),
        (
            "3.2350,50.8385",
            "3.7200,51.0500",
            r"line 3, columns 'lon' and 'lat': 'Peace' \(3\.72, 51\.05\) lies outside",
        ),
        ("3.2350,50.8385", "50.8385,3.2350", r"line 3, column 'lon': .*less than or equal to 4"),
        ("0,24,0", "-1,24,0", r"line 3, column 'nursing_places': .*greater than or equal to 0"),
        ("0,24,0", "0,-24,0", r"line 3, column 'assisted_homes': .*greater than or equal to 0"),
        ("0,24,0", "0,24,-3", r"line 3, column 'day_care_places': .*greater than or equal to 0"),
        ("0,24,0", "0,24.5,0", r"line 3, column 'assisted_homes': .*integer"),
        ("0,24,0", "0,240000,0", r"line 3, column 'assisted_homes': .*less than or equal to 5000"),
        (",70,0.6", ",-70,0.6", r"line 3, column 'price_eur_day': .*greater than 0"),
        (",70,0.6", ",2100,0.6", r"line 3, column 'price_eur_day': .*less than or equal to 300"),
        (",70,0.6", ",70,6", r"line 3, column 'quality': .*less than or equal to 1"),
        (",other,", ",state,", r"line 3, column 'operator': .*'city' or 'other'"),
        (",1,observed", ",7,observed", r"line 3, column 'services': .*boolean"),
        (",observed,", ",guessed,", r"line 3, column 'class': .*'observed' or 'assumed'"),
        (",observed,a user's own", ",observed,", r"line 3, column 'source': Field required"),
    ],
)
def test_a_bad_line_is_refused_in_one_sentence(tmp_path, city, old, new, complaint):
    assert old in OTHER
    with pytest.raises(InputError) as caught:
        load_care_sites(reading(tmp_path, HOME, OTHER.replace(old, new, 1)), city)
    message = str(caught.value)
    assert re.search(r"care_sites\.csv, " + complaint, message), message
    assert "\n" not in message


def test_a_missing_column_is_named(tmp_path, city):
    (tmp_path / "care_sites.csv").write_text("code,name\nX1,Rest\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"care_sites\.csv, line 1: column 'assisted_homes' is missing"):
        load_care_sites(Tables(tmp_path), city)


def test_a_city_whose_homes_have_no_places_is_refused(tmp_path) -> None:
    lines = Tables().text("care_sites").splitlines()
    (tmp_path / "care_sites.csv").write_text(lines[0] + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="no nursing places"):
        synthesise(Tables(tmp_path), scale=0.05)


def test_more_sites_than_the_city_can_hold_are_refused(tmp_path) -> None:
    head, line = Tables().text("care_sites").splitlines()[:2]
    code, name = line.split(",")[:2]
    copies = [line.replace(f"{code},{name}", f"X{n},Copy {n}", 1) for n in range(130)]
    (tmp_path / "care_sites.csv").write_text("\n".join([head, *copies]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="130 care sites; valid: up to 100"):
        load_care_sites(Tables(tmp_path), load_geography(Tables()))
