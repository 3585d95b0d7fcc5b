"""The score card: patterns of the real city that the model has to show, each with a verdict.

A pattern is used to calibrate the model, or it is held out and tests it. Targets, tolerances and sources
stand in the table ``patterns``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, model_validator
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.figures import first_year, unchanged_figures
from kortrijk_sim.experiments.null_model import cohort_accounts, explain, our_accounts
from kortrijk_sim.experiments.stress import MONTHS as STRESS_MONTHS
from kortrijk_sim.experiments.stress import stress_figures
from kortrijk_sim.models.measures import END_YEAR, MONTHS, START_YEAR
from kortrijk_sim.models.model import KortrijkModel

type Progress = Callable[[int, int, dt.date], None]
type Verdict = Literal["pass", "near", "fail"]

FIRST_YEARS = 10  # a single first year scatters by as much as the tolerance: its mean over seeds is judged

_COLOURS: dict[Verdict, str] = {"pass": "green", "near": "yellow", "fail": "bold red"}


class Pattern(BaseModel):
    """One measurable part of a pattern: a line of the table ``patterns``.

    The target is a number or the name of a fact or parameter. ``within`` passes up to the tolerance on both
    sides and is near up to twice of it; a bound (``at least``, ``at most``) passes on its own side and is
    near up to the tolerance beyond it.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    pattern: str = Field(pattern=r"^V[0-9]+$")
    part: str = Field(min_length=3)
    measure: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    unit: str
    target: float | None = None
    fact: str | None = None
    tolerance: float = Field(gt=0)
    side: Literal["within", "at least", "at most"]
    use: Literal["calibrated", "held out"]
    source: str = Field(min_length=3)

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.target is None) == (self.fact is None):
            raise ValueError(f"{self.measure}: wants a target or a fact, and not both")
        return self

    def judge(self, figure: float, target: float) -> Verdict:
        """Return the verdict on a figure."""
        if not math.isfinite(figure):
            return "fail"
        beyond = {
            "within": abs(figure - target) - self.tolerance,
            "at least": target - figure,
            "at most": figure - target,
        }[self.side]
        # Figures are sums of fractions: what stands on the line is not beyond it.
        line = 1e-9 * max(1.0, abs(target))
        if beyond <= line:
            return "pass"
        return "near" if beyond <= self.tolerance + line else "fail"


class Score(NamedTuple):
    """One line of the score card."""

    pattern: str
    part: str
    figure: float
    target: float
    tolerance: float
    side: str
    unit: str
    verdict: Verdict
    use: str
    source: str


