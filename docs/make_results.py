"""Write the tables of results, validation and README from fresh runs: ``python docs/make_results.py``.

Runs the whole city some hundred times over sixteen years, which takes a quarter of an hour. Then it writes between the
markers of the pages, and the yearly figures of every run to ``figures/runs.csv`` for ``make_figures.py``.
``--seeds 2 --scale 0.05 --out FOLDER`` tries it out on copies of the pages.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import runpy
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from care_parts import care, placed, placed_in_short, villages
from markers import DOCS, ROOT, table, write_parts
from mobility_parts import parts as mobility_parts
from score_parts import beyond, counts, scores

from kortrijk_sim import KortrijkModel, load_scenario
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.care_comparison import care_results
from kortrijk_sim.experiments.figures import unchanged_figures
from kortrijk_sim.experiments.mobility_comparison import mobility_results
from kortrijk_sim.experiments.mobility_elasticities import elasticities
from kortrijk_sim.experiments.paired_result import interval
from kortrijk_sim.experiments.replications import Reach, rotation_reach, ten_seeds
from kortrijk_sim.experiments.run import run
from kortrijk_sim.experiments.scorecard import Pattern, ScoreCard, score_card, written
from kortrijk_sim.experiments.siting.place import place
from kortrijk_sim.experiments.siting.plan import Offer
from kortrijk_sim.experiments.table import ROWS, Yearly, note_figures
from kortrijk_sim.models.measures import MONTHS

CITY = "Kortrijk"
POLICIES = ("unchanged", "rotation", "care", "mobility")
VILLAGES, PLACES = 3, 400  # of the siting example
STOCKS = (
    "population", "persons_65plus", "persons_80plus", "labour_force", "households", "dwellings", "life_cycle_homes",
    "vacancy_share", "price_index", "rent_index", "price_to_income", "owner_share", "cost_stress_share",
    "under_occupied_share", "under_occupied_share_65plus", "social_per_100_households", "social_queue",
    "social_wait_years", "homeless_persons", "nursing_places", "nursing_residents", "nursing_occupancy",
    "nursing_waiting", "nursing_queue_months", "unmet_hours_week", "carers_overburdened", "isolated_65plus",
    "care_jobs_vacant", "assisted_homes", "chain_length_city", "second_homes", "neglected_dwellings",
    "vehicle_km", "co2_travel", "mode_share_car", "mode_share_bike", "electric_car_share", "household_cars", "jobs",
    "students_unhoused",
)  # fmt: skip
FLOWS = (
    "births", "deaths", "in_migrants", "out_migrants", "moves_city", "moves_65plus", "purchases", "homes_built",
    "family_homes_freed", "family_homes_to_families", "family_homes_to_young", "family_homes_to_others",
    "nursing_entries", "family_homes_freed_by_care",
)  # fmt: skip
SHARES = ("share", "index", "ratio", "per_100", "to_income", "years", "length", "occupancy", "months")


class Runs(NamedTuple):
    """What came of all runs.

    ``yearly`` has one row per scenario, seed and year: stocks on 1 January, flows of the year before, scaled to
    the whole city. ``figures`` has one row per seed of the unchanged city and one column per measure of the score
    card. ``moving`` has one row per age group and one column per seed, with the share that moves in a year.
    """

    seeds: int
    scale: float
    yearly: pd.DataFrame
    figures: pd.DataFrame
    moving: pd.DataFrame
    hashes: dict[str, str]


def run_all(seeds: int, scale: float) -> Runs:
    """Run unchanged policy, the rotation, the care villages and the mobility package with seeds 1, 2, ..."""
    policies = {name: load_scenario(name) for name in POLICIES}
    yearly, figures, moving, hashes = [], [], {}, {}
    for seed in range(1, seeds + 1):
        for name, policy in policies.items():
            model = KortrijkModel(policy, rng=seed, scale=scale)
            model.run_for(MONTHS)
            yearly.append(by_year(model, name, seed))
            if seed == 1:
                hashes[name] = model.state_hash()
            if name == "unchanged":
                figures.append(unchanged_figures(model))
                moving[seed] = model.indicators.moves_by_age(25).set_index("age_from")["share"]
            print(f"{name}, seed {seed}", flush=True)
    return Runs(seeds, scale, pd.concat(yearly, ignore_index=True), pd.DataFrame(figures), pd.DataFrame(moving), hashes)


def by_year(model: KortrijkModel, scenario: str, seed: int) -> pd.DataFrame:
    """Return the stocks on each 1 January and the flows of the year before it."""
    frame = model.indicators.frame()
    city = frame[frame["place"] == CITY].set_index("month")
    flows = city[list(FLOWS)].rolling(12).sum()
    both = pd.concat([city[list(STOCKS)], flows], axis=1).iloc[::12].copy()
    counts = [name for name in both if not any(word in name for word in SHARES)]
    both[counts] = both[counts] / model.scale
    both.insert(0, "year", 2025 + both.index // 12)
    both.insert(0, "seed", seed)
    both.insert(0, "scenario", scenario)
    return both.round(6)


def spread(sample: Any, form: Callable[[float], str]) -> tuple[str, str]:
    """Return mean and range of a sample as text."""
    values = np.asarray(sample, float)
    return form(float(values.mean())), f"{form(float(values.min()))} to {form(float(values.max()))}"


def made_with(runs: Runs) -> str:
    """Say which version, tables and runs the page shows."""
    part = "the whole city" if runs.scale == 1 else f"{runs.scale:g} of the city, scaled up"
    return (
        f"Made with kortrijk-sim {metadata.version('kortrijk-sim')}, tables `{Tables().digest()}`, {part}, seeds 1 to "
        f"{runs.seeds}. Seed 1 ends with state `{runs.hashes['unchanged']}` under unchanged policy, "
        f"`{runs.hashes['rotation']}` under the rotation, `{runs.hashes['care']}` with the care villages and "
        f"`{runs.hashes['mobility']}` with the mobility package."
    )


def beside_the_note(runs: Runs) -> str:
    """Lay 2040 under unchanged policy beside the note's projections."""
    estimates = ten_seeds(runs.seeds, scale=runs.scale)
    rows = (
        (
            e.sentence.split(":")[0], f"{e.mean:,.0f}", f"{e.low:,.0f} to {e.high:,.0f}", f"{e.sd:,.0f}",
            f"{e.figure:,.0f}", f"{e.mean - e.figure:+,.0f}", f"{100 * (e.mean / e.figure - 1):+.1f} %",
        )
        for e in estimates
    )  # fmt: skip
    heads = ("persons", "mean", "95 % interval of the mean", "sd between runs", "note", "difference", "")
    sentences = "\n".join(f"* {e.sentence}" for e in estimates)
    return f"{table(heads, rows, 'lrrrrrr')}\n\n{sentences}"


