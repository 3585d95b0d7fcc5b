"""The schematic map of the network: ``make_figures.py`` draws it into ``figures/network.png``."""

from __future__ import annotations

import textwrap
from pathlib import Path

import matplotlib as mpl
import numpy as np

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from PIL import Image

from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.network import Network, load_network
from kortrijk_sim.city.tables import Tables

# Colours of Okabe and Ito and greys; width in points.
ROADS = {
    "motorway": ("motorway", "#555555", 3.2), "ring": ("ring R8", "#555555", 2.2),
    "inner_ring": ("inner ring", "#8a8a8a", 1.8), "secondary": ("main road", "#8a8a8a", 1.4),
    "urban": ("urban street", "#b9b9b6", 1.0), "local": ("local street", "#d0d0cc", 0.7),
}  # fmt: skip
CYCLE, BUS, TRAIN, HUB, INK = "#009E73", "#E69F00", "#0072B2", "#D55E00", "#333333"
GOOD_CYCLING = ("cycleway", "highway")
HUB_SIZES = {
    "interregional": 150, "regional": 100, "local": 65, "neighbourhood_network": 38, "neighbourhood_proximity": 26,
}  # fmt: skip
CENTRE_KM = (-2.3, 2.9, -2.2, 2.6)
MARGIN_KM = 0.6
NAMED = {
    "Kortrijk-Centrum": "Kortrijk", "Heule-Kern": "Heule", "Bissegem-Kern": "Bissegem", "Marke-Centrum": "Marke",
    "Aalbeke-Kern": "Aalbeke", "Rollegem-Kern": "Rollegem", "Bellegem - Kern": "Bellegem", "Kooigem-Kern": "Kooigem",
}  # fmt: skip
SOURCES = "Network after public sources; positions and streets between anchors are schematic, most headways assumed"


def draw_network(file: Path) -> None:
    """Draw the city's network, and its centre larger, into a PNG file."""
    tables = Tables()
    geography = load_geography(tables)
    network = load_network(tables, geography)
    plt.rcParams.update({"font.size": 11, "font.family": "DejaVu Sans"})
    figure, (whole, centre) = plt.subplots(1, 2, figsize=(14.5, 9.0), layout="constrained", width_ratios=[1, 1.3])
    figure.get_layout_engine().set(rect=(0.0, 0.1, 1.0, 0.9))  # legend and sources stand below
    outline = np.concatenate([_projected(geography, ring) for ring in geography.outlines])
    (left, bottom), (right, top) = outline.min(axis=0) - MARGIN_KM, outline.max(axis=0) + MARGIN_KM
    _draw(whole, network, geography, (left, right, bottom, top))
    _draw(centre, network, geography, CENTRE_KM, names=False)
    whole.set_title("The city and its way out", loc="left")
    centre.set_title("The centre", loc="left")
    x0, x1, y0, y1 = CENTRE_KM
    whole.plot([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0], color=INK, linewidth=0.9, linestyle=":", zorder=9)
    figure.legend(
        handles=_legend(), loc="lower center", bbox_to_anchor=(0.5, 0.03), ncols=6, frameon=False, fontsize=10.5
    )
    figure.text(
        0.006, 0.004, textwrap.fill(f"{SOURCES}. {geography.attribution}", 300), fontsize=6.5, color="#555555",
        va="bottom",
    )  # fmt: skip
    figure.savefig(file, dpi=110)
    plt.close(figure)
    with Image.open(file) as full:
        few = full.convert("RGB").quantize(128)
    few.save(file, optimize=True)


def _projected(geography: Geography, ring: tuple[tuple[float, float], ...]) -> np.ndarray:
    return np.array([geography.project(lon, lat) for lon, lat in ring])


def _draw(
    axes: Axes, network: Network, geography: Geography, box: tuple[float, float, float, float], names: bool = True
) -> None:
    xy = {node.code: (node.x_km, node.y_km) for node in network.nodes}
    for ring in geography.outlines:
        axes.fill(*_projected(geography, ring).T, facecolor="#f6f6f3", edgecolor="#c9c9c4", linewidth=0.6, zorder=1)
    for order, (road, (_, colour, width)) in enumerate(reversed(ROADS.items())):
        pieces = [(xy[link.a], xy[link.b]) for link in network.links if link.road == road]
        axes.add_collection(LineCollection(pieces, colors=colour, linewidths=width, zorder=2 + order / 10))
    cycle = [(xy[link.a], xy[link.b]) for link in network.links if link.comfort in GOOD_CYCLING]
    axes.add_collection(LineCollection(cycle, colors=CYCLE, linewidths=1.3, linestyles=(0, (3, 1.2)), zorder=3))
    for kind, colour, width, style, order in (("bus", BUS, 1.5, "-", 4), ("train", TRAIN, 2.2, "-", 5)):
        for line in (line for line in network.lines if line.kind == kind):
            points = np.array([xy[stop] for stop in line.stops])
            axes.plot(*points.T, color=colour, linewidth=width, linestyle=style, alpha=0.75, zorder=order)
    anchors = np.array([xy[zone.node] for zone in network.zones if zone.inside])
    axes.scatter(*anchors.T, s=7, color=INK, linewidths=0, zorder=6)
    stations = np.array([xy[node.code] for node in network.nodes if node.kind == "station"])
    axes.scatter(*stations.T, s=55, marker="s", facecolor="white", edgecolor=TRAIN, linewidths=1.7, zorder=7)
    for hub in network.hubs:
        axes.scatter(
            *xy[hub.node], s=HUB_SIZES[hub.hub_type], facecolor="none", edgecolor=HUB, linewidths=1.7, zorder=8
        )
    for sector in geography.sectors if names else ():
        if sector.name in NAMED:
            axes.text(
                sector.x_km, sector.y_km + 0.33, NAMED[sector.name], ha="center", va="bottom", fontsize=10.5,
                fontweight="bold", color=INK, zorder=10,
                bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    axes.set_xlim(box[0], box[1])
    axes.set_ylim(box[2], box[3])
    axes.set_aspect("equal")
    axes.axis("off")
    km = 2 if names else 1
    x, y = box[0] + 0.05 * (box[1] - box[0]), box[2] + 0.03 * (box[3] - box[2])
    axes.plot([x, x + km], [y, y], color=INK, linewidth=1.6, zorder=10)
    axes.text(x + km / 2, y + 0.015 * (box[3] - box[2]), f"{km} km", ha="center", va="bottom", fontsize=9.5)


def _legend() -> list[Line2D]:
    roads = [Line2D([], [], color=colour, linewidth=width, label=label) for label, colour, width in ROADS.values()]
    return [
        *roads,
        Line2D([], [], color=CYCLE, linewidth=1.3, linestyle=(0, (3, 1.2)), label="cycleway or cycle highway"),
        Line2D([], [], color=BUS, linewidth=1.5, label="bus line, stop to stop"),
        Line2D([], [], color=TRAIN, linewidth=2.2, label="train"),
        Line2D([], [], marker="s", linestyle="", markerfacecolor="white", markeredgecolor=TRAIN, label="station"),
        Line2D([], [], marker="o", linestyle="", markerfacecolor="none", markeredgecolor=HUB, label="hub, by type"),
        Line2D([], [], marker="o", linestyle="", markersize=3, color=INK, label="anchor of a sector"),
    ]
