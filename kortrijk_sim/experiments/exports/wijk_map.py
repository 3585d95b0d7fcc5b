"""The wijken as GeoJSON (RFC 7946): outlines in WGS 84 with the indicators of one future and year."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.experiments.findings import KEYS, Findings
from kortrijk_sim.experiments.paired_result import interval


def wijk_map(
    findings: Findings,
    geography: Geography,
    scenario: str,
    year: int,
    indicators: Sequence[str] = (),
    wijken: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the wijken as a feature collection.

    Each wijk carries, per indicator ``x``: ``x`` (mean over the seeds), ``x_low`` and ``x_high`` (95 % interval
    of that mean), and but for the base ``x_difference`` with ``x_difference_low`` and ``x_difference_high``
    (paired difference to the base); null where it is not known.

    Args:
        findings: What the result says.
        geography: The outlines.
        scenario: Of this future.
        year: At the end of this year.
        indicators: Only these; empty for all that exist by wijk.
        wijken: Only these; empty for all.
    """
    rows = findings.indicators
    rows = rows[(rows["scenario"] == scenario) & (rows["year"] == year)]
    names = list(indicators) or [str(column) for column in rows if column not in KEYS]
    differences = findings.differences
    if not differences.empty:
        chosen = (differences["scenario"] == scenario) & (differences["year"] == year)
        differences = differences[chosen].set_index(["place", "indicator"])
    features = []
    for wijk, outline in zip(geography.wijken, geography.outlines, strict=True):
        mine = rows[rows["place"] == wijk.name]
        if (wijken and wijk.name not in wijken) or mine.empty:
            continue
        properties: dict[str, Any] = {"code": wijk.code, "name": wijk.name, "area_km2": wijk.area_km2}
        properties |= {"scenario": scenario, "base": findings.about.base, "year": year, "seeds": mine["seed"].nunique()}
        for name in names:
            properties |= _figures(name, mine[name], differences, wijk.name, of_base=scenario == findings.about.base)
        properties["attribution"] = geography.attribution
        geometry = {"type": "Polygon", "coordinates": [closed_ring(outline)]}
        features.append({"type": "Feature", "id": wijk.code, "geometry": geometry, "properties": properties})
    units = {name: findings.meaning("indicators", name)[0] for name in names}
    return {
        "type": "FeatureCollection",
        "name": findings.about.name,
        "attribution": geography.attribution,
        "units": units,
        "features": features,
    }


def write_wijk_map(collection: dict[str, Any], file: Path) -> None:
    """Write a feature collection as strict JSON."""
    text = json.dumps(collection, ensure_ascii=False, allow_nan=False, indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def closed_ring(outline: FloatArray) -> list[list[float]]:
    """Return a ring as RFC 7946 wants it: counterclockwise, and ending where it began."""
    x, y = outline[:, 0] - outline[0, 0], outline[:, 1] - outline[0, 1]
    area = float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2.0
    points = outline if area > 0 else outline[::-1]
    ring = [[round(float(lon), 6), round(float(lat), 6)] for lon, lat in points]
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _figures(
    name: str, values: pd.Series, differences: pd.DataFrame, place: str, *, of_base: bool
) -> dict[str, float | None]:
    sample = values.to_numpy(np.float64)
    sample = sample[np.isfinite(sample)]
    low, high = interval(sample)
    found = {
        name: _known(float(sample.mean()) if len(sample) else math.nan),
        f"{name}_low": _known(low),
        f"{name}_high": _known(high),
    }
    if of_base:
        return found
    known = (place, name) in differences.index
    for end, column in (("", "mean"), ("_low", "low"), ("_high", "high")):
        value = float(differences[column].loc[(place, name)]) if known else math.nan
        found[f"{name}_difference{end}"] = _known(value)
    return found


def _known(value: float) -> float | None:
    return float(f"{value:.10g}") if math.isfinite(value) else None
