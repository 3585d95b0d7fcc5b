"""The parts of ``results.md`` and ``README.md`` about care villages; ``make_results.py`` writes them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd
from markers import table
from rich.table import Table

from kortrijk_sim.experiments.care_comparison import ENTERED, FLOWS, STOCKS, CareResults
from kortrijk_sim.experiments.paired_result import Difference
from kortrijk_sim.experiments.siting.place import Placement
from kortrijk_sim.experiments.siting.report import proposal_table, ranking_table, sentences, site_lines

LABELS = (
    {name: f"{label.removesuffix(', mean')}, mean of 2036 to 2040" for name, label in STOCKS.items()}
    | {name: f"{label}, 2030 to 2040" for name, label in FLOWS.items()}
    | {name: f"{label}, 2030 to 2040" for name, label in ENTERED.items()}
)
FINE = ("nursing_queue_months", "family_minutes", "weekly_visitors", "waited_months", "home_minutes")
ONE, FIVE = "care_one_village", "care_five_villages"


def care(results: CareResults) -> str:
    """Lay the care programme of the note beside unchanged policy."""
    rows = [
        (_label(d), _level(d.figure, d.without), _level(d.figure, d.with_it), _change(d.figure, d.mean), _interval(d))
        for d in results.city("care")
    ]
    return table(("", "unchanged", "care", "difference", "95 % interval of the difference"), rows, "lrrrr")


def villages(results: CareResults) -> str:
    """Lay the same nursing places in one village and in five beside each other, for the city and by wijk."""
    unchanged = {d.figure: d.without for d in results.city(ONE)}
    rows = [
        (
            _label(d), _level(d.figure, unchanged[d.figure]), _level(d.figure, d.without), _level(d.figure, d.with_it),
            _change(d.figure, d.mean), _interval(d),
        )
        for d in results.city(FIVE, ONE)
    ]  # fmt: skip
    heads = ("", "unchanged", "one village", "five villages", "five less one", "95 % interval of the difference")
    return f"{table(heads, rows, 'lrrrrr')}\n\n{_by_wijk(results)}"


def _by_wijk(results: CareResults) -> str:
    """Return the way from home and the wait by wijk, and who is better off with five villages than with one."""
    one, between = (_indexed(results.by_wijk(*policies)) for policies in ((ONE,), (FIVE, ONE)))
    rows, nearer, farther = [], [], []
    for wijk in results.wijken:
        cells = [_level("entries", one.loc[(wijk, "entries"), "without"])]
        for figure in ("waited_months", "home_minutes"):
            levels = (
                one.loc[(wijk, figure), "without"],
                between.loc[(wijk, figure), "without"],
                between.loc[(wijk, figure), "with_it"],
            )
            cells += [_level(figure, level) for level in levels]
        way = between.loc[(wijk, "home_minutes")]
        if way["distinguishable"]:
            (nearer if way["mean"] < 0 else farther).append(wijk)
        change = f"{_change('home_minutes', way['mean'])} ({_interval(way)})"
        rows.append((wijk, *cells, change))
    heads = (
        "wijk of the former home", "entries, unchanged", "months waited, unchanged", "one village", "five villages",
        "minutes from home, unchanged", "one village", "five villages", "five less one (95 % interval)",
    )  # fmt: skip
    said = [
        f"Five villages instead of one bring the nursing home nearer for people of {_listed(nearer)}."
        if nearer
        else "",
        f"They bring it farther away for people of {_listed(farther)}." if farther else "",
        "In the other wijken the seeds do not tell one from five." if len(nearer + farther) < len(rows) else "",
    ]
    return f"{table(heads, rows, 'lrrrrrrrr')}\n\n{' '.join(filter(None, said))}"


def placed(found: Placement) -> str:
    """Return what the siting command answers: sites, scores on the map, simulated ranking."""
    parts = [
        _bullets(site_lines(found.proposals, found.geography)),
        _markdown(proposal_table(found.proposals, found.near)),
    ]
    if found.verified is not None:
        parts += [
            _markdown(ranking_table(found.verified)),
            _bullets(sentences(found.verified, found.offer, found.years)),
        ]
    return "\n\n".join(parts)


def placed_in_short(found: Placement) -> str:
    """Return some lines of the same answer: the proposals that were simulated, and how they rank."""
    if found.verified is None:
        return ""
    lines = site_lines(found.proposals, found.geography)
    said = sentences(found.verified, found.offer, found.years)
    return "\n\n".join(
        (
            _bullets(lines[number - 1] for number in sorted(found.verified.order)),
            _markdown(ranking_table(found.verified)),
            # The first says what ranks them, those from the fourth on whether the seeds tell them apart.
            _bullets((said[0], *said[3:])),
        )
    )


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"* {line}" for line in lines)


def _markdown(printed: Table) -> str:
    """Return a table of the command line as Markdown."""
    columns = [[str(cell) for cell in column.cells] for column in printed.columns]
    heads = [str(column.header) for column in printed.columns]
    return table(heads, zip(*columns, strict=True), "r" * len(heads))


def _indexed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.set_index(["wijk", "figure"])


def _label(difference: Difference) -> str:
    label = LABELS[difference.figure]
    if difference.figure == "nursing_occupancy":
        label = label.replace("share of the places for inhabitants in use", "places for inhabitants in use, %")
    return label


def _level(figure: str, value: float) -> str:
    if math.isnan(value):
        return "-"
    if figure == "nursing_occupancy":
        return f"{100.0 * value:.1f}"
    return f"{value:,.2f}" if figure in FINE else f"{value:,.0f}"


def _change(figure: str, value: float) -> str:
    if math.isnan(value):
        return "-"
    if figure == "nursing_occupancy":
        return f"{100.0 * value:+.1f}"
    return f"{value:+,.2f}" if figure in FINE else f"{value:+,.0f}"


def _interval(difference: Difference | pd.Series) -> str:
    figure = difference.figure if isinstance(difference, Difference) else str(difference.name[-1])
    return f"{_change(figure, difference.low)} to {_change(figure, difference.high)}"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
