"""Write ``note.md`` and a table of the README from a stored experiment: ``python docs/make_experiments.py runs/note``.

Nothing is run here. ``--other FOLDER`` names a second result of the note's experiment, run elsewhere or in another way,
whose tables have to be the same to the byte.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from markers import DOCS, ROOT, table, write_parts

from kortrijk_sim.experiments.board import board
from kortrijk_sim.experiments.comparison import Comparison, compare
from kortrijk_sim.experiments.headlines import HEADLINES
from kortrijk_sim.experiments.results import Result, read_result
from kortrijk_sim.experiments.winners import winners_over_seeds

YEARS = (2030, 2035, 2040)
# One of each system: what is counted, what is paid, what is waited for, what is driven, who works.
FIVE = ("population", "price_index", "social_queue", "unmet_hours_week", "vehicle_km")
POLICY = "note"


def main() -> None:
    """Read the results that were named and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("note", type=Path)
    parser.add_argument("--other", type=Path)
    asked = parser.parse_args()
    result = read_result(asked.note)
    comparison = compare(result.indicators(), years=YEARS, units=result.units())
    write_parts(ROOT / "README.md", {"compare": short(comparison)})
    write_parts(
        DOCS / "note.md",
        {
            "asked": made_with(result),
            "changes": changes(comparison),
            "sure": sure(comparison),
            "pairs": pairs(comparison),
            "board": targets(result),
            "winners": winners(result),
            "ran": ran(result, read_result(asked.other) if asked.other else None),
        },
    )


def made_with(result: Result) -> str:
    """Say what was run."""
    m = result.manifest
    packages = ", ".join(f"{name} {version}" for name, version in m.versions.items())
    return (
        f"{m.runs:,} runs: {' and '.join(m.scenarios)}, {len(m.seeds)} seeds each, {m.years} years, scale {m.scale:g}; "
        f"version {m.package_version}, model `{m.model_digest}`, tables `{m.tables_digest}`, {packages}."
    )


def changes(comparison: Comparison) -> str:
    """Return the headline differences at three moments."""
    rows, found = [], comparison.of(POLICY).set_index(["indicator", "year"])
    for headline in HEADLINES:
        cells = [headline.label]
        for year in YEARS:
            row = found.loc[(headline.indicator, year)]
            cells.append(change(row))
        last = found.loc[(headline.indicator, YEARS[-1])]
        rows.append([*cells, level(last["without"], last["unit"]), level(last["with_it"], last["unit"])])
    heads = ["", *(str(year) for year in YEARS), "2040 unchanged", "2040 note"]
    return table(heads, rows, "lrrrrr")


def short(comparison: Comparison) -> str:
    """Return five differences of 2040 for the README."""
    found = comparison.of(POLICY).set_index(["indicator", "year"])
    labels = {headline.indicator: headline.label for headline in HEADLINES}
    rows = []
    for name in FIVE:
        row = found.loc[(name, YEARS[-1])]
        rows.append([labels[name], level(row["without"], row["unit"]), level(row["with_it"], row["unit"]), change(row)])
    return table(["2040", "unchanged", "note", "difference (95 %)"], rows, "lrrr")


def change(row: pd.Series) -> str:
    """Return a difference with its interval; in brackets where it may be none."""
    points = row["unit"] == "share"
    mean, low, high = (f"{figure(100 * row[n] if points else row[n], sign=True)}" for n in ("mean", "low", "high"))
    text = f"{mean}{' pt' if points else ''} ({low} to {high})"
    return text if row["distinguishable"] else f"({text})"


def level(value: float, unit: str) -> str:
    """Return a level; shares as percentages."""
    return f"{value:.1%}" if unit == "share" else figure(value)


def figure(value: float, *, sign: bool = False) -> str:
    """Return a number with as many digits as it deserves."""
    digits = 0 if abs(value) >= 100 or value == 0 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3
    return f"{value:+,.{digits}f}" if sign else f"{value:,.{digits}f}"


def sure(comparison: Comparison) -> str:
    """Return what these seeds tell."""
    return "\n".join(f"* {sentence}" for sentence in comparison.advice(POLICY))