def first_year(runs: Runs, card: ScoreCard) -> str:
    """Return births, deaths and net migration of the first year."""
    rows = []
    for score in card.of("V1"):
        if "year" not in score.part:
            continue
        sample = runs.figures[_measure(score.part)]
        inside = int((abs(sample - score.target) <= score.tolerance).sum())
        mean, span = spread(sample, lambda v: f"{v:,.0f}")
        tolerance = f"± {100 * score.tolerance / score.target:.0f} %"
        rows.append((score.part, mean, span, f"{score.target:,.0f}", tolerance, f"{inside} of {runs.seeds}"))
    heads = ("persons", "mean", "range of the runs", "observed in 2024", "tolerance", "runs within")
    return table(heads, rows, "lrrrrr")


def moving_by_age(runs: Runs, card: ScoreCard) -> str:
    """Return the share of inhabitants that takes another home in a year, by age."""
    share = 100 * runs.moving
    rows = []
    for age in share.index[:20]:
        mean, span = spread(share.loc[age], lambda v: f"{v:.1f}")
        rows.append((f"{age} to {age + 4}", mean, span, "█" * round(float(share.loc[age].mean()))))
    profile = table(("age, years", "% a year", "range of the runs", ""), rows, "lrrl")
    return f"{profile}\n\n{_scores(runs, card, 'V4')}"


def homes(runs: Runs, card: ScoreCard) -> str:
    """Return vacancy, its recovery from shocks, and prices."""
    after = [s for s in card.of("V25") if s.part.startswith(("1,500", "half"))]
    shocks = table(
        ("after a shock, seed 1", "vacant, %", "wanted"),
        ((s.part, written(s.figure), f"{written(s.target)} ± {written(s.tolerance)}") for s in after),
        "lrr",
    )
    return f"{_scores(runs, card, 'V7')}\n\n{shocks}\n\n{_scores(runs, card, 'V8')}"


def social(runs: Runs, card: ScoreCard) -> str:
    """Return wait, lettings and drop-out of the social queue."""
    return _scores(runs, card, "V11")


def chains(runs: Runs, card: ScoreCard) -> str:
    """Return the length of vacancy chains and what starts long ones."""
    return _scores(runs, card, "V6")


