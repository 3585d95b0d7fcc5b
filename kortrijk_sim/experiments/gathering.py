"""Gather what a stored result says: the comparison, the board, winners and losers, and what mattered."""

from __future__ import annotations

import pandas as pd

from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.board import board, board_frame
from kortrijk_sim.experiments.comparison import compare
from kortrijk_sim.experiments.findings import CITY, START, About, Findings
from kortrijk_sim.experiments.headlines import HEADLINES
from kortrijk_sim.experiments.outcomes import Outcome
from kortrijk_sim.experiments.results import RUN_COLUMNS, Result
from kortrijk_sim.experiments.winners import winners_over_seeds

SNAPSHOTS = (2030, 2035, 2040)
INFLUENTIAL = ("population", "price_index", "family_homes_freed", "nursing_waiting", "vehicle_km")


def gather(result: Result, tables: Tables | None = None) -> Findings:
    """Return what a result says.

    Differences are taken for every indicator, in the city and each wijk, at the end of 2030, 2035, 2040 and of
    the last year. What the result does not hold (lives, a design) is left empty.

    Args:
        result: An experiment read back.
        tables: Tables with the targets; the package's own by default.

    Raises:
        InputError: No run has finished, or a file is not readable.
    """
    indicators = result.indicators()
    about = about_of(result, indicators)
    columns = {"indicators": result.columns(), "runs": RUN_COLUMNS}
    designed = bool(about.design)
    return Findings(
        about=about,
        policies={name: result.scenario(name) for name in about.scenarios},
        indicators=indicators,
        differences=differences_of(indicators, about),
        runs=result.runs(),
        design=result.design() if designed else pd.DataFrame(),
        board=board_frame(board(indicators, tables)),
        winners=_winners(result, about),
        influences=_influences(result, about) if designed else pd.DataFrame(),
        columns=columns,
    )


def about_of(result: Result, indicators: pd.DataFrame) -> About:
    """Return the question and what was run; futures and seeds without a finished run are left out."""
    manifest = result.manifest
    found = set(indicators["scenario"])
    scenarios = tuple(name for name in manifest.scenarios if name in found)
    return About(
        name=manifest.name,
        title=manifest.title,
        question=manifest.question,
        base=manifest.base if manifest.base in found else scenarios[0],
        scenarios=scenarios,
        seeds=tuple(sorted(int(seed) for seed in indicators["seed"].unique())),
        years=int(indicators["year"].max()) - START,
        scale=manifest.scale,
        city_seed=manifest.city_seed,
        package_version=manifest.package_version,
        versions=manifest.versions,
        tables_digest=manifest.tables_digest,
        design=manifest.design,
        points=manifest.points,
        result_digest=manifest.plan_digest,
    )


def differences_of(indicators: pd.DataFrame, about: About) -> pd.DataFrame:
    """Return the differences of every future to the base; empty when there is one future only."""
    if not about.alternatives:
        return pd.DataFrame()
    years = sorted({year for year in (*SNAPSHOTS, about.last_year) if START < year <= about.last_year})
    return compare(indicators, base=about.base, years=years, places=None).table


def _winners(result: Result, about: About) -> pd.DataFrame:
    if "lives" not in result.manifest.keep or not about.alternatives:
        return pd.DataFrame()
    parts = []
    for scenario in about.alternatives:
        part = winners_over_seeds(result, scenario, about.base)
        part.insert(0, "scenario", scenario)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _influences(result: Result, about: About) -> pd.DataFrame:
    """Return the influence of each factor on some headline figures; empty for a design that does not tell."""
    if about.design not in ("morris", "sobol"):
        return pd.DataFrame()
    from kortrijk_sim.experiments.sensitivity import sensitivity  # noqa: PLC0415 - needs SALib

    parts = []
    for name in INFLUENTIAL:
        try:
            found = sensitivity(result, Outcome(name, about.last_year, CITY))
        except InputError:  # too many runs are missing, or a figure that never moves
            continue
        effect, reach = ("relative", None) if found.method == "morris" else ("ST", "ST_conf")
        parts.append(
            pd.DataFrame(
                {
                    "method": found.method,
                    "indicator": name,
                    "year": about.last_year,
                    "factor": found.table["factor"],
                    "effect": found.table[effect],
                    "reach": found.table[reach] if reach else float("nan"),
                    "above_noise": found.table["above_noise"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def headline_names(indicators: pd.DataFrame) -> list[tuple[str, list[str]]]:
    """Return the headline indicators that a result has, by theme."""
    themes: dict[str, list[str]] = {}
    for headline in HEADLINES:
        if headline.indicator in indicators:
            themes.setdefault(headline.group.lower(), []).append(headline.indicator)
    return list(themes.items())
