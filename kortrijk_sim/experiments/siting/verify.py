"""Proposals put to the test: the city with and without their villages, seed by seed.

The ranking follows one figure, lower being better; the others are laid beside it. A plan that is better on
the map may not be better in the city: people refuse places, staff has to be found, families move.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.care_comparison import entries
from kortrijk_sim.experiments.paired_result import Difference, PairedResult
from kortrijk_sim.experiments.pairs import Figure, Progress, run_pairs
from kortrijk_sim.experiments.siting.plan import Offer, opening_month, scenario_of
from kortrijk_sim.experiments.siting.propose import Proposal
from kortrijk_sim.models.policy import END_YEAR, MONTHS, START_YEAR, Scenario

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

# Figures that villages are meant to lower, with unit; each is the mean over the last year.
FIGURES: Mapping[str, str] = {
    "home_minutes": "minutes by car from the former home to the nursing home of those who entered",
    "family_minutes": "minutes by car from a resident to the nearest child in the city",
    "nursing_waiting": "people waiting for a nursing place",
    "unmet_hours_week": "hours of care a week that nobody gives",
}
DEFAULT_FIGURE = "home_minutes"  # places being equal, it is the one that the spot decides most
_YEAR = 12


@dataclass(frozen=True)
class Verified:
    """What the simulation says of proposals.

    Attributes:
        figure: The figure that ranks them.
        order: Numbers of the proposals that were simulated, the best first.
        pairs: All figures, seed by seed; the future of proposal 2 is named ``proposal 2``.
    """

    figure: str
    order: tuple[int, ...]
    pairs: PairedResult

    def changes(self) -> dict[tuple[int, str], Difference]:
        """Return what each proposal changes against the base, by number and figure."""
        found = {(d.scenario, d.figure): d for d in self.pairs.compare()}
        return {(number, figure): found[name_of(number), figure] for number in self.order for figure in FIGURES}

    def behind_best(self) -> list[Difference]:
        """Return by how much each later proposal differs from the first, in the figure that ranks them."""
        best = {d.scenario: d for d in self.pairs.compare(name_of(self.order[0])) if d.figure == self.figure}
        return [best[name_of(number)] for number in self.order[1:]]


def check_verification(offer: Offer, figure: str, years: int | None) -> int:
    """Return for how many years to simulate: as asked, or until the villages have been open for two.

    Raises:
        InputError: The figure is unknown, or the villages open too late to see what they do.
    """
    if figure not in FIGURES:
        raise InputError(f"figure: no figure '{figure}'; {nearest(figure, FIGURES)}")
    opening = opening_month(offer.opens)
    least, most = -(-(opening + _YEAR) // _YEAR), MONTHS // _YEAR
    if years is None:
        years = min(least + 1, most)
    if not least <= years <= most:
        valid = f"valid: {least} to {most}" if least <= most else f"valid: villages that open by January {END_YEAR}"
        raise InputError(
            f"years: {years} from {START_YEAR} do not show a full year of villages that open in {offer.opens}; {valid}"
        )
    return years


def verify(
    proposals: Sequence[Proposal],
    offer: Offer,
    geography: Geography,
    *,
    seeds: Sequence[int],
    years: int | None = None,
    figure: str = DEFAULT_FIGURE,
    base: Scenario | None = None,
    workers: int = 2,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> Verified:
    """Simulate proposals against the future without them and rank them.

    All runs of a seed are one run up to the month before the villages open.

    Args:
        proposals: The proposals; their numbers in the result count from 1 in this order.
        offer: What the villages hold and when they open.
        geography: The map.
        seeds: Seeds of the dice.
        years: Simulated years from 2025; by default until the villages have been open for two.
        figure: A figure of ``FIGURES`` that ranks the proposals, by its mean over the last year.
        base: The future without villages; unchanged policy by default.
        workers: Worker processes.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated.
        progress: Called with months done, months in all and a date.

    Raises:
        InputError: The figure is unknown, or the villages open too late to see what they do.
    """
    years = check_verification(offer, figure, years)
    opening = opening_month(offer.opens)
    base = base if base is not None else Scenario()
    futures = {
        name_of(number): scenario_of(proposal, offer, geography, base, name_of(number))
        for number, proposal in enumerate(proposals, start=1)
    }
    pairs = run_pairs(
        base,
        futures,
        seeds,
        figures_of,
        years=years,
        branch_month=max(0, opening - 1),
        workers=workers,
        tables=tables,
        city_seed=city_seed,
        scale=scale,
        progress=progress,
    )
    change = {d.scenario: d.mean for d in pairs.compare() if d.figure == figure}
    numbers = range(1, len(proposals) + 1)
    order = sorted(numbers, key=lambda number: (math.isnan(change[name_of(number)]), change[name_of(number)]))
    return Verified(figure, tuple(order), pairs)


def figures_of(model: KortrijkModel) -> dict[str, float]:
    """Return the figures of a run over its last year."""
    entered = entries(model, model.month - _YEAR)
    own = {"home_minutes": float(entered["home_minutes"].mean()) if len(entered) else math.nan}
    return {name: own[name] if name in own else Figure(name, months=_YEAR).of(model) for name in FIGURES}


def name_of(number: int) -> str:
    """Return the name that a proposal's future has in the result."""
    return f"proposal {number}"
