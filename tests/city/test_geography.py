"""The map: wijken, sectors, borders and distances."""

import csv
import math
import re
from pathlib import Path

import numpy as np
import pytest
from shapely import Point, Polygon, STRtree, transform, unary_union

from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.places import KM_PER_DEGREE_LAT, KM_PER_DEGREE_LON, is_inside
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

BORDER_KM = 0.02  # wijken that touch over less than this are not neighbours


@pytest.fixture(scope="module")
def city() -> Geography:
    return load_geography(Tables())


def polygons_km(city: Geography) -> list[Polygon]:
    return [
        transform(Polygon(ring), lambda c: np.column_stack(city.project(c[:, 0], c[:, 1]))) for ring in city.outlines
    ]


def great_circle_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    (lon1, lat1), (lon2, lat2) = np.radians(one), np.radians(other)
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(half))


def test_the_city_has_14_wijken_in_113_sectors_and_12_neighbouring_municipalities(city):
    assert [wijk.code for wijk in city.wijken] == [f"34022W{n:02d}" for n in range(1, 15)]
    assert len(city.outlines) == 14
    assert len({sector.code for sector in city.sectors}) == 113
    assert len(city.municipalities) == 12
    assert {"Kortrijk", "Bissegem"} <= {station.name for station in city.stations}


def test_sector_columns_have_the_types_kernels_expect(city):
    assert (city.sector_wijk.dtype, city.sector_x_km.dtype) == (np.int16, np.float32)
    assert city.sector_wijk.shape == city.sector_x_km.shape == city.sector_y_km.shape == (113,)
    assert set(city.sector_wijk) == set(range(14))


def test_sectors_add_up_to_the_city(city):
    assert sum(sector.households for sector in city.sectors) == 35_120
    assert sum(sector.population for sector in city.sectors) == 81_045
    assert all(sector.population >= sector.households for sector in city.sectors)


def test_every_deelgemeente_has_the_population_of_the_register(city):
    register = {
        "A": 44_833,
        "B": 12_659,
        "C": 5_522,
        "D": 7_594,
        "E": 2_909,
        "F": 2_843,
        "G": 3_875,
        "H": 810,
    }
    for letter, population in register.items():
        assert sum(s.population for s in city.sectors if s.code[5] == letter) == population


def test_every_sector_lies_in_its_wijk(city):
    shapes = [Polygon(ring) for ring in city.outlines]
    for sector in city.sectors:
        assert shapes[sector.wijk].contains(Point(sector.lon, sector.lat)), sector.name
        assert city.wijk_at(sector.lon, sector.lat) == sector.wijk, sector.name


def test_no_two_sectors_stand_on_the_same_spot(city):
    points = [Point(s.x_km, s.y_km) for s in city.sectors]
    pairs = STRtree(points).query(points, predicate="dwithin", distance=0.1)
    assert pairs.shape[1] == len(points)  # each finds itself only


def test_generalised_outlines_keep_the_area_of_each_wijk(city):
    for wijk, shape in zip(city.wijken, polygons_km(city), strict=True):
        assert shape.is_valid
        assert shape.area == pytest.approx(wijk.area_km2, rel=0.02), wijk.name


def test_generalised_outlines_neither_overlap_nor_leave_gaps(city):
    shapes = polygons_km(city)
    whole = unary_union(shapes)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert whole.area == pytest.approx(sum(shape.area for shape in shapes), rel=1e-9)


def test_outlines_touch_exactly_where_the_source_says_wijken_are_neighbours(city):
    shapes = polygons_km(city)
    touch = np.array([[a is not b and a.intersection(b).length > BORDER_KM for a in shapes] for b in shapes])
    np.testing.assert_array_equal(touch, city.adjacent)


def test_borders_are_shared_by_both_sides(city):
    assert city.adjacent.shape == (14, 14)
    assert (city.adjacent == city.adjacent.T).all()
    assert not city.adjacent.diagonal().any()
    assert city.adjacent.any(axis=1).all()
    assert city.adjacent[city.wijk_number("Kortrijk Centrum"), city.wijk_number("Kortrijk Noord")]
    assert not city.adjacent[city.wijk_number("Kooigem"), city.wijk_number("Heule Sente")]


def test_distances_in_the_plane_are_those_on_the_globe(city):
    places = [(p.lon, p.lat) for p in [*city.sectors, *city.municipalities]]
    for i, one in enumerate(places):
        for other in places[i + 1 :: 7]:
            (x1, y1), (x2, y2) = city.project(*one), city.project(*other)
            assert math.hypot(x2 - x1, y2 - y1) == pytest.approx(great_circle_km(one, other), rel=0.003)


