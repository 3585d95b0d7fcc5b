"""Real streets and timetables in the place of the schematic, as tables that every command accepts.

A street graph replaces the schematic within the area it covers; what lies beyond, out to Gent and Brussels,
stays, joined at the nearest real node. Hubs, stations, stops and the zones' nodes move to the nearest node that
one reaches on foot, by bike and by car. A feed replaces the lines of the kinds it has.
"""

from __future__ import annotations

import csv
import math
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel
from scipy.spatial import ConvexHull, KDTree, QhullError

from kortrijk_sim.arrays import BoolArray, FloatArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network.loading import load_network
from kortrijk_sim.city.network.network import Network
from kortrijk_sim.city.network.rows import HubRow, KnownDistanceRow, LineRow, LinkRow, NodeRow, StopRow
from kortrijk_sim.city.network.street_files import Streets, read_streets
from kortrijk_sim.city.network.timetables import Timetable, read_timetable
from kortrijk_sim.city.places import project
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

SNAP_KM = 1.0  # a stop farther from every node than this lies outside the network
MARGIN_DEGREES = 0.02  # around the nodes, when a feed is searched for stops


class _Tables(NamedTuple):
    """The tables of a network that an import writes, as rows."""

    network_nodes: list[NodeRow]
    network_links: list[LinkRow]
    transit_lines: list[LineRow]
    transit_stops: list[StopRow]
    hubs: list[HubRow]
    known_distances: list[KnownDistanceRow]


def import_network(
    tables: Tables,
    geography: Geography,
    out: Path,
    *,
    graphml: Path | None = None,
    gtfs: Sequence[Path] = (),
    overwrite: bool = False,
) -> Network:
    """Write tables with real streets, real lines or both to a folder.

    Args:
        tables: The tables that are replaced in part.
        geography: The map.
        out: Folder for the tables, made when it is not there.
        graphml: Street graph, as ``osmnx.save_graphml`` writes it.
        gtfs: Feeds, as zips.
        overwrite: Whether tables that stand in the folder are replaced.

    Returns:
        The network, read back from the new tables.

    Raises:
        InputError: Nothing was given to import, a file is not valid, the network that comes of it does not hold
            together, or tables stand in the folder already; then nothing is written.
    """
    if graphml is None and not gtfs:
        raise InputError("network import: nothing to import; valid: --graphml FILE, --gtfs FILE.zip or both")
    names = _Tables._fields
    if out.exists() and not out.is_dir():
        raise InputError(f"{out}: not a folder; valid: a folder for the tables")
    standing = [name for name in names if (out / f"{name}.csv").exists()]
    if standing and not overwrite:
        raise InputError(f"{out}: {standing[0]}.csv stands there already; valid: another folder, or --overwrite")
    rows = _Tables(
        tables.rows("network_nodes", NodeRow),
        tables.rows("network_links", LinkRow),
        tables.rows("transit_lines", LineRow),
        tables.rows("transit_stops", StopRow),
        tables.rows("hubs", HubRow),
        tables.rows("known_distances", KnownDistanceRow),
    )
    if graphml is not None:
        rows = _with_streets(rows, read_streets(graphml, tables), graphml)
    for feed in gtfs:
        rows = _with_timetable(rows, feed)
    with tempfile.TemporaryDirectory() as folder:
        _write(Path(folder) / "network_nodes.csv", NodeRow, rows.network_nodes)
        _write(Path(folder) / "network_links.csv", LinkRow, rows.network_links)
        _write(Path(folder) / "transit_lines.csv", LineRow, rows.transit_lines)
        _write(Path(folder) / "transit_stops.csv", StopRow, rows.transit_stops)
        _write(Path(folder) / "hubs.csv", HubRow, rows.hubs)
        _write(Path(folder) / "known_distances.csv", KnownDistanceRow, rows.known_distances)
        if tables.folder is not None:  # what the user replaced before stays replaced
            for file in tables.folder.glob("*.csv"):
                if file.stem not in names:
                    shutil.copy(file, folder)
        network = load_network(Tables(folder), geography)
        try:
            out.mkdir(parents=True, exist_ok=True)
            for file in sorted(Path(folder).glob("*.csv")):
                shutil.copy(file, out / file.name)
        except OSError as error:
            raise InputError(f"{out}: cannot be written ({error.strerror}).") from error
    return network