@dataclass(frozen=True)
class ScoreCard:
    """The verdicts on one run.

    Attributes:
        scores: One per measurable part, in the order of the table ``patterns``.
        sentences: Why the model differs from a projection that knows no homes.
        seed: Seed of the dice.
        scale: Share of the city that was simulated.
    """

    scores: tuple[Score, ...]
    sentences: tuple[str, ...]
    seed: int
    scale: float

    def __iter__(self) -> Iterator[Score]:
        return iter(self.scores)

    def of(self, pattern: str) -> list[Score]:
        """Return the lines of one pattern, such as ``V6``."""
        return [score for score in self.scores if score.pattern == pattern]

    def frame(self) -> pd.DataFrame:
        """Return the card as a data frame, one row per line."""
        return pd.DataFrame(list(self.scores), columns=list(Score._fields))

    def count(self, verdict: Verdict) -> int:
        """Return how many lines got a verdict."""
        return Counter(score.verdict for score in self.scores)[verdict]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Print the card, then the sentences, then the sum."""
        part = f", {self.scale:g} of the city scaled up" if self.scale != 1 else ""
        table = Table(title=Text(f"Score card, seed {self.seed}{part}"), title_justify="left", header_style="bold")
        for heading in ("", "pattern", "ours", "target", "tolerance", "unit", "verdict", "use", "source"):
            right = heading in {"ours", "target", "tolerance"}
            table.add_column(heading, justify="right" if right else "left", no_wrap=right or heading in {"", "verdict"})
        before = ""
        for score in self.scores:
            if before and score.pattern != before:
                table.add_section()
            side = "" if score.side == "within" else f"{score.side} "
            table.add_row(
                score.pattern if score.pattern != before else "",
                Text(score.part),
                written(score.figure),
                side + written(score.target),
                f"{'±' if score.side == 'within' else ''}{written(score.tolerance)}",
                Text(score.unit),
                Text(score.verdict, style=_COLOURS[score.verdict]),
                score.use,
                Text(score.source),
            )
            before = score.pattern
        yield table
        for sentence in self.sentences:
            yield Text(f"• {sentence}")
        yield Text(f"{self.count('pass')} pass, {self.count('near')} near, {self.count('fail')} fail.")


def written(value: float) -> str:
    """Return a figure with as many digits as it deserves."""
    if not math.isfinite(value):
        return "none"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 20 else f"{value:,.2f}"


def score_card(
    seed: int = 1,
    *,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> ScoreCard:
    """Run the unchanged city, a null model and extreme tests, and judge them.

    Args:
        seed: Seed of the dice.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated; counts are scaled up, so a small city is judged by noise.
        progress: Called with months done, months in all and the date of the run under way.

    Raises:
        InputError: A table or an option is not usable.
    """
    tables = tables if tables is not None else Tables()
    patterns = tables.rows("patterns", Pattern)
    targets = _targets(patterns, tables)
    months, done = MONTHS + 12 * (FIRST_YEARS - 1) + STRESS_MONTHS, 0

    def run(model: KortrijkModel, wanted: int) -> None:
        nonlocal done
        for _ in range(wanted):
            model.step()
            done += 1
            if progress is not None:
                progress(done, months, model.date)

    if progress is not None:
        progress(0, months, dt.date(START_YEAR, 1, 1))
    model = KortrijkModel(rng=seed, tables=tables, city_seed=city_seed, scale=scale)
    run(model, MONTHS)
    figures = unchanged_figures(model)
    years = [first_year(model)]
    for other in range(seed + 1, seed + FIRST_YEARS):
        again = KortrijkModel(rng=other, tables=tables, city_seed=city_seed, scale=scale)
        run(again, 12)
        years.append(first_year(again))
    figures |= {name: sum(year[name] for year in years) / len(years) for name in years[0]}
    ours, null = our_accounts(model, END_YEAR - START_YEAR), cohort_accounts(model, END_YEAR - START_YEAR)
    for name, mine, theirs in zip(("population", "65plus", "80plus"), ours, null, strict=True):
        figures[f"null_{name}"] = 100.0 * (mine.end / theirs.end - 1.0)
    figures |= stress_figures(model, run)
    scores = tuple(_score(pattern, figures, targets[pattern.measure], tables) for pattern in patterns)
    sentences = tuple(explain(mine, theirs) for mine, theirs in zip(ours, null, strict=True))
    return ScoreCard(scores, sentences, seed, scale)


def _targets(patterns: list[Pattern], tables: Tables) -> dict[str, float]:
    """Return the target of each measure; facts and parameters are looked up before anything is run."""
    facts, parameters = Facts(tables), Parameters(tables)
    known = set(parameters)
    found: dict[str, float] = {}
    for pattern in patterns:
        if pattern.fact is None:
            found[pattern.measure] = float(pattern.target or 0.0)
        elif pattern.fact in known:
            found[pattern.measure] = parameters.value(pattern.fact)
        else:
            found[pattern.measure] = facts.value(pattern.fact)
    return found


def _score(pattern: Pattern, figures: dict[str, float], target: float, tables: Tables) -> Score:
    if pattern.measure not in figures:
        valid = ", ".join(sorted(figures))
        raise InputError(f"{tables.path('patterns')}: no measure '{pattern.measure}'; valid: {valid}")
    figure = figures[pattern.measure]
    return Score(
        pattern.pattern, pattern.part, figure, target, pattern.tolerance, pattern.side, pattern.unit,
        pattern.judge(figure, target), pattern.use, pattern.source,
    )  # fmt: skip
