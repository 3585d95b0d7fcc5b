"""The tables of an export, each with the unit and meaning of its columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from kortrijk_sim.city.attribution import PUBLISHERS
from kortrijk_sim.experiments.findings import CITY, Findings

_STEPS = {
    "scenario": ("name", "the future"),
    "point": ("number", "point of the design; 0 without one"),
    "seed": ("number", "seed of the dice"),
    "year": ("year", "state on 31 December, flows over the year; 2024 is the start, 1 January 2025"),
    "place": ("name", "the city or one of its wijken"),
}
_KNOWN: dict[str, dict[str, tuple[str, str]]] = {
    "runs": {
        "status": ("word", "done or failed"),
        "reason": ("text", "why a run failed"),
        "state_hash": ("hash", "of everything in the city at the end of the run"),
    },
    "comparison": {
        "indicator": ("name", "what is compared"),
        "without": ("as the indicator", "mean over the seeds in the base"),
        "with_it": ("as the indicator", "mean over the seeds in this future"),
        "mean": ("as the indicator", "mean difference over the seeds, this future less the base, pair by pair"),
        "low": ("as the indicator", "lower end of the 95 % interval of the mean difference"),
        "high": ("as the indicator", "upper end of the 95 % interval of the mean difference"),
        "n": ("seeds", "number of pairs"),
        "distinguishable": ("true or false", "whether the interval leaves out zero"),
        "unit": ("text", "unit of the indicator"),
        "variance_ratio": ("ratio", "variance without pairs over that with pairs"),
        "seeds_needed": ("seeds", "fewest seeds that would tell the difference from zero; empty beyond 1,000"),
        "p_value": ("probability", "of the paired t test"),
        "p_adjusted": ("probability", "the same, adjusted for all figures of the table (Benjamini-Hochberg)"),
        "remains": ("true or false", "whether p_adjusted is below 5 %"),
    },
    "board": {
        "target": ("name", "target of the city's note"),
        "section": ("number", "section of the note"),
        "subject": ("text", "what the target is about"),
        "indicator": ("name", "indicator that it is measured by"),
        "side": ("word", "whether the goal is a least or a most"),
        "goal": ("as unit", "what is wanted"),
        "unit": ("text", "unit of goal and value"),
        "target_year": ("year", "by the end of which year it is wanted"),
        "year": ("year", "year of the value"),
        "value": ("as unit", "mean over the runs"),
        "low": ("as unit", "lower end of the 95 % interval of that mean"),
        "high": ("as unit", "upper end of the 95 % interval of that mean"),
        "runs": ("runs", "number of runs"),
        "probability": ("share", "runs that meet the target, or are on course when they end before its year"),
        "probability_low": ("share", "lower end of its 95 % interval (Wilson)"),
        "probability_high": ("share", "upper end of its 95 % interval (Wilson)"),
        "first_year": ("year", "first year in which it is met, median over the runs that meet it"),
        "runs_met": ("runs", "number of runs that ever meet it"),
        "verdict": ("word", "met, missed, on course, behind or not simulated"),
        "note": ("text", "how the target is read, or why it is not simulated"),
    },
    "winners": {
        "criterion": ("name", "what is compared between the same people in both futures"),
        "label": ("text", "the same in words"),
        "unit": ("word", "who is counted"),
        "by": ("word", "how people are grouped, as of 2025"),
        "group": ("name", "the group"),
        "better": ("number", "better off, mean over the seeds"),
        "worse": ("number", "worse off, mean over the seeds"),
        "same": ("number", "about as well off, mean over the seeds"),
        "not_comparable": ("number", "in one of the two futures only, mean over the seeds"),
        "all": ("number", "all of them"),
        "net": ("number", "better less worse"),
        "low": ("number", "lower end of the 95 % interval of net"),
        "high": ("number", "upper end of the 95 % interval of net"),
        "n": ("seeds", "number of seeds"),
    },
    "sensitivity": {
        "method": ("word", "morris or sobol"),
        "indicator": ("name", "the figure"),
        "factor": ("name", "the parameter or lever"),
        "effect": ("share", "morris: mean effect over the mean of the figure; sobol: total index"),
        "reach": ("share", "half of the 95 % interval of a Sobol index"),
        "above_noise": ("true or false", "whether the effect is larger than chance"),
    },
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class Table(NamedTuple):
    """A table to export.

    Attributes:
        name: Name of the file or the sheet.
        frame: The rows.
        units: Unit by column.
        meanings: Meaning by column.
    """

    name: str
    frame: pd.DataFrame
    units: Mapping[str, str]
    meanings: Mapping[str, str]


def export_tables(findings: Findings, places: Sequence[str] = (), years: Sequence[int] = ()) -> list[Table]:
    """Return what a result holds as tables; those that it does not hold are left out.

    Args:
        findings: What the result says.
        places: Only rows of these places, the city included when it is named; empty for all.
        years: Only rows of these years; empty for all.
    """
    frames = {
        "indicators": findings.indicators,
        "runs": findings.runs,
        "design": findings.design,
        "comparison": findings.differences,
        "board": findings.board,
        "winners": findings.winners,
        "sensitivity": findings.influences,
    }
    tables = []
    for name, frame in frames.items():
        if frame.empty:
            continue
        rows = _chosen(frame, places, years if name in ("indicators", "comparison") else ())
        known = {str(column): _known(findings, name, str(column)) for column in rows}
        units, meanings = ({column: pair[k] for column, pair in known.items()} for k in (0, 1))
        tables.append(Table(name, rows, units, meanings))
    return tables


def column_table(tables: Sequence[Table]) -> pd.DataFrame:
    """Return unit and meaning of every column of every table."""
    rows = [
        (table.name, str(column), table.units.get(str(column), ""), table.meanings.get(str(column), ""))
        for table in tables
        for column in table.frame
    ]
    return pd.DataFrame(rows, columns=["table", "column", "unit", "meaning"])


def source_table(findings: Findings) -> pd.DataFrame:
    """Return what was run, with which versions, and whom to name: one row per item."""
    about = findings.about
    rows = [
        ("experiment", "name", about.name),
        ("experiment", "title", about.title),
        ("experiment", "question", about.question),
        ("experiment", "scenarios", ", ".join(about.scenarios)),
        ("experiment", "compared with", about.base),
        ("experiment", "seeds", ", ".join(map(str, about.seeds))),
        ("experiment", "years", f"2025 to {about.last_year}"),
        ("experiment", "share of the city simulated", f"{about.scale:g}; counts are scaled up"),
        ("experiment", "seed of the population", str(about.city_seed)),
        ("versions", "kortrijk-sim", about.package_version),
        *(("versions", name, version) for name, version in about.versions.items()),
        ("versions", "hash of the tables", about.tables_digest),
    ]
    if about.result_digest:
        rows.append(("versions", "hash of the result", about.result_digest))
    rows += [("source", publisher.subject, publisher.holder) for publisher in PUBLISHERS]
    return pd.DataFrame(rows, columns=["kind", "item", "text"])


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet could take a text for a formula."""
    return text.startswith(_FORMULA_STARTS)


def _chosen(frame: pd.DataFrame, places: Sequence[str], years: Sequence[int]) -> pd.DataFrame:
    if places and "place" in frame:
        frame = frame[frame["place"].isin(list(places))]
    if years and "year" in frame:
        frame = frame[frame["year"].isin(list(years))]
    return frame.reset_index(drop=True)


def _known(findings: Findings, table: str, column: str) -> tuple[str, str]:
    unit, meaning = findings.meaning(table, column)
    if unit or meaning:
        return unit, meaning
    if column in _STEPS:
        return _STEPS[column]
    if column in _KNOWN.get(table, {}):
        return _KNOWN[table][column]
    return ("as the factor", f"value of the factor {column}") if table == "design" else ("", "")


def place_names(findings: Findings) -> list[str]:
    """Return the places that a result speaks of, the city first."""
    found = list(dict.fromkeys(findings.indicators["place"]))
    return sorted(found, key=lambda name: name != CITY)
