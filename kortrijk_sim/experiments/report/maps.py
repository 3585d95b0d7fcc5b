"""Small maps of the wijken: what changes in the base, and what each other future adds."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
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
PANEL_WIDTH, PANEL_HEIGHT, HEAD_HEIGHT = 3.25, 4.75, 0.42  # inches
_LESS, _EVEN, _MORE = "#d55e00", "#f6f6f4", "#0072b2"
DIVERGING = LinearSegmentedColormap.from_list("change", [_LESS, "#f2b48c", _EVEN, "#8dbfdd", _MORE], N=45)


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
    width, height = PANEL_WIDTH * columns, PANEL_HEIGHT * rows + HEAD_HEIGHT
    figure = new_figure(width, height)
    figure.text(
        0.02 / width, 1.0 - 0.03 / height, plain(label), ha="left", va="top", fontsize=12, fontweight="bold", color=INK,
        fontfamily=FONT,
    )  # fmt: skip
    limits = {scale: _limit(panels, scale) for scale in ("change", "difference")}
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        place = _Place(column * PANEL_WIDTH, height - HEAD_HEIGHT - (row + 1) * PANEL_HEIGHT, width, height)
        _draw_panel(figure, place, panel, geography, limits[panel.scale], form, texts)
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
    difference = texts("maps.difference", base=names[about.base], year=about.last_year)
    for scenario in about.alternatives:
        rows = _rows(findings.differences, scenario, indicator, about.last_year)
        if rows.empty:
            continue
        panels.append(
            Panel(
                f"{names[scenario]}\n{difference}",
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
    """Return the end of the colours of a scale, a round number that one wijk far out may exceed."""
    values = [abs(v) for panel in panels if panel.scale == scale for v in panel.values.values() if math.isfinite(v)]
    size = float(np.quantile(values, 0.95)) if values else 0.0
    if size <= 0:
        return 1.0
    step = 10.0 ** math.floor(math.log10(size)) / 2
    return math.ceil(size / step - 1e-9) * step


class _Place(NamedTuple):
    """Lower left corner of a panel and the size of the figure, in inches."""

    x: float
    y: float
    width: float
    height: float

    def box(self, left: float, bottom: float, width: float, height: float) -> tuple[float, float, float, float]:
        """Return a box within the panel, given in inches, as shares of the figure."""
        return (self.x + left) / self.width, (self.y + bottom) / self.height, width / self.width, height / self.height


def _draw_panel(
    figure: Figure, place: _Place, panel: Panel, geography: Geography, limit: float, form: Form, texts: Texts
) -> None:
    x, y, _, _ = place.box(0.02, PANEL_HEIGHT - 0.05, 0, 0)
    lines = [textwrap.shorten(plain(line), 38, placeholder=" …") for line in panel.title.split("\n")]
    figure.text(x, y, lines[0], fontsize=9.5, fontweight="bold", color=INK, va="top", fontfamily=FONT)
    x, y, _, _ = place.box(0.02, PANEL_HEIGHT - 0.24, 0, 0)
    figure.text(x, y, lines[1], fontsize=9, color=SOFT, va="top", fontfamily=FONT)
    axes = figure.add_axes(place.box(0.0, 0.5, PANEL_WIDTH - 0.25, PANEL_HEIGHT - 1.0))
    axes.axis("off")
    norm = Normalize(-limit, limit, clip=True)
    for wijk, outline in zip(geography.wijken, geography.outlines, strict=True):
        value, clear = panel.values.get(wijk.name, math.nan), panel.clear.get(wijk.name, False)
        known = math.isfinite(value)
        axes.add_patch(
            Polygon(
                np.column_stack(geography.project(outline[:, 0], outline[:, 1])),
                facecolor=_face(float(norm(value)), clear) if known else "#ffffff",
                edgecolor="#7d8890",
                linewidth=0.6,
                hatch=None if clear or not known else "////",
                hatchcolor="#d0d6da",
            )
        )
    for wijk, outline in zip(geography.wijken, geography.outlines, strict=True):
        value, clear = panel.values.get(wijk.name, math.nan), panel.clear.get(wijk.name, False)
        if math.isfinite(value):
            x, y = label_point(*geography.project(outline[:, 0], outline[:, 1]))
            axes.text(
                x, y, form.change(texts, value, unit=False), ha="center", va="center", fontsize=8, fontfamily=FONT,
                fontweight="bold" if clear else "normal", color=INK if clear else SOFT,
                bbox={"facecolor": "#ffffff", "alpha": 0.78, "edgecolor": "none", "pad": 0.6},
            )  # fmt: skip
    axes.set_aspect("equal", anchor="NW")
    axes.autoscale_view()
    sizes = [abs(value) for value in panel.values.values() if math.isfinite(value)]
    _colour_bar(figure, place, limit, form, texts, beyond=max(sizes, default=0.0) > limit)


def _face(position: float, clear: bool) -> tuple[float, ...]:
    """Return the colour of a wijk, pale where the change cannot be told from zero."""
    colour = np.array(DIVERGING(position)[:3])
    return tuple(colour if clear else 0.45 * colour + 0.55)


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


def _colour_bar(figure: Figure, place: _Place, limit: float, form: Form, texts: Texts, *, beyond: bool) -> None:
    axes = figure.add_axes(place.box(0.32, 0.27, PANEL_WIDTH - 1.2, 0.09))
    colours = ScalarMappable(Normalize(-limit, limit), DIVERGING)
    ends = "both" if beyond else "neither"
    bar = figure.colorbar(
        colours, cax=axes, orientation="horizontal", ticks=[-limit, 0.0, limit], extend=ends, extendfrac=0.04
    )
    if bar.solids is not None:
        bar.solids.set_edgecolor("face")  # no hairlines between the colours
    bar.set_ticklabels([form.change(texts, value) for value in (-limit, 0.0, limit)])
    axes.tick_params(labelsize=8, colors=SOFT, length=2)
    for tick in axes.get_xticklabels():
        tick.set_fontfamily(FONT)
    bar.outline.set_visible(False)


def _extremes(panel: Panel, form: Form, texts: Texts) -> str:
    known = {name: value for name, value in panel.values.items() if math.isfinite(value)}
    if not known:
        return ""
    lowest, highest = min(known, key=lambda name: known[name]), max(known, key=lambda name: known[name])
    return texts(
        "maps.extreme", panel=panel.title.replace("\n", ", "), low=form.change(texts, known[lowest]), lowest=lowest,
        high=form.change(texts, known[highest]), highest=highest,
    )  # fmt: skip
