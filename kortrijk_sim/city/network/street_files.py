"""Reading a real street graph: GraphML as OSMnx writes it.

Every street becomes a link that is used in both directions, as in the package's own schematic; one-way streets
lose their direction. What a class of street means for walking, cycling and driving stands in ``osm_highways``.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError

import networkx as nx
import numpy as np
from pydantic import Field

from kortrijk_sim.arrays import BoolArray, FloatArray
from kortrijk_sim.city.network.network import Comfort, Node, Road
from kortrijk_sim.city.network.rows import LinkRow, SourcedRow
from kortrijk_sim.city.places import project
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError

MAX_STREET_BYTES = 500_000_000  # a city's streets take some 20 MB
CYCLEWAYS: dict[str, Comfort] = {"lane": "lane", "track": "separate", "shared_lane": "mixed", "opposite_lane": "lane"}


class HighwayRow(SourcedRow):
    """A line of ``osm_highways``: a class of street, or ``ref:`` and the number of a road."""

    highway: str
    road: Road
    kmh: float = Field(ge=0, le=130)
    walk: bool
    bike: bool
    comfort: Comfort | None = None
    lanes: float = Field(ge=0, le=8)


class Streets(NamedTuple):
    """A street graph: its nodes, its links, and which nodes are joined with the others by every mode."""

    nodes: list[Node]
    links: list[LinkRow]
    usable: BoolArray

    def xy_km(self) -> FloatArray:
        """Return where the nodes are, shape (nodes, 2)."""
        return np.array([(node.x_km, node.y_km) for node in self.nodes]).reshape(-1, 2)


def read_streets(file: Path, tables: Tables) -> Streets:
    """Read a street graph.

    Args:
        file: GraphML with ``x`` and ``y`` in degrees at the nodes, ``length`` in metres and ``highway`` at the
            edges, as ``osmnx.save_graphml`` writes it.
        tables: Where ``osm_highways`` is read from.

    Raises:
        InputError: The file cannot be read, is no such graph, or has no street that everybody can use.
    """
    graph = _graph(file)
    classes = {row.highway: row for row in tables.rows("osm_highways", HighwayRow)}
    nodes = {str(code): _node(file, str(code), data) for code, data in graph.nodes(data=True)}
    links: dict[tuple[str, str], LinkRow] = {}
    for a, b, data in graph.edges(data=True):
        link = _link(file, str(a), str(b), data, classes)
        if link is None:
            continue
        key = (min(link.a, link.b), max(link.a, link.b))
        if key not in links or (link.km or 0.0) < (links[key].km or 0.0):
            links[key] = link
    kept = _largest(links.values())
    used = [link for link in links.values() if link.a in kept]
    parts = [
        _largest([link for link in used if link.walk]),
        _largest([link for link in used if link.bike]),
        _largest([link for link in used if link.kmh > 0]),
    ]
    everywhere = set.intersection(*parts)
    if not everywhere:
        raise InputError(f"{file}: no node is reached on foot, by bike and by car; valid: a graph of all streets")
    chosen = [node for code, node in nodes.items() if code in kept]
    return Streets(chosen, used, np.array([node.code in everywhere for node in chosen], dtype=np.bool_))


def _graph(file: Path) -> nx.Graph:
    try:
        if file.stat().st_size > MAX_STREET_BYTES:
            raise InputError(f"{file}: larger than {MAX_STREET_BYTES // 1_000_000} MB, not read.")
        return nx.read_graphml(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror}).") from error
    except (ParseError, nx.NetworkXError, KeyError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{file}: not a GraphML file ({error}); valid: what osmnx.save_graphml writes") from error


def _node(file: Path, code: str, data: dict[str, Any]) -> Node:
    try:
        lon, lat = float(data["x"]), float(data["y"])
    except (KeyError, ValueError) as error:
        raise InputError(f"{file}: node '{code}' has no x and y; valid: degrees east and north") from error
    if not (1.0 <= lon <= 7.0 and 49.0 <= lat <= 52.5):
        where = f"{lon:g}, {lat:g}"
        raise InputError(f"{file}: node '{code}' lies at {where}; valid: x and y in degrees, in and around Kortrijk")
    return Node(code, "", "junction", lon, lat, *project(lon, lat))


def _link(file: Path, a: str, b: str, data: dict[str, Any], classes: dict[str, HighwayRow]) -> LinkRow | None:
    """Return a street as a link, or None when nobody may use it."""
    highway = _first(data.get("highway"))
    known = classes.get(f"ref:{_first(data.get('ref'))}") or classes.get(highway)
    if known is None or a == b:
        return None
    try:
        km = float(data["length"]) / 1000
    except (KeyError, ValueError) as error:
        raise InputError(f"{file}: the edge from '{a}' to '{b}' has no length; valid: metres") from error
    if not (math.isfinite(km) and km > 0):
        raise InputError(f"{file}: the edge from '{a}' to '{b}' has length {km * 1000:g}; valid: metres above 0")
    limit, lanes = _number(data.get("maxspeed")), _number(data.get("lanes"))
    kmh = min(known.kmh, limit) if limit else known.kmh
    walk = known.walk and _first(data.get("foot")) != "no"
    bike = known.bike and _first(data.get("bicycle")) != "no"
    if not (walk or bike or kmh):
        return None
    comfort = CYCLEWAYS.get(_first(data.get("cycleway")), known.comfort)
    bridge = any(_first(data.get(key)) not in ("", "no") for key in ("bridge", "tunnel"))
    name = _first(data.get("name")) or f"bridge {_first(data.get('osmid'))}"
    return LinkRow(
        a=a,
        b=b,
        km=km,
        road=known.road,
        kmh=kmh,
        walk=walk,
        bike=bike,
        comfort=comfort if bike else None,
        lanes=min(lanes / 2, 8.0) if lanes and known.lanes else known.lanes,  # of both directions together
        crossing=name if bridge else "",
        source=f"OpenStreetMap, © OpenStreetMap contributors (ODbL): {file.name}",
    )


def _first(value: object) -> str:
    """Return a tag, or the first of several (OSMnx writes them as a Python list)."""
    text = "" if value is None else str(value)
    if text.startswith("["):
        try:
            several = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return ""
        return str(several[0]) if several else ""
    return text


def _number(value: object) -> float | None:
    """Return the number in a tag such as ``50`` or ``['50', '30']``, None when there is none."""
    try:
        number = float(_first(value))
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def _largest(links: Iterable[LinkRow]) -> set[str]:
    """Return the codes of the nodes of the largest joined part."""
    parts: list[set[str]] = list(nx.connected_components(nx.Graph((link.a, link.b) for link in links)))
    return max(parts, key=len, default=set())
