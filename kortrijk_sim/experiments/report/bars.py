"""Bars of who is better and who is worse off."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from kortrijk_sim.experiments.report.drawing import (
    BETTER,
    FONT,
    INK,
    SOFT,
    WORSE,
    Chart,
    chart_of,
    new_figure,
    plain,
)
from kortrijk_sim.experiments.report.texts import Texts


class Bar(NamedTuple):
    """Shares of a group that are better and worse off; a heading has neither."""

    label: str
    better: float = 0.0
    worse: float = 0.0
    heading: bool = False


def bar_chart(name: str, title: str, alt: str, panels: Sequence[tuple[str, Sequence[Bar]]], texts: Texts) -> Chart:
    """Draw bars to the left (worse off) and to the right (better off), panel beside panel.

    Args:
        name: Of the files.
        title: Of the chart.
        alt: For those who cannot see it.
        panels: Heading and bars of each.
        texts: The language.
    """
    longest = max(len(bars) for _, bars in panels)
    figure = new_figure(6.2 * len(panels), 0.262 * longest + 1.25)
    figure.suptitle(plain(title), x=0.008, ha="left", fontsize=11.5, fontweight="bold", color=INK, fontfamily=FONT)
    reach = max((max(bar.better, bar.worse) for _, bars in panels for bar in bars), default=0.0)
    reach = max(reach, 0.005)
    decimals = 0 if reach >= 0.2 else 1
    for axes, (heading, bars) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        _draw(axes, heading, bars, reach, longest, decimals, texts)
    return chart_of(figure, name, title, alt)


def _draw(
    axes: Axes, heading: str, bars: Sequence[Bar], reach: float, longest: int, decimals: int, texts: Texts
) -> None:
    axes.set_xlim(-1.42 * reach, 1.42 * reach)
    axes.set_ylim(longest - 0.4, -1.5)
    for row, bar in enumerate(bars):
        if bar.heading:
            continue
        axes.barh(row, -bar.worse, color=WORSE, height=0.66)
        axes.barh(row, bar.better, color=BETTER, height=0.66)
        for value, side, where in ((bar.worse, -1, "right"), (bar.better, 1, "left")):
            axes.text(
                side * (value + 0.025 * reach), row, texts.percent(value, decimals), ha=where, va="center",
                fontsize=8, color=INK, fontfamily=FONT,
            )  # fmt: skip
    axes.axvline(0, color=SOFT, linewidth=0.8)
    for side, word, colour, where in ((-1, "worse", WORSE, "right"), (1, "better", BETTER, "left")):
        axes.text(
            side * 0.03 * reach, -1.0, texts(f"winners.{word}"), ha=where, va="center", fontsize=8.5,
            fontweight="bold", color=colour, fontfamily=FONT,
        )  # fmt: skip
    axes.set_yticks(range(len(bars)), [textwrap.shorten(plain(bar.label), 34, placeholder=" …") for bar in bars])
    for tick, bar in zip(axes.get_yticklabels(), bars, strict=True):
        tick.set(fontfamily=FONT, fontsize=8.5, color=SOFT if bar.heading else INK)
        if bar.heading:
            tick.set(fontstyle="italic")
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.spines[["top", "right", "left", "bottom"]].set_visible(False)
    axes.set_title(plain(heading), loc="left", fontsize=9.5, color=SOFT, fontfamily=FONT)
