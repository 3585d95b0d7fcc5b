"""Draw the pictures of the pages: ``python docs/make_figures.py``, after ``make_results.py``.

The map shows one run of the unchanged city, the charts the runs of ``figures/runs.csv``. ``--network`` draws the
schematic of the network only, which needs no run.
"""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd

mpl.use("Agg")
import matplotlib.pyplot as plt
from draw_network import draw_network
from make_results import FLOWS
from markers import DOCS
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from PIL import Image

from kortrijk_sim import KortrijkModel
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.facts import Facts
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import DwellingStatus
from kortrijk_sim.experiments.table import COMPARISONS
from kortrijk_sim.models.events import Kind, Profile
from kortrijk_sim.models.measures import MONTHS

# Okabe and Ito's colours can be told apart by colour-blind readers.
BLUE, ORANGE, GREEN, PINK, INK = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#333333"
TAKERS = (
    ("families with children", GREEN, (Profile.FAMILY,)),
    ("under 40 without children", BLUE, (Profile.YOUNG,)),
    ("others", PINK, (Profile.MIDDLE, Profile.SENIOR, Profile.NONE)),
)
type Future = tuple[str, str, str, str]  # name, words, colour, line
UNCHANGED = ("unchanged", "unchanged policy", BLUE, "-")
ROTATION = ("rotation", "rotation: the note's housing", ORANGE, "--")
CARE = ("care", "care: the note's care villages", GREEN, "-.")
HOUSING = (UNCHANGED, ROTATION)
NAMED = {
    "Kortrijk Centrum": "Kortrijk", "Heule Centrum": "Heule", "Marke": "Marke", "Bissegem": "Bissegem",
    "Aalbeke": "Aalbeke", "Bellegem": "Bellegem", "Rollegem": "Rollegem", "Kooigem": "Kooigem",
}  # fmt: skip


def draw_map(axes: Axes, model: KortrijkModel) -> None:
    """Draw every dwelling as a dot; family homes that older people left carry the colour of who took them."""
    t, geography = model.state.tables, model.geography
    homes = t.dwellings[: int(t.counts[2])]
    standing = homes.status == DwellingStatus.STANDING
    for outline in geography.outlines:
        x, y = np.array([geography.project(lon, lat) for lon, lat in outline]).T
        axes.fill(x, y, facecolor="#f4f4f2", edgecolor="#999999", linewidth=0.7, zorder=1)
    axes.scatter(homes.x_km[standing], homes.y_km[standing], s=0.35, c="#a9a9a6", linewidths=0, zorder=2)
    log = t.log[: int(t.counts[3])]
    taken = log[log.kind == Kind.FREED_HOME_TAKEN]
    colours = np.full(len(taken), PINK)
    for _, colour, profiles in TAKERS:
        colours[np.isin(taken.profile, [int(profile) for profile in profiles])] = colour
    where = homes[taken.destination]
    axes.scatter(where.x_km, where.y_km, s=2.2, c=colours, linewidths=0, zorder=3)
    _name_places(axes, geography, homes)
    axes.set_aspect("equal")
    axes.axis("off")
    left, bottom = axes.get_xlim()[0], axes.get_ylim()[0]
    axes.plot([left + 0.6, left + 2.6], [bottom + 1.2] * 2, color=INK, linewidth=1.5)
    axes.text(left + 1.6, bottom + 1.35, "2 km", ha="center", va="bottom", fontsize=10)
    counts = [int((colours == colour).sum()) for _, colour, _ in TAKERS]
    dots = [
        Line2D([], [], marker="o", linestyle="", markersize=7, color=colour, label=f"{label} ({count:,})")
        for (label, colour, _), count in zip(TAKERS, counts, strict=True)
    ]
    dots.append(
        Line2D(
            [], [], marker="o", linestyle="", markersize=5, color="#a9a9a6", label=f"all {standing.sum():,} dwellings"
        )
    )
    axes.legend(handles=dots, loc="upper right", bbox_to_anchor=(1.04, 1.0), frameon=False, fontsize=11)
    axes.set_title(
        f"{len(taken):,} times a family home that 65+ left\nfound new people, 2025 to 2040, and who they were",
        loc="left",
    )


def _name_places(axes: Axes, geography: Geography, homes: Array) -> None:
    for wijk in geography.wijken:
        if wijk.name in NAMED:
            mine = geography.sector_wijk[homes.sector] == geography.wijk_number(wijk.name)
            x, y = float(np.median(homes.x_km[mine])), float(np.quantile(homes.y_km[mine], 0.9))
            axes.text(
                x, y, NAMED[wijk.name], ha="center", va="bottom", fontsize=11, fontweight="bold", color=INK, zorder=4,
                bbox={"facecolor": "white", "alpha": 0.65, "edgecolor": "none", "pad": 1.0},
            )  # fmt: skip