def _with_streets(rows: _Tables, streets: Streets, file: Path) -> _Tables:
    """Put real streets where they reach, and move what stood there to them."""
    xy = streets.xy_km()
    usable = np.flatnonzero(streets.usable)
    covered = _covered(xy, rows.network_nodes, file)
    tree = KDTree(xy[usable])
    place: dict[str, str] = {}
    zone_at: dict[int, str] = {}
    moved: dict[int, NodeRow] = {}
    for row, is_covered in zip(rows.network_nodes, covered, strict=True):
        if not is_covered:
            place[row.node] = row.node
            continue
        nearest = usable[tree.query(project(row.lon, row.lat), k=min(len(usable), 1 if not row.zone else 200))[1]]
        options = [int(node) for node in np.atleast_1d(nearest)]
        if row.zone:
            options = [node for node in options if node not in zone_at]
            if not options:
                raise InputError(
                    f"{file}: too few nodes for the zones near '{row.name}'; valid: a graph of all streets"
                )
            zone_at[options[0]] = row.zone
        chosen = options[0]
        place[row.node] = streets.nodes[chosen].code
        if row.zone or (row.kind == "station" and chosen not in zone_at):
            moved[chosen] = row
        if row.kind == "station" and chosen in moved and moved[chosen].kind != "station":
            moved[chosen] = moved[chosen].model_copy(update={"kind": "station"})
    source = streets.links[0].source
    nodes = [row for row, is_covered in zip(rows.network_nodes, covered, strict=True) if not is_covered]
    taken = {row.node for row in nodes}
    for number, node in enumerate(streets.nodes):
        if node.code in taken:
            raise InputError(f"{file}: node '{node.code}' has the code of a node of the tables; valid: other codes")
        at = moved.get(number)
        kind = at.kind if at is not None else "junction"
        name = at.name if at is not None else ""
        zone = zone_at.get(number, "")
        nodes.append(
            NodeRow(node=node.code, name=name, kind=kind, lon=node.lon, lat=node.lat, zone=zone, source=source)
        )
    real = {node.code for node in streets.nodes}
    links = list(streets.links)
    for link in rows.network_links:
        a, b = place[link.a], place[link.b]
        if a != b and not (a in real and b in real):  # within the real streets the schematic is done with
            links.append(link.model_copy(update={"a": a, "b": b}))
    return _moved(rows._replace(network_nodes=nodes, network_links=_once(links)), place)


def _covered(xy: FloatArray, rows: Sequence[NodeRow], file: Path) -> BoolArray:
    """Return which nodes of the schematic lie within the area of the real streets."""
    try:
        sides = ConvexHull(xy).equations  # (sides, 3): a point is inside when it is on the inner side of all
    except (QhullError, ValueError) as error:
        raise InputError(f"{file}: its nodes span no area; valid: the streets of the city") from error
    points = np.array([project(row.lon, row.lat) for row in rows]).reshape(-1, 2)
    covered: BoolArray = (points @ sides[:, :2].T + sides[:, 2] <= 0).all(axis=1)
    return covered


def _once(links: Iterable[LinkRow]) -> list[LinkRow]:
    """Return links with one of each road between two nodes: the first."""
    found: dict[tuple[str, str, str], LinkRow] = {}
    for link in links:
        found.setdefault((min(link.a, link.b), max(link.a, link.b), link.road), link)
    return list(found.values())


def _moved(rows: _Tables, place: dict[str, str]) -> _Tables:
    """Return the tables with stops, hubs and known distances at new nodes."""
    stops: list[StopRow] = []
    lines: list[LineRow] = []
    for line in rows.transit_lines:
        course = sorted((stop for stop in rows.transit_stops if stop.line == line.line), key=lambda stop: stop.sequence)
        at = [(place.get(stop.node, stop.node), stop.minutes or 0.0) for stop in course]
        kept = _numbered(line.line, at, line.source)
        if len(kept) > 1:
            lines.append(line)
            stops += kept
    hubs = [hub.model_copy(update={"node": place.get(hub.node, hub.node)}) for hub in rows.hubs]
    known = [
        row.model_copy(update={"from_": place.get(row.from_, row.from_), "to": place.get(row.to, row.to)})
        for row in rows.known_distances
    ]
    known = [row for row in known if row.from_ != row.to]
    return rows._replace(transit_lines=lines, transit_stops=stops, hubs=hubs, known_distances=known)


