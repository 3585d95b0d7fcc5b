"""Small maps of the wijken: what changes in the base, and what each other future adds."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from kortrijk_sim.city.geography import Geography
from kortrijk_sim.experiments.findings import CITY, START, Findings
from kortrijk_sim.experiments.paired_result import interval
from kortrijk_sim.experiments.report.drawing import (
    FONT,
    INK,
    SOFT,
    Chart,
    chart_of,
    file_name,
    new_figure,
    plain,
)
from kortrijk_sim.experiments.report.headlines import Form, form_of, label_of
from kortrijk_sim.experiments.report.texts import Texts

PANELS_IN_ROW = 4
_LESS, _EVEN, _MORE = "#d55e00", "#f6f6f4", "#0072b2"
DIVERGING = LinearSegmentedColormap.from_list("change", [_LESS, "#f2b48c", _EVEN, "#8dbfdd", _MORE])


class Panel(NamedTuple):
    """One map.

    Attributes:
        title: What it shows.
        values: Change by wijk.
        clear: Whether the interval of each leaves out zero.
        scale: Panels of one scale share their colours.
    """

    title: str
    values: dict[str, float]
    clear: dict[str, bool]
    scale: str


def map_chart(
    findings: Findings, indicator: str, names: Mapping[str, str], geography: Geography, texts: Texts
) -> Chart | None:
    """Draw one indicator by wijk; None when it does not exist by wijk.

    Args:
        findings: What the result says.
        indicator: Which.
        names: Titles by scenario, the base first.
        geography: The outlines.
        texts: The language.
    """
    panels = panels_of(findings, indicator, names, texts)
    if not panels or all(math.isnan(value) for value in panels[0].values.values()):
        return None
    form, label = form_of(indicator), label_of(texts, indicator)
    columns = min(PANELS_IN_ROW, len(panels))
    rows = math.ceil(len(panels) / columns)
    figure = new_figure(3.0 * columns + 0.2, 3.75 * rows + 0.35)
    figure.suptitle(plain(label), x=0.008, ha="left", fontsize=12, fontweight="bold", color=INK, fontfamily=FONT)
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.ravel():
        axes.axis("off")
    limits = {scale: _limit(panels, scale) for scale in ("change", "difference")}
    for axes, panel in zip(grid.ravel(), panels, strict=False):
        _draw_panel(axes, panel, geography, limits[panel.scale], form, texts)
        _colour_bar(figure, axes, limits[panel.scale], form, texts)
    extremes = " ".join(filter(None, (_extremes(panel, form, texts) for panel in panels)))
    alt = texts("maps.alt", label=label, extremes=extremes)
    return chart_of(figure, file_name("map", indicator), label, alt)


def panels_of(findings: Findings, indicator: str, names: Mapping[str, str], texts: Texts) -> list[Panel]:
    """Return the maps of an indicator: the change in the base, then the difference of each other future."""
    about = findings.about
    frame = findings.indicators
    frame = frame[frame["place"] != CITY]
    if indicator not in frame:
        return []
    base = frame[frame["scenario"] == about.base]
    first = START if base.loc[base["year"] == START, indicator].notna().any() else START + 1
    keys = ["point", "seed", "place"]
    start, end = (base[base["year"] == year].set_index(keys)[indicator] for year in (first, about.last_year))
    changes = (end - start).groupby("place")
    values, clear = {}, {}
    for place, sample in changes:
        found = sample.dropna().to_numpy(np.float64)
        low, high = interval(found)
        values[str(place)] = float(found.mean()) if len(found) else math.nan
        clear[str(place)] = low > 0 or high < 0
    head = texts("maps.change", year=about.last_year)
    panels = [Panel(f"{names[about.base]}\n{head}", values, clear, "change")]
    for scenario in about.alternatives:
        rows = _rows(findings.differences, scenario, indicator, about.last_year)
        if rows.empty:
            continue
        panels.append(
            Panel(
                f"{names[scenario]}\n{texts('maps.difference')}",
                {str(place): float(value) for place, value in rows["mean"].items()},
                {str(place): bool(value) for place, value in rows["distinguishable"].items()},
                "difference",
            )
        )
    return panels


def _rows(differences: pd.DataFrame, scenario: str, indicator: str, year: int) -> pd.DataFrame:
    if differences.empty:
        return differences
    chosen = (differences["scenario"] == scenario) & (differences["indicator"] == indicator)
    chosen &= (differences["year"] == year) & (differences["place"] != CITY)
    return differences[chosen].set_index("place")


def _limit(panels: Sequence[Panel], scale: str) -> float:
    """Return the end of the colours of a scale: one wijk far out does not make all the others pale."""
    values = [abs(v) for panel in panels if panel.scale == scale for v in panel.values.values() if math.isfinite(v)]
    return max(float(np.quantile(values, 0.95)), 1e-9) if values else 1.0


def _draw_panel(axes: Axes, panel: Panel, geography: Geography, limit: float, form: Form, texts: Texts) -> None:
    norm = Normalize(-limit, limit, clip=True)
    for wijk, outline in zip(geography.wijken, geography.outlines, strict=True):
        x, y = geography.project(outline[:, 0], outline[:, 1])
        value, clear = panel.values.get(wijk.name, math.nan), panel.clear.get(wijk.name, False)
        known = math.isfinite(value)
        face = DIVERGING(norm(value)) if known else "#ffffff"
        axes.add_patch(
            Polygon(
                np.column_stack([x, y]),
                facecolor=face,
                edgecolor="#7d8890",
                linewidth=0.6,
                hatch=None if clear or not known else "////",
                hatchcolor="#c3cacf",
            )
        )
    for wijk, outline in zip(geography.wijken, geography.outlines, strict=True):
        value, clear = panel.values.get(wijk.name, math.nan), panel.clear.get(wijk.name, False)
        if not math.isfinite(value):
            continue
        strong = clear and abs(float(norm(value)) - 0.5) > 0.38
        x, y = label_point(*geography.project(outline[:, 0], outline[:, 1]))
        axes.text(
            x, y, form.change(texts, value, unit=False), ha="center", va="center", fontsize=7.2, fontfamily=FONT,
            fontweight="bold" if clear else "normal", color="#ffffff" if strong else INK if clear else SOFT,
            bbox=None if strong else {"facecolor": "#ffffff", "alpha": 0.72, "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
    axes.set_title(
        "\n".join(textwrap.shorten(plain(line), 34, placeholder=" …") for line in panel.title.split("\n")),
        fontsize=9.2, color=INK, loc="left", fontfamily=FONT, linespacing=1.25,
    )  # fmt: skip
    axes.set_aspect("equal")
    axes.autoscale_view()


def label_point(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return the point inside a ring that lies farthest from its border, on a grid: room for a number."""
    grid_x, grid_y = np.meshgrid(np.linspace(x.min(), x.max(), 40), np.linspace(y.min(), y.max(), 40))
    px, py = grid_x.ravel()[:, None], grid_y.ravel()[:, None]
    ax, ay, bx, by = x, y, np.roll(x, -1), np.roll(y, -1)
    dx, dy = bx - ax, by - ay
    along = np.clip(((px - ax) * dx + (py - ay) * dy) / np.maximum(dx**2 + dy**2, 1e-12), 0, 1)
    # A number is wider than high: room to the sides counts for less.
    away = np.hypot((px - ax - along * dx) / 1.8, py - ay - along * dy).min(axis=1)
    crosses = (ay > py) != (by > py)
    at = ax + (py - ay) * dx / np.where(crosses, dy, 1.0)
    inside = np.count_nonzero(crosses & (px < at), axis=1) % 2 == 1
    best = int(np.argmax(np.where(inside, away, -1.0)))
    return float(px[best, 0]), float(py[best, 0])


def _colour_bar(figure: Figure, axes: Axes, limit: float, form: Form, texts: Texts) -> None:
    colours = ScalarMappable(Normalize(-limit, limit), DIVERGING)
    bar = figure.colorbar(colours, ax=axes, orientation="horizontal", fraction=0.035, pad=0.02, shrink=0.72, aspect=26)
    bar.set_ticks([-limit, 0.0, limit])
    bar.set_ticklabels([form.change(texts, value) for value in (-limit, 0.0, limit)])
    bar.ax.tick_params(labelsize=7.5, colors=SOFT, length=2)
    for tick in bar.ax.get_xticklabels():
        tick.set_fontfamily(FONT)
    bar.outline.set_visible(False)  # type: ignore[operator]


def _extremes(panel: Panel, form: Form, texts: Texts) -> str:
    known = {name: value for name, value in panel.values.items() if math.isfinite(value)}
    if not known:
        return ""
    lowest, highest = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    return texts(
        "maps.extreme", panel=panel.title.replace("\n", ", "), low=form.change(texts, known[lowest]), lowest=lowest,
        high=form.change(texts, known[highest]), highest=highest,
    )  # fmt: skip