def draw_chart(
    axes: Axes, runs: pd.DataFrame, name: str, title: str, factor: float = 1.0, futures: Sequence[Future] = HOUSING
) -> None:
    """Draw one indicator: the mean of the runs as a line, their range as a band, for each future."""
    for scenario, _, colour, line in futures:
        mine = runs[(runs["scenario"] == scenario) & runs[name].notna()]
        years = mine.groupby("year")[name].agg(["mean", "min", "max"]) * factor
        if name in FLOWS:
            years.index = years.index - 0.5  # the middle of the year that they sum up
        axes.fill_between(years.index, years["min"], years["max"], color=colour, alpha=0.22, linewidth=0)
        axes.plot(years.index, years["mean"], color=colour, linewidth=2.0, linestyle=line)
    axes.set_title(title, loc="left", fontsize=12)
    axes.set_xlim(2024.6, 2041.6)
    axes.set_xticks([2025, 2030, 2035, 2040])
    axes.tick_params(labelsize=10.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    if name in {"population", "persons_65plus", "persons_80plus"}:
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")


def mark_projections(axes: Axes, name: str, facts: Facts, labels: Sequence[str]) -> None:
    """Mark what others project for 2040."""
    found = [c for c in COMPARISONS if c.indicator == name]
    for comparison, label, side in zip(found, labels, (1, -1), strict=False):
        year = 2040 if comparison.when == "1 January" else 2041
        value = comparison.figure(facts)
        axes.plot(year, value, marker="D", color=INK, markersize=7, zorder=5, clip_on=False)
        beside, edge = ((-9, 4), "bottom") if side > 0 else ((-9, -9), "top")
        axes.annotate(
            f"{label} {value:,.0f}", (year, value), xytext=beside, textcoords="offset points", ha="right", va=edge,
            fontsize=10, color=INK,
        )  # fmt: skip


def draw(runs: pd.DataFrame, model: KortrijkModel, file: Path) -> None:
    """Draw map and charts into one file."""
    plt.rcParams.update({"font.size": 11, "axes.titlesize": 13, "font.family": "DejaVu Sans"})
    figure = plt.figure(figsize=(14.5, 8.4), layout="constrained")
    grid = figure.add_gridspec(3, 3, width_ratios=[1.5, 1, 1])
    draw_map(figure.add_subplot(grid[:, 0]), model)
    facts = Facts(Tables())
    charts = [figure.add_subplot(grid[row, column]) for row in range(3) for column in (1, 2)]
    draw_chart(charts[0], runs, "population", "Inhabitants")
    mark_projections(charts[0], "population", facts, ("note", "Flanders"))
    draw_chart(charts[1], runs, "family_homes_freed", "Family homes freed by 65+, a year")
    draw_chart(charts[2], runs, "persons_65plus", "Aged 65 and older")
    mark_projections(charts[2], "persons_65plus", facts, ("note",))
    draw_chart(charts[3], runs, "under_occupied_share_65plus", "65+ in too large a home, %", 100.0)
    draw_chart(charts[4], runs, "persons_80plus", "Aged 80 and older")
    mark_projections(charts[4], "persons_80plus", facts, ("note",))
    draw_chart(charts[5], runs, "nursing_waiting", "Waiting for a nursing home", futures=(UNCHANGED, CARE))
    charts[5].set_ylim(0, None)
    seeds = runs["seed"].nunique()
    lines = [
        Line2D([], [], color=colour, linewidth=2.0, linestyle=line, label=label)
        for _, label, colour, line in (UNCHANGED, ROTATION, CARE)
    ]
    lines.append(
        Line2D([], [], marker="D", linestyle="", color=INK, markersize=7, label="projected by others for 2040")
    )
    figure.legend(
        handles=lines, loc="outside lower right", ncols=2, frameon=False, fontsize=11.5,
        title=f"Mean and range of {seeds} runs", alignment="left", title_fontsize=11.5,
    )  # fmt: skip
    figure.text(0.006, 0.008, textwrap.fill(model.geography.attribution, 98), fontsize=7, color="#555555", va="bottom")
    figure.savefig(file, dpi=115)
    plt.close(figure)
    with Image.open(file) as full:
        few = full.convert("RGB").quantize(192)  # a third of the size, and no difference to the eye
    few.save(file, optimize=True)


def main() -> None:
    """Draw the network, then run the unchanged city once and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=Path, default=DOCS / "figures" / "runs.csv")
    parser.add_argument("--out", type=Path, default=DOCS / "figures" / "city.png")
    parser.add_argument("--network", action="store_true", help="draw the network only")
    options = parser.parse_args()
    draw_network(options.out.with_name("network.png"))
    if options.network:
        return
    model = KortrijkModel(rng=1, scale=options.scale)
    model.run_for(MONTHS)
    draw(pd.read_csv(options.runs), model, options.out)


if __name__ == "__main__":
    main()
