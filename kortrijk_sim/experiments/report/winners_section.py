"""Winners and losers in a report: by question, by group and by wijk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from kortrijk_sim.experiments.findings import Findings
from kortrijk_sim.experiments.report.bars import Bar, bar_chart
from kortrijk_sim.experiments.report.drawing import Chart, file_name
from kortrijk_sim.experiments.report.texts import Texts

GROUPED_BY = ("age", "tenure", "family")
FEWEST = 20  # simulated people; shares of fewer say nothing
_NOBODY = "none"  # the group of those without a home in 2025


@dataclass(frozen=True)
class WinnersSection:
    """What one future does to people.

    Attributes:
        name, title: Of the future.
        rows: One per criterion, for the table.
        charts: Bars.
    """

    name: str
    title: str
    rows: list[dict[str, Any]]
    charts: list[Chart] = field(default_factory=list)


def winners_sections(findings: Findings, titles: Mapping[str, str], texts: Texts) -> list[WinnersSection]:
    """Return a section per future; empty when lives were not kept.

    Args:
        findings: What the result says.
        titles: Titles by scenario, the base first.
        texts: The language.
    """
    winners = findings.winners
    if winners.empty:
        return []
    found = []
    for scenario in findings.about.alternatives:
        mine = winners[
            (winners["scenario"] == scenario)
            & (winners["group"] != _NOBODY)
            & (winners["all"] * findings.about.scale >= FEWEST)
        ]
        if mine.empty:
            continue
        overall = mine[mine["by"] == "all"]
        if overall.empty:
            continue
        charts = [_overview(scenario, titles[scenario], overall, texts)]
        charts += _grouped(scenario, titles[scenario], mine, overall, texts)
        found.append(WinnersSection(scenario, titles[scenario], [_row(row, texts) for row in _rows(overall)], charts))
    return found


def _rows(frame: pd.DataFrame) -> list[pd.Series]:
    return [row for _, row in frame.iterrows()]


def _criterion(row: pd.Series, texts: Texts) -> str:
    return texts.known(f"criterion.{row['criterion']}", str(row["label"]))


def _unit(row: pd.Series, texts: Texts) -> str:
    return texts.known(f"who.{row['unit']}", str(row["unit"]))


def _row(row: pd.Series, texts: Texts) -> dict[str, Any]:
    low, high = float(row["low"]), float(row["high"])
    interval = ""
    if low == low and high == high:
        low_text, high_text = (texts.number(value, sign=True) for value in (low, high))
        interval = texts("differences.interval", low=low_text, high=high_text)
    return {
        "criterion": _criterion(row, texts),
        "unit": _unit(row, texts),
        "number": texts.number(row["all"]),
        "better": texts.number(row["better"]),
        "worse": texts.number(row["worse"]),
        "net": texts.number(row["net"], sign=True),
        "interval": interval,
        "told": low > 0 or high < 0,
    }


def _bar(row: pd.Series, label: str) -> Bar:
    return Bar(label, float(row["better"] / row["all"]), float(row["worse"] / row["all"]))


def _overview(scenario: str, title: str, overall: pd.DataFrame, texts: Texts) -> Chart:
    bars = [_bar(row, f"{_criterion(row, texts)} ({_unit(row, texts)})") for row in _rows(overall)]
    name = texts("winners.overview", name=title)
    return bar_chart(file_name("winners", scenario), name, _alt(name, bars, texts), [("", bars)], texts)


def _grouped(scenario: str, title: str, mine: pd.DataFrame, overall: pd.DataFrame, texts: Texts) -> list[Chart]:
    """Draw the question with the clearest balance among each kind of people, by group and by wijk."""
    charts = []
    balance = overall.assign(size=(overall["net"] / overall["all"]).abs())
    for unit in ("households", "seniors"):
        rows = balance[balance["unit"] == unit]
        if rows.empty or not (rows["better"] + rows["worse"] > 0).any():
            continue
        chosen = rows.sort_values("size", ascending=False).iloc[0]
        part = mine[mine["criterion"] == chosen["criterion"]]
        groups: list[Bar] = []
        for by in GROUPED_BY:
            lines = _rows(part[part["by"] == by])
            if lines:
                groups.append(Bar(texts(f"by.{by}"), heading=True))
                groups += [_bar(row, texts.known(f"group.{row['group']}", str(row["group"]))) for row in lines]
        wijken = [
            _bar(row, texts.known(f"group.{row['group']}", str(row["group"])))
            for row in _rows(part[part["by"] == "wijk"])
        ]
        name = f"{title}: {_criterion(chosen, texts)} ({_unit(chosen, texts)})"
        if not wijken and not groups:
            continue
        panels = [(texts("winners.group"), groups), (texts("winners.wijk"), wijken)]
        alt = _alt(name, [bar for bar in (*groups, *wijken) if not bar.heading], texts)
        file = file_name("winners", scenario, str(chosen["criterion"]))
        charts.append(bar_chart(file, name, alt, [panel for panel in panels if panel[1]], texts))
    return charts


def _alt(title: str, bars: list[Bar], texts: Texts) -> str:
    best, worst = max(bars, key=lambda bar: bar.better), max(bars, key=lambda bar: bar.worse)
    return texts(
        "winners.alt",
        name=title,
        best=f"{best.label} ({texts.percent(best.better, 1)})",
        worst=f"{worst.label} ({texts.percent(worst.worse, 1)})",
    )
