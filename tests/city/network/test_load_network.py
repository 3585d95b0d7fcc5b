"""The network of Kortrijk as it is read: whole, checked, and honest about what is wrong with a table."""

import numpy as np
import pytest
from agreement import disagreements

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.network import Network, NetworkParams, Skims, layered_graph, load_network, make_skims
from kortrijk_sim.city.network.checking import known_distances, layer_sizes
from kortrijk_sim.city.network.edits import without_crossing
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError


@pytest.fixture(scope="module")
def geography() -> Geography:
    return load_geography(Tables())


@pytest.fixture(scope="module")
def network(geography) -> Network:
    return load_network(Tables(), geography)


@pytest.fixture(scope="module")
def params() -> NetworkParams:
    return Parameters(Tables()).select(NetworkParams)


@pytest.fixture(scope="module")
def skims(network, params) -> Skims:
    return make_skims(network, params)


def refusal(folder, geography, table: str, old: str, new: str) -> str:
    text = Tables().text(table)
    assert old in text
    (folder / f"{table}.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_network(Tables(folder), geography)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_the_zones_are_the_sectors_and_then_the_places_outside(network, geography):
    assert [zone.code for zone in network.zones[:113]] == [sector.code for sector in geography.sectors]
    assert all(zone.inside for zone in network.zones[:113])
    assert not any(zone.inside for zone in network.zones[113:])
    assert {zone.name for zone in network.zones[113:]} >= {m.name for m in geography.municipalities}


def test_a_trip_within_a_sector_is_a_short_walk(network):
    own = network.own_km[:113]
    assert own.min() >= 0.3
    assert own.max() <= 0.8


def test_every_mode_takes_the_path_that_networkx_finds_in_kortrijk(network, params):
    assert disagreements(network, params, range(0, len(network.zones), 17)) == []


def test_known_distances_and_times_are_those_of_the_network(network, params):
    found = known_distances(network, params, Tables())
    assert len(found) >= 15
    assert {row.mode for row in found} == {"walk", "bike", "car", "bus", "train"}
    assert [f"{row.start} - {row.end} by {row.mode}" for row in found if not row.fits] == []


def test_everyone_can_walk_cycle_and_drive_anywhere_in_the_city(skims):
    for minutes in (skims.walk, skims.bike, skims.car):
        assert np.isfinite(minutes[:113, :113]).all()
    assert np.isfinite(skims.car).all()


def test_most_sectors_have_a_bus_to_the_centre_and_a_way_to_gent_by_train(network, skims):
    centre = next(k for k, zone in enumerate(network.zones) if zone.name == "Kortrijk-Centrum")
    gent = next(k for k, zone in enumerate(network.zones) if zone.name == "Gent")
    assert np.isfinite(skims.train_ride[:113, gent]).mean() > 0.8
    assert np.isfinite(skims.bus_ride[:113, centre]).mean() > 0.6
    assert (skims.bus_boardings[np.isfinite(skims.bus_boardings)] >= 1).all()


def test_lines_are_changed_at_hubs_and_stations_only(network, params):
    places = {hub.node for hub in network.hubs} | {node.code for node in network.nodes if node.kind == "station"}
    changes = {stop for layer, stop in layered_graph(network, params) if layer.startswith("change")}
    assert changes
    assert changes <= places


def test_walking_never_uses_a_motorway_or_the_ring(network):
    assert not any(link.walk for link in network.links if link.road in ("ring", "motorway"))
    assert not any(link.bike for link in network.links if link.road == "motorway")


def test_every_bridge_can_be_closed_and_then_some_way_is_longer(network, params, skims):
    names = sorted({link.crossing for link in network.links if link.crossing})
    for name in names[:: max(len(names) // 4, 1)]:
        closed = make_skims(without_crossing(network, name, cut_off=True), params)
        for mode in ("walk", "bike_perceived", "car"):
            assert (getattr(closed, mode) >= getattr(skims, mode) - 1e-3).all(), name
        # a schematic has doubles: on foot, by bike or by car, at least one mode makes a detour, or nobody came here
        assert any((getattr(closed, mode) > getattr(skims, mode)).any() for mode in ("walk", "bike_perceived", "car"))


def test_the_size_of_every_layer_is_told(network):
    sizes = {size.layer: size for size in layer_sizes(network)}
    assert list(sizes) == ["walk", "bike", "car", "bus", "train", "hubs", "zones"]
    assert sizes["zones"].links == 136
    assert sizes["bus"].links + sizes["train"].links == len(network.lines)


def test_an_unknown_node_is_named_with_file_line_and_column(tmp_path, geography):
    message = refusal(
        tmp_path, geography, "network_links", "\nkortrijk_centrum,houtmarkt,", "\nkortrijk_centrum,hootmarkt,"
    )
    assert "network_links.csv, line 2, column 'b': unknown node 'hootmarkt'; did you mean 'houtmarkt'?" in message


def test_a_walk_along_the_motorway_is_refused(tmp_path, geography):
    message = refusal(tmp_path, geography, "network_links", ",local,20,1,1,lane,", ",motorway,20,1,1,lane,")
    assert "line 2" in message
    assert "nobody walks on a road of class 'motorway'" in message


def test_a_zone_without_a_node_is_refused(tmp_path, geography):
    message = refusal(tmp_path, geography, "network_nodes", ",34022A01-,", ",,")
    assert "network_nodes.csv" in message
    assert "no node has zone '34022A01-'" in message


def test_a_zone_with_two_nodes_is_refused(tmp_path, geography):
    message = refusal(tmp_path, geography, "network_nodes", ",34022A01-,", ",34022A00-,")
    assert "line 3, column 'zone': '34022A00-' starts at node 'kortrijk_centrum' already" in message


def test_a_zone_that_nobody_can_reach_is_refused(tmp_path, geography):
    lines = Tables().text("network_links").splitlines()
    kept = [line for line in lines if "houtmarkt" not in line]
    (tmp_path / "network_links.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"zone 'Houtmarkt' \(34022A01-\) cannot be reached on foot"):
        load_network(Tables(tmp_path), geography)


def test_a_line_that_skips_a_number_is_refused(tmp_path, geography):
    message = refusal(tmp_path, geography, "transit_stops", "\n1,2,", "\n1,99,")
    assert "line '1' needs two stops or more, numbered without a gap" in message


def test_a_stop_of_no_line_and_a_hub_at_no_node_are_refused(tmp_path, geography):
    assert "no line 'X9'" in refusal(tmp_path, geography, "transit_stops", "\n1,1,", "\nX9,1,")
    (tmp_path / "transit_stops.csv").unlink()
    message = refusal(tmp_path, geography, "hubs", ",station_kortrijk,", ",station_kortryk,")
    assert (
        "hubs.csv, line 2, column 'node': unknown node 'station_kortryk'; did you mean 'station_kortrijk'?" in message
    )


def test_a_detour_that_is_swept_lengthens_links_without_a_length(geography, network):
    longer = Parameters(Tables()).override({"network_detour_ratio": 2.3})
    stretched = load_network(Tables(), geography, longer)
    before, after = (sum(link.km for link in n.links) for n in (network, stretched))
    assert after > 1.2 * before