def _numbered(line: str, at: Iterable[tuple[str, float]], source: str) -> list[StopRow]:
    """Return the stops of a line; stops that fell on one node become one, and no minute is lost."""
    kept: list[StopRow] = []
    waiting = 0.0
    for node, minutes in at:
        waiting += minutes
        if kept and kept[-1].node == node:
            continue
        kept.append(StopRow(line=line, sequence=len(kept), node=node, minutes=waiting if kept else 0.0, source=source))
        waiting = 0.0
    return kept


def _with_timetable(rows: _Tables, file: Path) -> _Tables:
    """Put the lines of a feed in the place of those of the same kinds."""
    walkable = {end for link in rows.network_links if link.walk for end in (link.a, link.b)}
    stations = {row.node for row in rows.network_nodes if row.kind == "station"}
    nodes = [row for row in rows.network_nodes if row.node in walkable]
    lon, lat = np.array([row.lon for row in nodes]), np.array([row.lat for row in nodes])
    box = (lon.min(), lat.min(), lon.max(), lat.max())
    west, south, east, north = (float(x) for x in box)
    m = MARGIN_DEGREES
    feed = read_timetable(file, (west - m, south - m, east + m, north + m))
    everywhere = _snapped(feed, nodes)
    at_stations = _snapped(feed, [row for row in nodes if row.node in stations])
    lines: list[LineRow] = []
    stops: list[StopRow] = []
    fares = {line.kind: line.fare_class for line in reversed(rows.transit_lines)}
    source = f"GTFS: {file.name}"
    for course in feed.courses:
        snapped = at_stations if course.kind == "train" else everywhere
        at: list[tuple[str, float]] = []
        skipped = 0.0
        for stop, minutes in zip(course.stops, course.minutes, strict=True):
            skipped += minutes
            node = snapped[stop]
            if node is None:
                continue
            at.append((node, skipped))
            skipped = 0.0
        kept = _numbered(course.code, at, source)
        if len(kept) < 2:
            continue
        evening = course.headway_evening_minutes
        lines.append(
            LineRow(
                line=course.code,
                name=course.name,
                kind=course.kind,
                headway_minutes=course.headway_minutes,
                headway_evening_minutes=None if math.isnan(evening) else evening,
                fare_class=fares.get(course.kind, course.kind),
                source=source,
            )
        )
        stops += kept
    if not lines:
        raise InputError(f"{file}: no line has two stops near nodes of the network; valid: a feed of this region")
    kinds = {line.kind for line in lines}
    old = [line for line in rows.transit_lines if line.kind not in kinds]
    kept_codes = {line.line for line in old}
    old_stops = [stop for stop in rows.transit_stops if stop.line in kept_codes]
    return rows._replace(transit_lines=old + lines, transit_stops=old_stops + stops)


def _snapped(feed: Timetable, nodes: Sequence[NodeRow]) -> list[str | None]:
    """Return the code of the nearest node of each stop, None where there is none within reach."""
    if not nodes:
        return [None] * len(feed.stops)
    tree = KDTree([project(row.lon, row.lat) for row in nodes])
    spots = [project(float(lon), float(lat)) for lon, lat in zip(feed.stops.stop_lon, feed.stops.stop_lat, strict=True)]
    apart, nearest = tree.query(np.array(spots).reshape(-1, 2))
    return [nodes[int(k)].node if km <= SNAP_KM else None for km, k in zip(apart, nearest, strict=True)]


def _write[Row: BaseModel](file: Path, kind: type[Row], rows: Sequence[Row]) -> None:
    """Write rows as a table; switches are 0 or 1 and what is not known stays empty."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        columns = [field.alias or name for name, field in kind.model_fields.items()]
        columns.sort(key=lambda column: column == "source")  # the source stands last, as in every table
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            cells = row.model_dump(by_alias=True)
            writer.writerow({key: int(cell) if isinstance(cell, bool) else cell for key, cell in cells.items()})
