"""What a comparison says in sentences: what its seeds tell, and how many more would tell what."""

from __future__ import annotations

import pandas as pd

from kortrijk_sim.experiments.headlines import HEADLINES, label_of

_NAMED = 3  # figures that are named


def sentences(rows: pd.DataFrame, pairs: int, left_out: int, unit: str) -> list[str]:
    """Return what the pairs tell of one future.

    Args:
        rows: Its rows of ``Comparison.table``.
        pairs: Number of pairs of runs.
        left_out: Runs without a counterpart.
        unit: What a pair is called: seed, or pair when points of a design differ as well.
    """
    differ = rows[(rows["mean"] != 0.0) & rows["mean"].notna()]
    found = [_told(differ, pairs, unit)]
    if pairs >= 2:
        found += _needed(differ[~differ["distinguishable"]], unit)
    same = int((rows["mean"] == 0.0).sum())
    if same:
        found.append(f"{_count(same, 'figure')} {'is' if same == 1 else 'are'} the same in both futures.")
    if left_out:
        verb = "is" if left_out == 1 else "are"
        found.append(f"{_count(left_out, 'run')} without a counterpart in the other future {verb} left out.")
    return found


def _told(differ: pd.DataFrame, pairs: int, unit: str) -> str:
    if pairs < 2:
        return f"One {unit} gives a difference but no interval; 2 or more {unit}s give one."
    told, kept = int(differ["distinguishable"].sum()), int(differ["remains"].sum())
    text = f"{_count(pairs, unit)} tell {told:,} of {_count(len(differ), 'difference')} from zero"
    if not told:
        return f"{text}."
    verb = "remains" if kept == 1 else "remain"
    return f"{text}; {kept:,} {verb} when it is allowed for that all are tested at once (Benjamini-Hochberg, 5 %)."


def _needed(rows: pd.DataFrame, unit: str) -> list[str]:
    """Say how many seeds the headline figures need that are not told from zero, the nearest first."""
    headlines = rows[rows["indicator"].isin([headline.indicator for headline in HEADLINES])]
    shown = headlines if len(headlines) else rows
    near = shown[shown["seeds_needed"].notna()].sort_values("seeds_needed", kind="stable")
    near = near.drop_duplicates("indicator").head(_NAMED)
    out = []
    if len(near):
        named = [
            f"{_name(indicator, place, year, rows)} (about {number:,})"
            for indicator, place, year, number in zip(
                near["indicator"], near["place"], near["year"], near["seeds_needed"], strict=True
            )
        ]
        out.append(f"With more {unit}s these would be told from zero first: {', '.join(named)}.")
    never = int(rows["seeds_needed"].isna().sum())
    if never:
        out.append(f"{_count(never, 'figure')} would need more than 1,000 {unit}s.")
    return out


def _name(indicator: str, place: str, year: int, rows: pd.DataFrame) -> str:
    """Return what a figure is called, with its place and year where there are several."""
    where = f", {place}" if rows["place"].nunique() > 1 else ""
    when = f" in {year}" if rows["year"].nunique() > 1 else ""
    label = label_of(indicator)
    label = label[0].lower() + label[1:] if label[1:2].islower() else label
    return f"{label}{where}{when}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