def care_patterns(runs: Runs, card: ScoreCard) -> str:
    """Return who lives in nursing homes, and how full these are."""
    return f"{_scores(runs, card, 'V12')}\n\n{_scores(runs, card, 'V14')}"


def mobility_patterns(runs: Runs, card: ScoreCard) -> str:
    """Return how people travel in the base year, what they own, how firms and students fare."""
    parts = [_scores(runs, card, pattern) for pattern in ("V15", "V18", "V19", "V20", "V21", "V23")]
    return "\n\n".join(parts)


def _measure(part: str) -> str:
    """Return the measure of a part of the score card."""
    return next(pattern.measure for pattern in Tables().rows("patterns", Pattern) if pattern.part == part)


def _scores(runs: Runs, card: ScoreCard, pattern: str) -> str:
    """Return the lines of one pattern over all seeds."""
    rows = []
    for score in card.of(pattern):
        mean, span = spread(runs.figures[_measure(score.part)], written)
        wanted = (
            f"{written(score.target)} ± {written(score.tolerance)}"
            if score.side == "within"
            else f"{score.side} {written(score.target)}"
        )
        rows.append((score.part, mean, span, wanted, score.unit, score.use))
    return table(("figure", "mean", "range of the runs", "wanted", "unit", "use"), rows, "lrrrll")


COMPARED = (
    ("population", "inhabitants", "{:,.0f}", 1.0),
    ("households", "households", "{:,.0f}", 1.0),
    ("dwellings", "dwellings", "{:,.0f}", 1.0),
    ("life_cycle_homes", "life-cycle-proof homes", "{:,.0f}", 1.0),
    ("second_homes", "second homes", "{:,.0f}", 1.0),
    ("neglected_dwellings", "dwellings vacant for long or neglected", "{:,.0f}", 1.0),
    ("vacancy_share", "market homes vacant, %", "{:.2f}", 100.0),
    ("price_index", "real price index, 2025 = 1", "{:.3f}", 1.0),
    ("rent_index", "real rent index, 2025 = 1", "{:.3f}", 1.0),
    ("cost_stress_share", "households with housing-cost stress, %", "{:.1f}", 100.0),
    ("under_occupied_share_65plus", "65+ in too large a home, %", "{:.1f}", 100.0),
    ("social_per_100_households", "social homes per 100 households", "{:.2f}", 1.0),
    ("social_queue", "households waiting for a social home", "{:,.0f}", 1.0),
    ("homeless_persons", "homeless persons", "{:,.0f}", 1.0),
    ("nursing_waiting", "waiting for a nursing home", "{:,.0f}", 1.0),
)
SUMMED = (
    ("moves_65plus", "moves of 65+ within the city"),
    ("family_homes_freed", "family homes freed by 65+"),
    ("family_homes_to_families", "freed homes taken by families with children"),
    ("family_homes_to_young", "freed homes taken by under 40 without children"),
    ("family_homes_to_others", "freed homes taken by others"),
    ("homes_built", "homes built"),
)


def rotation(runs: Runs, reach: Reach) -> str:
    """Lay the rotation beside unchanged policy, seed by seed."""
    end = runs.yearly[runs.yearly["year"] == 2041].set_index(["scenario", "seed"])
    whole = runs.yearly.groupby(["scenario", "seed"]).sum()
    rows = []
    for name, label, form, factor in COMPARED:
        rows.append(_paired(f"{label}, end of 2040", end[name] * factor, form))
    rows += [_paired(f"{label}, 2025 to 2040", whole[name], "{:,.0f}") for name, label in SUMMED]
    heads = ("", "unchanged", "rotation", "difference", "95 % interval of the difference")
    counted = table(
        ("seed 1, counted in the event log", ""),
        (
            ("households of 1 January 2025", f"{reach.households:,}"),
            ("of which live identical lives in both futures", f"{reach.identical:,} ({reach.share:.1%})"),
            ("family homes freed by 65+, unchanged", f"{reach.freed_without:,}"),
            ("family homes freed by 65+, rotation", f"{reach.freed_with:,}"),
            ("of which in a vacancy chain that a home of the policy started", f"{reach.freed_in_policy_chains:,}"),
            ("homes that the policy built", f"{reach.policy_homes:,}"),
        ),
        "lr",
    )
    return f"{table(heads, rows, 'lrrrr')}\n\n{counted}\n\n{reach.sentence}"


