"""Real streets and timetables in the place of the schematic; files that are none are refused in one sentence."""

import csv
import io
import zipfile
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.network import Network, NetworkParams, load_network, make_skims
from kortrijk_sim.city.network.importing import import_network
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.cli import main
from kortrijk_sim.errors import InputError

SIDE = 13
WEST, SOUTH, STEP_LON, STEP_LAT = 3.2450, 50.8150, 0.0034, 0.0022


@pytest.fixture(scope="module")
def geography() -> Geography:
    return load_geography(Tables())


@pytest.fixture(scope="module")
def params() -> NetworkParams:
    return Parameters(Tables()).select(NetworkParams)


def code(x: int, y: int) -> str:
    return str(1000 + SIDE * x + y)


def streets() -> nx.MultiDiGraph:
    """Return a grid of streets over the centre, with the attributes that OSMnx writes."""
    graph = nx.MultiDiGraph(crs="epsg:4326")
    for x in range(SIDE):
        for y in range(SIDE):
            graph.add_node(code(x, y), x=str(WEST + x * STEP_LON), y=str(SOUTH + y * STEP_LAT))
    for x in range(SIDE):
        for y in range(SIDE):
            for to_x, to_y in ((x + 1, y), (x, y + 1)):
                if to_x < SIDE and to_y < SIDE:
                    edge = {"osmid": "7", "highway": "residential", "length": "245.0", "oneway": "False"}
                    if y == 6 == to_y:
                        edge |= {"highway": "['primary', 'residential']", "maxspeed": "['50', '30']", "lanes": "2"}
                    if x == 5 and y == 6:
                        edge |= {"bridge": "yes", "name": "Test Bridge"}
                    graph.add_edge(code(x, y), code(to_x, to_y), **edge)
                    graph.add_edge(code(to_x, to_y), code(x, y), **edge)
    graph.add_edge(code(0, 0), code(1, 1), highway="cycleway", length="340.0")
    graph.add_node("lost", x=str(WEST), y=str(SOUTH + 0.0001))
    graph.add_node("found", x=str(WEST), y=str(SOUTH + 0.0002))
    graph.add_edge("lost", "found", highway="residential", length="10")
    return graph


