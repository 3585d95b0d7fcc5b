"""Write a result in the format that another program reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.exports.files import write_csv, write_parquet
from kortrijk_sim.experiments.exports.placing import check_places, placed
from kortrijk_sim.experiments.exports.tables import column_table, export_tables, place_names, source_table
from kortrijk_sim.experiments.exports.wijk_map import wijk_map, write_wijk_map
from kortrijk_sim.experiments.exports.workbook import write_workbook
from kortrijk_sim.experiments.findings import KEYS, Findings

FORMATS = ("csv", "xlsx", "parquet", "geojson")
_TABLES = ("indicators", "runs", "design", "comparison", "board", "winners", "sensitivity")


def check_export(to: str, out: Path, *, overwrite: bool = False) -> None:
    """Refuse a format or a place before anything long is begun.

    Raises:
        InputError: There is no such format, or the place does not fit it or is taken.
    """
    if to not in FORMATS:
        raise InputError(f"--to: no format '{to}'; {nearest(to, FORMATS)}")
    if to in ("xlsx", "geojson"):
        if out.suffix.lower() not in ((".geojson", ".json") if to == "geojson" else (".xlsx",)):
            raise InputError(f"--out: {out} is no {to} file; valid: a name that ends in .{to}")
        check_places([out], overwrite=overwrite)
        return
    if out.exists() and not out.is_dir():
        raise InputError(f"--out: {out} is a file; valid: a folder, which gets one {to} file a table")
    check_places([out / f"{name}.{to}" for name in (*_TABLES, "columns", "sources")], overwrite=overwrite)


def export(
    findings: Findings,
    to: str,
    out: Path,
    *,
    wijken: Sequence[str] = (),
    years: Sequence[int] = (),
    scenario: str | None = None,
    indicators: Sequence[str] = (),
    overwrite: bool = False,
    tables: Tables | None = None,
) -> list[Path]:
    """Write what a result says.

    Args:
        findings: What the result says.
        to: ``csv`` or ``parquet`` (a folder with one file a table), ``xlsx`` or ``geojson`` (one file).
        out: The folder or file.
        wijken: Only these wijken (or ``Kortrijk``, the city); empty for all places.
        years: Only these years; for GeoJSON one year, the last one by default.
        scenario: GeoJSON: of this future; by default the first that is not the base.
        indicators: Only these indicators; empty for all.
        overwrite: Whether files that stand there may be replaced.
        tables: Where the outlines are read from; the package's own by default.

    Returns:
        The files written.

    Raises:
        InputError: A choice is not valid or a place is taken.
    """
    check_export(to, out, overwrite=overwrite)
    geography = load_geography(tables if tables is not None else Tables())
    places = [_place(name, findings) for name in wijken]
    _check_years(years, findings)
    findings = _only(findings, indicators)
    if to == "geojson":
        chosen, year = _one_future(findings, scenario), _one_year(findings, years)
        collection = wijk_map(findings, geography, chosen, year, indicators, places)
        with placed([out], overwrite=overwrite) as (part,):
            write_wijk_map(collection, part)
        return [out]
    found = export_tables(findings, places, years)
    if to == "xlsx":
        with placed([out], overwrite=overwrite) as (part,):
            write_workbook(found, findings, part)
        return [out]
    sources = source_table(findings)
    if to == "parquet":
        about = [(item, text) for _, item, text in sources.itertuples(index=False)]
        files = [out / f"{table.name}.parquet" for table in found]
        with placed(files, overwrite=overwrite) as parts:
            for table, part in zip(found, parts, strict=True):
                write_parquet(table, part, about)
        return files
    frames = {table.name: table.frame for table in found} | {"columns": column_table(found), "sources": sources}
    files = [out / f"{name}.csv" for name in frames]
    with placed(files, overwrite=overwrite) as parts:
        for frame, part in zip(frames.values(), parts, strict=True):
            write_csv(frame, part)
    return files


def _place(name: str, findings: Findings) -> str:
    wanted = " ".join(name.casefold().split())
    known = place_names(findings)
    for place in known:
        if place.casefold() == wanted:
            return place
    geography = load_geography(Tables())
    for wijk in geography.wijken:  # also by code, as everywhere
        if wanted in (wijk.code.casefold(), wijk.code[-3:].casefold()) and wijk.name in known:
            return wijk.name
    raise InputError(f"--wijk: no wijk '{name}'; {nearest(name.title(), known)}")


def _check_years(years: Sequence[int], findings: Findings) -> None:
    known = sorted(int(year) for year in findings.indicators["year"].unique())
    for year in years:
        if year not in known:
            raise InputError(f"--years: the result has no year {year}; valid: {known[0]} to {known[-1]}")


def _only(findings: Findings, indicators: Sequence[str]) -> Findings:
    """Return the findings with some of the indicators only."""
    if not indicators:
        return findings
    known = [str(column) for column in findings.indicators if column not in KEYS]
    for name in indicators:
        if name not in known:
            raise InputError(f"--indicator: no indicator '{name}'; {nearest(name, known)}")
    frame = findings.indicators[[*KEYS, *indicators]]
    differences = findings.differences
    if not differences.empty:
        differences = differences[differences["indicator"].isin(list(indicators))]
    return replace(findings, indicators=frame, differences=differences)


def _one_future(findings: Findings, scenario: str | None) -> str:
    about = findings.about
    if scenario is None:
        return about.alternatives[0] if about.alternatives else about.base
    if scenario not in about.scenarios:
        raise InputError(f"--scenario: no scenario '{scenario}'; {nearest(scenario, about.scenarios)}")
    return scenario


def _one_year(findings: Findings, years: Sequence[int]) -> int:
    if len(years) > 1:
        raise InputError("--years: a map shows one year; valid: one year, such as 2040")
    return years[0] if years else int(findings.indicators["year"].max())
