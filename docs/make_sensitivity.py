"""Choose what the Morris study varies, and write what it found into ``sensitivity.md``.

``python docs/make_sensitivity.py choose`` asks a small city which assumed parameters a scenario can reach and writes
``experiments/morris_assumed.toml``. After the experiment has run,
``python docs/make_sensitivity.py write FOLDER`` writes the tables of the page.
"""

from __future__ import annotations

import argparse
import textwrap
from pathlib import Path

from markers import DOCS, table, write_parts

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.headlines import HEADLINES
from kortrijk_sim.experiments.outcomes import Outcome
from kortrijk_sim.experiments.parameters_reaching import reaching_runs
from kortrijk_sim.experiments.results import Result, read_result
from kortrijk_sim.experiments.sensitivity import Sensitivity, sensitivity, side_by_side
from kortrijk_sim.models.measures import END_YEAR

STUDY = DOCS / "experiments" / "morris_assumed.toml"
FIGURES = (
    "price_index", "vacancy_share", "family_homes_freed", "social_queue", "vehicle_km_per_person", "mode_share_car",
    "nursing_waiting", "population",
)  # fmt: skip
LABELS = {headline.indicator: headline.label for headline in HEADLINES} | {
    "vehicle_km_per_person": "Kilometres driven per inhabitant a day"
}
TOP = 10
LEADING = 3  # of each figure, in the table of all figures
_HEAD = """\
# What the headline figures depend on: Morris' elementary effects of the assumed parameters.
#   kortrijk-sim experiment run docs/experiments/morris_assumed.toml --workers 2 --out runs/morris_assumed
#   python docs/make_sensitivity.py write runs/morris_assumed
# Left out are parameters that no scenario reaches, since they only make the city of 1 January 2025 or judge results.
# Those that act only beside a measure stay in; under unchanged policy they show no effect.
name = "morris_assumed"
title = "What the figures depend on"
question = "Which of the numbers that nobody has measured matter for homes, care and travel in 2040?"
scenarios = ["unchanged"]
seeds = 1
scale = 0.1

[design]
kind = "morris"
trajectories = 4

[uncertainties]
classes = ["assumed"]
parameters = ["*",
  # no run reads them from its scenario
{base}
]
"""


def choose() -> None:
    """Write the study: all assumed parameters that a scenario can reach."""
    reaching = reaching_runs()
    base = [p.name for p in Parameters(Tables()).values() if p.kind == "assumed" and p.name not in reaching]
    STUDY.write_text(_HEAD.format(base=_left_out(base)), encoding="utf-8")


def _left_out(names: list[str]) -> str:
    text = " ".join(f'"!{name}",' for name in sorted(names))
    return textwrap.fill(text, 118, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)


def parts(result: Result) -> dict[str, str]:
    """Return the parts of the page, by name."""
    found = {name: sensitivity(result, Outcome(name, END_YEAR)) for name in FIGURES}
    return {
        "study": _study(result, found),
        "all-figures": _all_figures(found),
        "top-ten": "\n\n".join(f"**{LABELS[name]}**\n\n{_ranking(one)}" for name, one in found.items()),
    }


def _study(result: Result, found: dict[str, Sensitivity]) -> str:
    one, manifest = next(iter(found.values())), result.manifest
    runs = f"{manifest.runs:,} runs ({' and '.join(f'`{name}`' for name in manifest.scenarios)})"
    seeds = "one seed" if len(manifest.seeds) == 1 else f"{len(manifest.seeds)} seeds"
    dropped = f" ({one.dropped} left out, as runs are missing)" if one.dropped else ""
    moving = {factor for each in found.values() for factor in each.table.loc[each.table["mu_star"] > 0.0, "factor"]}
    still = len(manifest.factors) - len(moving)
    return (
        f"{len(manifest.factors)} assumed parameters, {one.used} trajectories{dropped}, {seeds}, "
        f"{manifest.scale:.0%} of the city, to the end of {END_YEAR}: {runs}. {still} of the parameters move none "
        "of these figures: most of them act only beside a measure."
    )


def _all_figures(found: dict[str, Sensitivity]) -> str:
    """Lay the figures side by side: the parameters that lead any of them."""
    leading = {name for one in found.values() for name in one.table["factor"].head(LEADING)}
    laid = side_by_side({LABELS[name]: one for name, one in found.items()})
    above = {LABELS[name]: set(one.table.loc[one.table["above_noise"], "factor"]) for name, one in found.items()}
    rows = [
        (f"`{factor}`", *(f"{row[name]:.0%}" if factor in above[name] else "" for name in laid.columns))
        for factor, row in laid.iterrows()
        if factor in leading
    ]
    return table(("", *laid.columns), rows, "l" + "r" * len(laid.columns))


def _ranking(found: Sensitivity) -> str:
    """Return the parameters that matter most for one figure."""
    parameters = Parameters(Tables())
    rows = []
    for row in found.table.head(TOP).to_dict("records"):
        p = parameters[row["factor"]]
        rows.append(
            (
                f"`{p.name}`",
                f"{p.low:g} to {p.high:g} {p.unit}",
                _spread(row["mu_star"], row["mu_star_conf"]),
                _number(row["mu"]),
                _number(row["sigma"]),
                "yes" if row["above_noise"] else "no",
            )
        )
    heads = ("parameter", "range", "moves the figure by (95 %)", "with its sign", "sigma", "above chance")
    return table(heads, rows, "llrrrl")


def _spread(value: float, half: float) -> str:
    return f"{_number(value)} ({_number(max(0.0, value - half))} to {_number(value + half)})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("what", choices=("choose", "write"))
    options.add_argument("folder", type=Path, nargs="?")
    given = options.parse_args()
    if given.what == "choose":
        choose()
    elif given.folder is None:
        options.error("write needs the folder of the result")
    else:
        write_parts(DOCS / "sensitivity.md", parts(read_result(given.folder)))