def test_the_plane_starts_at_kortrijk_station_and_grows_to_the_north_east(city):
    station = next(s for s in city.stations if s.name == "Kortrijk")
    assert (station.x_km, station.y_km) == (0.0, 0.0)
    x, y = city.project(np.array([station.lon + 1]), np.array([station.lat + 1]))
    assert (x[0], y[0]) == pytest.approx((KM_PER_DEGREE_LON, KM_PER_DEGREE_LAT))
    kooigem = city.sectors[-1]
    assert kooigem.x_km > 0 > kooigem.y_km


def test_the_station_lies_in_the_centre_and_paris_outside(city):
    assert city.wijk_at(3.264549, 50.8275) == city.wijk_number("Kortrijk Centrum")
    assert city.wijk_at(2.35, 48.86) is None


def test_points_are_found_inside_a_ring_as_shapely_finds_them(city):
    ring = city.outlines[6]
    low, high = ring.min(axis=0), ring.max(axis=0)
    shape = Polygon(ring)
    for lon in np.linspace(low[0], high[0], 23):
        for lat in np.linspace(low[1], high[1], 23):
            assert is_inside(lon, lat, ring) == shape.contains(Point(lon, lat))


@pytest.mark.parametrize("name", ["Heule Centrum", "heule centrum", " HEULE  centrum ", "W04", "34022w04"])
def test_a_wijk_answers_to_its_name_and_code_in_any_case(city, name):
    assert city.wijk_number(name) == 3


def test_an_unknown_wijk_gets_the_nearest_name(city):
    with pytest.raises(InputError, match="did you mean 'Heule Centrum'"):
        city.wijk_number("heulle centrum")
    with pytest.raises(InputError, match=r"valid: Aalbeke.*Rollegem"):
        city.wijk_number("Oostende")


def test_the_wijken_carry_the_attribution_their_licence_asks_for(city):
    publishers = "© gemeentebesturen, verzameld door Data & Analyse van de Vlaamse provincies"
    line = f"Wijken voor omgevingsanalyse. {publishers}"
    assert line in city.attribution
    assert "gemeente_statsec_wijken/readme.md" in city.attribution
    notice = (Path(__file__).parents[2] / "NOTICE").read_text(encoding="utf-8")
    assert line in notice


def test_most_anchors_are_labelled_as_assumed(city):
    assert {s.name for s in city.sectors if s.anchor_class == "observed"} == {"Groenpark"}


def edited(folder: Path, table: str, old: str, new: str) -> Tables:
    """A folder with one table of the package in which one piece of text is another."""
    text = Tables().text(table)
    assert old in text
    (folder / f"{table}.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    return Tables(folder)


@pytest.mark.parametrize(
    ("table", "old", "new", "complaint"),
    [
        ("wijken", "W13|W14", "W13|W99", r"wijken\.csv, line 2, neighbours: unknown wijk 'W99'"),
        ("wijken", "W13|W14", "W14", r"wijken\.csv, line 14, neighbours: Marke and Aalbeke must both name"),
        ("wijken", "W13|W14", "W01|W13|W14", r"line 2, neighbours: Aalbeke is named as its own neighbour"),
        ("wijken", "34022W02", "34022W01", r"wijken\.csv: a wijk code stands twice"),
        ("sectors", "34022W08", "34022W18", r"sectors\.csv, line 2, wijk: unknown wijk '34022W18'"),
        ("sectors", "34022A01-", "34022A00-", r"sectors\.csv, line 3, code: sector '34022A00-' stands twice"),
        ("sectors", "3.26450", "50.8279", r"sectors\.csv, line 2, column 'lon': .*less than or equal to 4"),
        ("wijk_outlines", "34022W01,3,", "34022W01,4,", r"wijk_outlines\.csv, point: wijk '34022W01' needs"),
    ],
)
def test_a_map_that_contradicts_itself_is_refused_in_one_sentence(tmp_path, table, old, new, complaint):
    with pytest.raises(InputError) as caught:
        load_geography(edited(tmp_path, table, old, new))
    message = str(caught.value)
    assert re.search(complaint, message)
    assert "\n" not in message


def test_the_neighbours_in_the_table_are_those_of_the_source_outlines():
    rows = list(csv.DictReader(Tables().text("wijken").splitlines()))
    pairs = {frozenset((row["code"][-3:], other)) for row in rows for other in row["neighbours"].split("|")}
    assert len(pairs) == 25  # counted on the source outlines, borders longer than 20 m