def pairs(comparison: Comparison) -> str:
    """Return the ratio of variances for five headline figures."""
    found = comparison.of(POLICY).set_index(["indicator", "year"])
    labels = {headline.indicator: headline.label for headline in HEADLINES}
    rows = []
    for name in FIVE:
        row = found.loc[(name, YEARS[-1])]
        rows.append([
            labels[name], f"{row['variance_ratio']:.1f}", str(row["seeds_needed"]),
            f"{np.ceil(row['seeds_needed'] * row['variance_ratio']):,.0f}" if pd.notna(row["seeds_needed"]) else "",
        ])  # fmt: skip
    heads = ["2040", "variance unpaired over paired", "seeds that tell it from zero", "about as many without pairs"]
    median = comparison.variance_saved(POLICY)
    return table(heads, rows, "lrrr") + f"\n\nThe median over all figures that differ is {median:.1f}."


def targets(result: Result) -> str:
    """Return the lines of the board that are simulated."""
    rows = []
    for line in board(result.indicators(places=["Kortrijk"])):
        if line.verdict == "not simulated":
            continue
        value = f"{figure(line.value)} ({figure(line.low)} to {figure(line.high)})"
        chance = f"{line.probability:.0%} ({line.probability_low:.0%} to {line.probability_high:.0%})"
        first = "" if np.isnan(line.first_year) else f"{line.first_year:.0f} in {line.runs_met}"
        goal = f"{'≥' if line.side == 'at least' else '≤'} {figure(line.goal)} {line.unit}"
        rows.append([line.scenario, line.subject, goal, str(line.year), value, chance, first, line.verdict])
    heads = ["policy", "target", "goal", "year", "value", "probability", "first met, in runs", "verdict"]
    return table(heads, rows, "lllrrrrl")


def winners(result: Result) -> str:
    """Return who is better and worse off, in all and where it is most uneven between wijken."""
    found = winners_over_seeds(result, POLICY)
    rows = []
    for _, row in found[found["by"] == "all"].iterrows():
        wijken = found[(found["criterion"] == row["criterion"]) & (found["by"] == "wijk") & (found["group"] != "none")]
        share = wijken["net"] / wijken["all"].where(wijken["all"] > 0)
        best, worst = wijken.loc[share.idxmax()], wijken.loc[share.idxmin()]
        rows.append([
            row["label"], row["unit"], f"{row['better']:,.0f}", f"{row['worse']:,.0f}", f"{row['same']:,.0f}",
            f"{row['not_comparable']:,.0f}", f"{row['net']:+,.0f} ({row['low']:+,.0f} to {row['high']:+,.0f})",
            f"{best['group']} {share.max():+.1%}", f"{worst['group']} {share.min():+.1%}",
        ])  # fmt: skip
    heads = ["", "of", "better", "worse", "same", "not comparable", "net", "best wijk", "worst wijk"]
    return table(heads, rows, "llrrrrrll")


def ran(result: Result, other: Result | None) -> str:
    """Return time and memory of the runs, and the hash of all tables."""
    records = list(result.records)
    seconds = np.array([record.seconds for record in records])
    memory = np.array([record.memory_mb for record in records])
    order = np.argsort([(result.folder / "records" / f"{record.run}.json").stat().st_mtime_ns for record in records])
    parts = [memory[order][start : start + 50] for start in range(0, len(records), 50)]
    stored = sum(file.stat().st_size for file in result.folder.rglob("*.parquet")) / 1e6
    took = f"{np.median(seconds):.1f} s on one core (median; {seconds.min():.1f} to {seconds.max():.1f})"
    lines = [
        f"* A run took {took} beside other work on the machine; the result holds {stored:,.0f} MB.",
        "* Most memory of a worker, by fifty runs in the order in which they ended: "
        + ", ".join(f"{part.max():,.0f}" for part in parts)
        + " MB.",
        f"* Hash of all tables together: `{tables_hash(result)}`.",
    ]
    if other is not None:
        same = "the same" if tables_hash(other) == tables_hash(result) else "ANOTHER ONE"
        lines.append(
            f"* The experiment was killed twice with SIGKILL and gone on with; run again as a whole, on a Dask "
            f"cluster of two worker processes one of which was killed half-way, it has {same}."
        )
    return "\n".join(lines)


def tables_hash(result: Result) -> str:
    """Return one hash of the bytes of all tables of a result."""
    state = hashlib.sha256()
    for file in sorted(result.folder.rglob("*.parquet")):
        state.update(str(file.relative_to(result.folder)).encode() + b"\0" + file.read_bytes())
    return state.hexdigest()[:16]


if __name__ == "__main__":
    main()
