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


PANEL_WIDTH, LABEL_WIDTH, ROW_HEIGHT, HEAD_HEIGHT = 6.4, 2.55, 0.258, 0.5  # inches
WORSE_TEXT = "#b34700"  # dark enough for small letters


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
    width, height = PANEL_WIDTH * len(panels), ROW_HEIGHT * (longest + 1) + HEAD_HEIGHT
    figure = new_figure(width, height)
    figure.text(
        0.0, 1.0 - 0.03 / height, plain(title), ha="left", va="top", fontsize=11.5, fontweight="bold", color=INK,
        fontfamily=FONT,
    )  # fmt: skip
    worst, best = (
        max((getattr(bar, end) for _, bars in panels for bar in bars), default=0.0) for end in ("worse", "better")
    )
    reach = max(worst, best, 0.005)
    limits = (-max(worst, 0.12 * reach) - 0.24 * reach, max(best, 0.12 * reach) + 0.24 * reach)
    for number, (heading, bars) in enumerate(panels):
        left = number * PANEL_WIDTH
        axes = figure.add_axes(
            (
                (left + LABEL_WIDTH) / width,
                1.0 - (HEAD_HEIGHT + ROW_HEIGHT * (len(bars) + 1)) / height,
                (PANEL_WIDTH - LABEL_WIDTH - 0.35) / width,
                ROW_HEIGHT * (len(bars) + 1) / height,
            )
        )
        figure.text(
            left / width, 1.0 - 0.3 / height, plain(heading), fontsize=9.5, color=SOFT, va="top", fontfamily=FONT
        )
        axes.set_xlim(*limits)
        axes.set_ylim(len(bars) - 0.5, -1.5)
        axes.axis("off")
        _draw(axes, bars, reach, 0 if reach >= 0.2 else 1, texts)
    return chart_of(figure, name, title, alt)


def _draw(axes: Axes, bars: Sequence[Bar], reach: float, decimals: int, texts: Texts) -> None:
    beside = -LABEL_WIDTH / (PANEL_WIDTH - LABEL_WIDTH - 0.35)
    across = axes.get_yaxis_transform()
    for row, bar in enumerate(bars):
        axes.text(
            beside, row, textwrap.shorten(plain(bar.label), 42, placeholder=" …"), transform=across, va="center",
            fontsize=8.5, color=INK, fontweight="bold" if bar.heading else "normal", fontfamily=FONT,
        )  # fmt: skip
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
    for side, word, colour, where in ((-1, "worse", WORSE_TEXT, "right"), (1, "better", BETTER, "left")):
        axes.text(
            side * 0.025 * reach, -1.0, texts(f"winners.{word}"), ha=where, va="center", fontsize=8.5,
            fontweight="bold", color=colour, fontfamily=FONT,
        )  # fmt: skip
