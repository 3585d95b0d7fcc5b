"""Comparisons and winners on a screen: tables that fit a terminal of 100 columns, and use 160 when there are."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from rich import box
from rich.table import Table
from rich.text import Text

from kortrijk_sim.experiments.comparison import CITY, Comparison
from kortrijk_sim.experiments.headlines import HEADLINES, label_of

ROOMY = 96  # columns from which the level in the base is shown
WIDE = 150  # columns from which intervals stand beside their differences
MARK = "*"


def difference_table(
    comparison: Comparison, scenario: str, *, place: str = CITY, width: int = 100, every: bool = False
) -> Table:
    """Return what a future changes in one place: a row per figure, a column per year.

    A star marks what is distinguishable from zero. Shares are in per cent, their differences in percentage points.

    Args:
        comparison: What was compared.
        scenario: The future.
        place: The city or a wijk.
        width: Columns of the terminal.
        every: Every indicator instead of the headline figures.

    Raises:
        InputError: The future is not in the comparison.
    """
    rows = comparison.of(scenario)
    rows = rows[rows["place"] == place].set_index(["indicator", "year"])
    years = sorted({year for _, year in rows.index})
    wide = width >= WIDE
    title = f"{scenario} against {comparison.base}, {place}: mean difference (95 % interval)"
    table = Table(
        title=Text(title), title_justify="left", header_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    notes = f"{MARK} told from zero. Shares: differences in percentage points."
    if wide:
        notes += f" Unpaired seeds: how many times more seeds runs without common chance would take for {years[-1]}."
    table.caption, table.caption_justify = Text(notes), "left"
    table.add_column("31 December; flows over the year", min_width=16, max_width=44 if wide else 31)
    roomy = width >= ROOMY
    if roomy:
        table.add_column(f"{comparison.base}\n{years[-1]}", justify="right", no_wrap=True)
    for year in years:
        table.add_column(str(year), justify="right", no_wrap=wide, overflow="fold")
    if wide:  # elsewhere a sentence of the advice has to do
        table.add_column("unpaired\nseeds", justify="right", no_wrap=True)
    have = {indicator for indicator, _ in rows.index}
    for indicator, label, group in _figures(list(dict.fromkeys(name for name, _ in rows.index)), every):
        if group:
            table.add_section()
            table.add_row(Text(group, style="bold"))
        if indicator not in have:
            continue
        last = rows.loc[(indicator, years[-1])]
        cells = [_difference(rows.loc[(indicator, year)], wide) for year in years]
        without = [written(float(last["without"]), str(last["unit"]))] if roomy else []
        times = [_times(float(last["variance_ratio"]))] if wide else []
        table.add_row(Text(label if every else f"  {label}"), *without, *cells, *times)
    return table


def winners_table(winners: pd.DataFrame, *, title: str, by: str = "all", group: str | None = None) -> Table:
    """Return who is better and worse off than the same one in the other future.

    Args:
        winners: Frame of ``winners_over_seeds``.
        title: Title of the table.
        by: Grouping: all, age, tenure, family or wijk.
        group: One group of it.
    """
    shown = winners[(winners["by"] == by) & ((winners["group"] == group) if group is not None else True)]
    table = Table(
        title=Text(title), title_justify="left", header_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    table.add_column("criterion", max_width=44)
    for head in ("of", "better", "worse", "the same", "not comparable", "better less worse"):
        table.add_column(
            head, justify="left" if head == "of" else "right", max_width=27, no_wrap=head != "not comparable"
        )
    for row in shown.to_dict("records"):
        told = row["low"] > 0.0 or row["high"] < 0.0
        net = _with_interval(row["net"], row["low"], row["high"], 0, " ") + (MARK if told else " ")
        counts = (f"{round(row[name]):,}" for name in ("better", "worse", "same", "not_comparable"))
        table.add_row(Text(str(row["label"])), str(row["unit"]), *counts, net)
    return table


def written(value: float, unit: str) -> str:
    """Return a figure as people read it: shares in per cent, thousands separated.

    Args:
        value: The figure.
        unit: Its unit.
    """
    if not math.isfinite(value):
        return ""
    percent = unit == "share"
    value = 100.0 * value if percent else value
    size = abs(value)
    decimals = 1 if percent else 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or size == 0 else 4
    decimals = 0 if value == round(value) and not percent else decimals
    return f"{value:,.{decimals}f}" + (" %" if percent else "")


def _figures(indicators: Sequence[str], every: bool) -> list[tuple[str, str, str]]:
    """Return indicator, label and, at the first of a group, its heading."""
    if every:
        return [(name, name, "") for name in indicators]
    found, group = [], ""
    for headline in HEADLINES:
        if headline.indicator in indicators:
            found.append((headline.indicator, headline.label, headline.group if headline.group != group else ""))
            group = headline.group
    return found or [(name, label_of(name), "") for name in indicators]


def _difference(row: pd.Series, wide: bool) -> Text:
    mean, low, high = (
        float(row[name]) * (100.0 if row["unit"] == "share" else 1.0) for name in ("mean", "low", "high")
    )
    if not math.isfinite(mean):
        return Text("")
    if mean == low == high == 0.0:
        return Text("0 ", style="dim")
    told = bool(row["distinguishable"])
    decimals = _decimals(mean, (high - low) / 2)
    text = _with_interval(mean, low, high, decimals, " " if wide else "\n")
    first, *rest = text.split("\n")
    return Text("\n".join([first + (MARK if told else " "), *rest]), style="" if told else "dim")


def _with_interval(mean: float, low: float, high: float, decimals: int, between: str) -> str:
    """Return such as -126 (-142 to -111); the mean alone when the interval is not known."""
    written_mean = _signed(mean, decimals)
    if not math.isfinite(low):
        return written_mean
    return f"{written_mean}{between}({_signed(low, decimals)} to {_signed(high, decimals)})"


def _signed(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.removeprefix("-") if float(text.replace(",", "")) == 0.0 else text  # no minus zero


def _decimals(mean: float, half: float) -> int:
    """Return how many decimals the width of an interval leaves a meaning to."""
    size = half / 2 if math.isfinite(half) and half > 0.0 else abs(mean) / 20
    return max(0, min(3, -math.floor(math.log10(size)))) if size > 0.0 else 0


def _times(ratio: float) -> str:
    if math.isnan(ratio):
        return ""
    return f"× {ratio:,.1f}" if ratio < 100 else f"× {ratio:,.0f}" if ratio < 10_000 else "> 10,000"
