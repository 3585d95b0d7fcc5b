"""Fan charts: how a figure develops in each future, and how far its runs lie apart."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.experiments.findings import CITY, START
from kortrijk_sim.experiments.report.drawing import (
    FONT,
    INK,
    RULE,
    SOFT,
    Chart,
    chart_of,
    colour_of,
    file_name,
    line_of,
    new_figure,
    plain,
)
from kortrijk_sim.experiments.report.headlines import form_of, label_of
from kortrijk_sim.experiments.report.texts import THIN, Texts

BANDS = ((0.05, 0.95, 0.12), (0.25, 0.75, 0.24))  # from, to, opacity
WIDTH, HEIGHT = 4.1, 3.1  # inches
FRAME = (0.17, 0.1, 0.565, 0.735)  # the same in every chart, so that a grid of them is straight
_LABEL_LETTERS, _LABEL_LINES = 15, 3


def fan_chart(
    indicators: pd.DataFrame, indicator: str, names: Mapping[str, str], last_year: int, texts: Texts
) -> Chart | None:
    """Draw one indicator of the city in every future; None when no run has it.

    Args:
        indicators: One row per scenario, point, seed, year and place.
        indicator: Which.
        names: Titles by scenario, the base first.
        last_year: Last simulated year.
        texts: The language.
    """
    city = indicators[indicators["place"] == CITY]
    form, label = form_of(indicator), label_of(texts, indicator)
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes(FRAME)
    ends: list[tuple[str, float, str]] = []
    for number, (scenario, title) in enumerate(names.items()):
        mine = city.loc[city["scenario"] == scenario, ["year", indicator]].dropna()
        if mine.empty:
            continue
        years = mine.groupby("year")[indicator]
        median = years.median() * form.factor
        colour = colour_of(number)
        for low, high, opacity in BANDS:
            lower, upper = years.quantile(low) * form.factor, years.quantile(high) * form.factor
            axes.fill_between(median.index, lower, upper, color=colour, alpha=opacity, linewidth=0)
        axes.plot(median.index, median, color=colour, linewidth=2.0, linestyle=line_of(number), zorder=3 + number)
        ends.append((title, float(median.iloc[-1]), colour))
    if not ends:
        return None
    _dress(axes, last_year, texts, form.unit)
    figure.text(
        0.005, 0.985, textwrap.fill(plain(label), 44), fontsize=10.5, fontweight="bold", color=INK, va="top",
        fontfamily=FONT, linespacing=1.15,
    )  # fmt: skip
    _label_ends(axes, ends, last_year)
    written = [
        texts("charts.end", name=title, value=form.value(texts, value / form.factor), year=last_year)
        for title, value, _ in ends
    ]
    alt = texts("charts.alt", label=label, ends="; ".join(written))
    return chart_of(figure, file_name("fan", indicator), label, alt)


def _dress(axes: Axes, last_year: int, texts: Texts, unit: str) -> None:
    low, high = axes.get_ylim()
    middle, span = (low + high) / 2, max(high - low, 1e-9)
    least = 0.02 * abs(middle)  # a flat line stays flat
    if span < least:
        axes.set_ylim(middle - least / 2, middle + least / 2)
    axes.set_xlim(START, last_year + 0.15)
    axes.set_xticks([year for year in (2025, 2030, 2035, 2040) if year <= last_year])
    axes.locator_params(axis="y", nbins=5)
    steps = np.diff(axes.get_yticks())
    step = float(steps[0]) if len(steps) else 1.0
    digits = max(0, int(np.ceil(-np.log10(step) - 1e-9))) if step < 1 else 0
    mark = f"{THIN}{unit}" if unit else ""
    axes.yaxis.set_major_formatter(lambda value, _: texts.number(value, digits) + mark)
    axes.tick_params(labelsize=8.5, colors=SOFT, length=0, pad=4)
    for tick in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        tick.set_fontfamily(FONT)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(SOFT)
    axes.grid(axis="y", color=RULE, linewidth=0.7)
    axes.set_axisbelow(True)


def _label_ends(axes: Axes, ends: Sequence[tuple[str, float, str]], last_year: int) -> None:
    """Write each future beside the end of its line; where ends are close, labels make room for one another."""
    low, high = axes.get_ylim()
    wrapped = [wrapped_label(title) for title, _, _ in ends]
    heights = np.array([text.count("\n") + 1.0 for text in wrapped]) * 0.068 + 0.025
    wanted = (np.array([value for _, value, _ in ends]) - low) / (high - low)
    at = spread(wanted, heights)
    for (_, _, colour), text, mine, place in zip(ends, wrapped, wanted, at, strict=True):
        moved = abs(mine - place) > 0.02
        axes.annotate(
            text, (1.0, mine), xytext=(1.045, place), xycoords="axes fraction", textcoords="axes fraction",
            fontsize=8, color=colour, fontweight="bold", va="center", ha="left", linespacing=1.05, fontfamily=FONT,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.7, "shrinkA": 1, "shrinkB": 0}
            if moved else None,
        )  # fmt: skip


def wrapped_label(title: str) -> str:
    """Return a title as a few short lines."""
    lines = textwrap.wrap(title, _LABEL_LETTERS, max_lines=_LABEL_LINES, placeholder=" …")
    return plain("\n".join(lines) or "?")


def spread(wanted: FloatArray, heights: FloatArray) -> FloatArray:
    """Return places near the wanted ones at which labels of these heights do not overlap.

    Args:
        wanted: Where each label would like its middle, from 0 (bottom) to 1 (top).
        heights: Their heights on the same scale.
    """
    order = np.argsort(wanted, kind="stable")
    at = wanted[order].astype(np.float64)
    size = heights[order]
    for _ in range(200):
        gaps = at[1:] - at[:-1] - (size[1:] + size[:-1]) / 2
        close = np.minimum(gaps, 0.0)
        if not (close < -1e-9).any():
            break
        at[:-1] += close / 2
        at[1:] -= close / 2
    top = float((at + size / 2).max()) - 1.06
    if top > 0:
        at -= top
    low = float((at - size / 2).min()) + 0.06
    if low < 0:
        at -= low
    places = np.empty_like(at)
    places[order] = at
    return places