def _paired(label: str, column: pd.Series, form: str) -> tuple[str, str, str, str, str]:
    without, with_it = column["unchanged"], column["rotation"]
    change = (with_it - without).to_numpy(float)
    mean, (low, high) = float(change.mean()), interval(change)
    signed = form.replace("{:", "{:+")
    texts = form.format(without.mean()), form.format(with_it.mean()), signed.format(mean)
    return label, *texts, f"{signed.format(low)} to {signed.format(high)}"


def benchmarks() -> str:
    """Return what ``make benchmark`` wrote last, one heading level down."""
    file = ROOT / "benchmarks" / "results.md"
    if not file.is_file():
        return "Not measured yet: `make benchmark` writes `benchmarks/results.md`."
    text = file.read_text(encoding="utf-8").replace("](README.md)", "](../benchmarks/README.md)")
    lines = text.strip().splitlines()
    return "\n".join("#" + line if line.startswith("#") else line for line in lines if not line.startswith("# "))


def first_lines(scale: float) -> str:
    """Return some lines of the table that a run of seed 1 prints."""
    result = run("unchanged", seed=1, scale=scale)
    yearly = Yearly(result.indicators, result.manifest.months, scale)
    notes = note_figures(result.facts)
    wanted = (
        "population", "persons_65plus", "persons_80plus", "labour_force", "households", "dwellings", "vacancy_share",
        "price_index", "under_occupied_share_65plus", "family_homes_freed", "chain_length_city", "social_queue",
        "nursing_waiting", "unmet_hours_week", "vehicle_km", "co2_travel", "mode_share_car", "students_unhoused",
    )  # fmt: skip
    forms = {"count": "{:,.0f}", "percent": "{:.1%}", "decimal": "{:.2f}"}

    def text(value: float | None, form: str) -> str:
        return "" if value is None else forms[form].format(value)

    rows = [
        (
            row.label[0].upper() + row.label[1:],
            *(text(yearly.value(row, year), row.form) for year in (2025, 2030, 2035, 2040)),
            text(yearly.last(row), row.form),
            text(notes.get(row.indicator), row.form),
        )
        for row in ROWS
        if row.indicator in wanted
    ]
    return table(
        ("1 January; flows over the year", "2025", "2030", "2035", "2040", "end 2040", "the note, 2040"),
        rows,
        "lrrrrrr",
    )


def example(scale: float) -> str:
    """Return what ``examples/first_run.py`` prints."""
    source = (ROOT / "examples" / "first_run.py").read_text(encoding="utf-8")
    trial = DOCS / ".first_run.py"
    trial.write_text(source.replace("rng=1", f"rng=1, scale={scale}"), encoding="utf-8")
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(str(trial))
    finally:
        trial.unlink()
    return f"```text\n{said.getvalue().rstrip()}\n```"


def main() -> None:
    """Run, and write the pages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--out", type=Path, help="folder for copies of the pages instead of the pages themselves")
    parser.add_argument("--readme", action="store_true", help="write the README only")
    options = parser.parse_args()
    results, validation, readme = DOCS / "results.md", DOCS / "validation.md", ROOT / "README.md"
    data = DOCS / "figures" / "runs.csv"
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        pages = (results, validation, readme)
        results, validation, readme = (Path(shutil.copy(page, options.out)) for page in pages)
        data = options.out / data.name
    found = place(VILLAGES, Offer(PLACES), scale=options.scale)
    write_parts(
        readme,
        {"run": first_lines(options.scale), "example": example(options.scale), "place": placed_in_short(found)},
    )
    if options.readme:
        return
    runs = run_all(options.seeds, options.scale)
    runs.yearly.to_csv(data, index=False)
    card = score_card(1, scale=options.scale)
    text = scores(card)
    write_parts(validation, {"score-card": text, "counts": counts(text), "beyond": beyond(text)})
    cared = care_results(options.seeds, scale=options.scale)
    travelled = mobility_results(options.seeds, scale=options.scale)
    answered = elasticities(options.seeds, scale=options.scale)
    write_parts(
        results,
        {
            "made-with": made_with(runs), "note": beside_the_note(runs), "first-year": first_year(runs, card),
            "moving": moving_by_age(runs, card), "homes": homes(runs, card), "social": social(runs, card),
            "chains": chains(runs, card), "rotation": rotation(runs, rotation_reach(1, scale=options.scale)),
            "care-patterns": care_patterns(runs, card), "care": care(cared), "villages": villages(cared),
            "place": placed(found),
            "mobility-patterns": mobility_patterns(runs, card),
            **mobility_parts(travelled, answered, options.scale),
            "benchmarks": benchmarks(),
        },
    )  # fmt: skip


if __name__ == "__main__":
    main()
