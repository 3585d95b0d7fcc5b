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
        "variance_ratio": ("ratio", "variance without pairs over that with pairs"),
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
