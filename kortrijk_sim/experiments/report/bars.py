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


BARS_WIDTH, LETTER_WIDTH, GAP, ROW_HEIGHT, HEAD_HEIGHT = 2.9, 0.078, 0.4, 0.258, 0.5  # inches
_LETTERS_MAX = 46


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
    labels = LETTER_WIDTH * min(max(len(bar.label) for _, bars in panels for bar in bars), _LETTERS_MAX) + 0.2
    panel = labels + BARS_WIDTH + GAP
    width, height = panel * len(panels), ROW_HEIGHT * (longest + 1) + HEAD_HEIGHT
    figure = new_figure(width, height)
    figure.text(
        0.02 / width, 1.0 - 0.03 / height, plain(title), va="top", fontsize=11.5, fontweight="bold", color=INK,
        fontfamily=FONT,
    )  # fmt: skip
    worst, best = (
        max((getattr(bar, end) for _, bars in panels for bar in bars), default=0.0) for end in ("worse", "better")
    )
    reach = max(worst, best, 0.005)
    limits = (-max(worst, 0.12 * reach) - 0.24 * reach, max(best, 0.12 * reach) + 0.24 * reach)
    for number, (heading, bars) in enumerate(panels):
        left = number * panel
        axes = figure.add_axes(
            (
                (left + labels) / width,
                1.0 - (HEAD_HEIGHT + ROW_HEIGHT * (len(bars) + 1)) / height,
                BARS_WIDTH / width,
                ROW_HEIGHT * (len(bars) + 1) / height,
            )
        )
        figure.text(
            left / width, 1.0 - 0.3 / height, plain(heading), fontsize=9.5, color=SOFT, va="top", fontfamily=FONT
        )
        axes.set_xlim(*limits)
        axes.set_ylim(len(bars) - 0.5, -1.5)
        axes.axis("off")
        _draw(axes, bars, labels / BARS_WIDTH, reach, texts)
    return chart_of(figure, name, title, alt)


def _draw(axes: Axes, bars: Sequence[Bar], beside: float, reach: float, texts: Texts) -> None:
    """Draw the bars of a panel, with their labels so many widths of the axes to the left."""
    decimals = 0 if reach >= 0.2 else 1
    across = axes.get_yaxis_transform()
    for row, bar in enumerate(bars):
        label = plain(textwrap.shorten(bar.label, _LETTERS_MAX, placeholder=" …"))
        axes.text(
            -beside, row, label, transform=across, va="center",
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
    for side, word, colour, where in ((-1, "worse", WORSE, "right"), (1, "better", BETTER, "left")):
        axes.text(
            side * 0.025 * reach, -1.0, texts(f"winners.{word}"), ha=where, va="center", fontsize=8.5,
            fontweight="bold", color=colour, fontfamily=FONT,
        )  # fmt: skip