@pytest.fixture(scope="module")
def graphml(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("streets") / "kortrijk.graphml"
    nx.write_graphml(streets(), file)
    return file


def feed_tables() -> dict[str, list[dict[str, str]]]:
    """Return a feed: a bus every 30 minutes by day over four stops, a rare short course, and one at night only."""
    stops = [
        {"stop_id": f"S{k}", "stop_name": f"Stop {k}", "stop_lon": str(WEST + 3 * k * STEP_LON), "stop_lat": str(SOUTH)}
        for k in range(4)
    ]
    stops.append({"stop_id": "far", "stop_name": "Antwerpen", "stop_lon": "4.42", "stop_lat": "51.22"})
    routes = [
        {"route_id": "r1", "route_short_name": "1", "route_long_name": "Across", "route_type": "3"},
        {"route_id": "ferry", "route_short_name": "F", "route_long_name": "Boat", "route_type": "4"},
    ]
    trips, times = [], []

    def run(trip: str, start: int, stops: tuple[str, ...], service: str = "week", route: str = "r1") -> None:
        trips.append({"route_id": route, "service_id": service, "trip_id": trip, "direction_id": "0"})
        for k, stop in enumerate(stops):
            minute = start + (0, 4, 4, 10, 60)[k]  # whole minutes: two stops at the same one
            clock = f"{minute // 60:02d}:{minute % 60:02d}:00"
            row = {"trip_id": trip, "stop_id": stop, "stop_sequence": str(k + 1), "departure_time": clock}
            times.append(row | {"arrival_time": clock})

    for k in range(24):
        run(f"day{k}", 420 + 30 * k, ("S0", "S1", "S2", "S3", "far"))
    for k in range(2):
        run(f"evening{k}", 1140 + 90 * k, ("S0", "S1", "S2", "S3"))
    run("short", 425, ("S0", "S1"))
    run("saturday", 600, ("S3", "S0"), service="weekend")
    run("boat", 600, ("S0", "S3"), route="ferry")
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    calendar = [
        {"service_id": "week", **{day: str(int(k < 5)) for k, day in enumerate(days)}},
        {"service_id": "weekend", **{day: str(int(k >= 5)) for k, day in enumerate(days)}},
    ]
    for row in calendar:
        row |= {"start_date": "20240108", "end_date": "20240204"}
    return {"stops": stops, "routes": routes, "trips": trips, "stop_times": times, "calendar": calendar}


def zipped(file: Path, tables: dict[str, list[dict[str, str]]]) -> Path:
    with zipfile.ZipFile(file, "w") as feed:
        for name, rows in tables.items():
            text = io.StringIO()
            writer = csv.DictWriter(text, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
            feed.writestr(f"{name}.txt", text.getvalue())
    return file


@pytest.fixture(scope="module")
def gtfs(tmp_path_factory) -> Path:
    return zipped(tmp_path_factory.mktemp("feed") / "bus.zip", feed_tables())


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("tables") / "real"


@pytest.fixture(scope="module")
def imported(folder, graphml, gtfs, geography) -> Network:
    return import_network(Tables(), geography, folder, graphml=graphml, gtfs=[gtfs])


def test_the_written_tables_are_read_as_any_other_and_give_the_same_network(imported, folder, geography):
    assert load_network(Tables(folder), geography) == imported


def test_real_streets_stand_where_they_reach_and_the_schematic_beyond(imported, geography):
    codes = {node.code for node in imported.nodes}
    assert {code(x, y) for x in range(SIDE) for y in range(SIDE)} <= codes
    assert "lost" not in codes  # joined with nothing
    schematic = {node.code for node in load_network(Tables(), geography).nodes}
    assert "kortrijk_centrum" in schematic - codes
    assert any(zone.node in schematic for zone in imported.zones if not zone.inside)


def test_every_zone_starts_at_a_node_of_its_own_not_far_from_its_anchor(imported, geography):
    starts = [zone.node for zone in imported.zones]
    assert len(set(starts)) == len(starts) == 136
    for sector, zone in zip(geography.sectors, imported.zones, strict=False):
        node = imported.nodes[imported.number[zone.node]]
        assert np.hypot(node.x_km - sector.x_km, node.y_km - sector.y_km) < 1


def test_tags_say_what_a_street_is(imported):
    links = {(link.a, link.b): link for link in imported.links}
    main = links.get((code(2, 6), code(3, 6)))
    assert (main.road, main.kmh, main.lanes, main.comfort) == ("secondary", 50, 1, "lane")
    assert main.km == pytest.approx(0.245)
    small = links[code(2, 2), code(3, 2)]
    assert (small.road, small.comfort) == ("local", "mixed")
    path = links[code(0, 0), code(1, 1)]
    assert (path.road, path.kmh, path.comfort) == ("none", 0, "cycleway")
    assert links[code(5, 6), code(6, 6)].crossing == "Test Bridge"


def test_both_directions_of_a_street_become_one_link(imported):
    pairs = [frozenset((link.a, link.b)) for link in imported.links if link.a.isdigit() and link.b.isdigit()]
    assert len(pairs) == len(set(pairs)) == 2 * SIDE * (SIDE - 1) + 1


def test_a_line_is_the_commonest_course_of_its_route_on_a_working_day(imported):
    buses = [line for line in imported.lines if line.kind == "bus"]
    assert [line.name for line in buses] == ["Across"]
    (bus,) = buses
    assert bus.stops == (code(0, 0), code(3, 0), code(6, 0), code(9, 0))  # Antwerpen lies beyond the network
    assert bus.headway_minutes == pytest.approx(720 / 25)  # the short course counts
    assert bus.headway_evening_minutes == 120
    assert bus.minutes == pytest.approx((0, 4, 3, 3))  # two stops of one minute share the way to the next


def test_lines_of_a_kind_that_no_feed_has_stay(imported, geography):
    trains = [line.code for line in load_network(Tables(), geography).lines if line.kind == "train"]
    assert [line.code for line in imported.lines if line.kind == "train"] == trains
    at = {hub.code: hub.node for hub in imported.hubs}["kortrijk_station"]
    assert at.isdigit()
    assert at in imported.exchanges


def test_people_get_about_on_the_imported_network(imported, params):
    skims = make_skims(imported, params)
    assert np.isfinite(skims.car).all()
    assert np.isfinite(skims.walk[:113, :113]).all()
    assert np.isfinite(skims.bus_ride).any()
    assert np.isfinite(skims.train_ride).any()


def test_streets_alone_and_timetables_alone_can_be_imported(tmp_path, graphml, gtfs, geography):
    only_streets = import_network(Tables(), geography, tmp_path / "streets", graphml=graphml)
    assert len([line for line in only_streets.lines if line.kind == "bus"]) > 5
    only_lines = import_network(Tables(), geography, tmp_path / "lines", gtfs=[gtfs])
    assert only_lines.nodes == load_network(Tables(), geography).nodes
    assert [line.name for line in only_lines.lines if line.kind == "bus"] == ["Across"]


def test_the_command_imports_shows_and_checks(tmp_path, graphml, gtfs, capsys):
    out = tmp_path / "real"
    assert main(["network", "import", "--graphml", str(graphml), "--gtfs", str(gtfs), "--out", str(out)]) == 0
    assert "Across" in capsys.readouterr().out
    assert main(["network", "show", "--tables", str(out)]) == 0
    assert "Across" in capsys.readouterr().out
    assert main(["network", "check", "--tables", str(out)]) in (0, 1)  # a grid has other distances than Kortrijk
    assert "known distances and times fit" in capsys.readouterr().out
    assert main(["network", "import", "--graphml", str(graphml), "--out", str(out)]) == 2
    assert "stands there already; valid: another folder, or --overwrite" in capsys.readouterr().err
    assert main(["network", "import", "--graphml", str(graphml), "--out", str(out), "--overwrite"]) == 0


def test_the_commands_show_and_check_the_network_of_the_package(capsys):
    assert main(["network", "show"]) == 0
    assert "113 sectors, 23 places outside" in capsys.readouterr().out
    assert main(["network", "check"]) == 0
    assert "NO" not in capsys.readouterr().out.replace("No stop", "")


def refused(geography, out: Path, **files) -> str:
    with pytest.raises(InputError) as caught:
        import_network(Tables(), geography, out, **files)
    assert not list(out.glob("*.csv"))
    return " ".join(str(caught.value).split())


def test_nothing_to_import_is_said_so(tmp_path, geography):
    assert "nothing to import; valid: --graphml FILE" in refused(geography, tmp_path / "out")


@pytest.mark.parametrize("text", ["", "no xml at all", "<graphml>", "<html><body/></html>"])
def test_a_file_that_is_no_street_graph_is_refused(tmp_path, geography, text):
    file = tmp_path / "bad.graphml"
    file.write_text(text, encoding="utf-8")
    assert "bad.graphml" in refused(geography, tmp_path / "out", graphml=file)


def test_a_street_graph_that_is_not_there_is_refused(tmp_path, geography):
    message = refused(geography, tmp_path / "out", graphml=tmp_path / "none.graphml")
    assert "none.graphml: cannot be read (No such file or directory)." in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda g: g.nodes[code(0, 0)].pop("x"), "node '1000' has no x and y"),
        (lambda g: g.nodes[code(0, 0)].update(x="50.82", y="3.26"), "valid: x and y in degrees"),
        (lambda g: g.edges[code(0, 0), code(0, 1), 0].pop("length"), "has no length; valid: metres"),
        (lambda g: g.edges[code(0, 0), code(0, 1), 0].update(length="nan"), "valid: metres above 0"),
        (lambda g: [d.update(highway="footway") for _, _, d in g.edges(data=True)], "valid: a graph of all streets"),
        (lambda g: g.remove_nodes_from([n for n in g if n not in (code(0, 0), code(0, 1))]), "span no area"),
        (lambda g: g.remove_edges_from(list(g.edges)), "valid: a graph of all streets"),
    ],
)
def test_a_street_graph_with_something_missing_is_refused(tmp_path, geography, change, words):
    graph = streets()
    change(graph)
    nx.write_graphml(graph, tmp_path / "bad.graphml")
    assert words in refused(geography, tmp_path / "out", graphml=tmp_path / "bad.graphml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.pop("routes"), "has no routes.txt; valid: a GTFS feed"),
        (lambda t: [row.pop("stop_lat") for row in t["stops"]], "stops.txt: column 'stop_lat' is missing"),
        (lambda t: t.pop("calendar"), "no working day in its calendar"),
        (lambda t: [row.update(start_date="soon") for row in t["calendar"]], "'soon' is no date; valid: YYYYMMDD"),
        (lambda t: [row.update(stop_lon="9.0") for row in t["stops"]], "no bus or train stops within the network"),
        (lambda t: [row.update(stop_sequence="x") for row in t["stop_times"]], "a stop_sequence is not a number"),
        (
            lambda t: [row.update(departure_time="noon") for row in t["stop_times"]],
            "no bus or train stops within the network",
        ),
        (lambda t: [row.update(route_type="4") for row in t["routes"]], "no bus or train stops within the network"),
    ],
)
def test_a_feed_with_something_missing_is_refused(tmp_path, geography, change, words):
    tables = feed_tables()
    change(tables)
    file = zipped(tmp_path / "bad.zip", tables)
    message = refused(geography, tmp_path / "out", gtfs=[file])
    assert "bad.zip" in message
    assert words in message


def test_a_feed_that_is_no_zip_is_refused(tmp_path, geography):
    file = tmp_path / "bad.zip"
    file.write_text("stops", encoding="utf-8")
    assert "cannot be read as a zip" in refused(geography, tmp_path / "out", gtfs=[file])


def test_a_feed_with_exception_days_only_is_read(tmp_path, geography):
    tables = feed_tables()
    del tables["calendar"]
    dates = [("week", "20240109", "1"), ("week", "20240110", "1"), ("week", "20240110", "2")]
    tables["calendar_dates"] = [{"service_id": s, "date": d, "exception_type": e} for s, d, e in dates]
    network = import_network(Tables(), geography, tmp_path / "out", gtfs=[zipped(tmp_path / "feed.zip", tables)])
    assert "Across" in {line.name for line in network.lines}
