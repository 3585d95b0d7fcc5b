"""From a question to an answer: propose sites for care villages, then simulate the best few."""

from __future__ import annotations

import time
from dataclasses import dataclass

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.synthesis import synthesise
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.pairs import Progress
from kortrijk_sim.experiments.run import SCALE_MIN, SEED_MAX
from kortrijk_sim.experiments.siting.plan import Offer, check_offer, plan_text
from kortrijk_sim.experiments.siting.propose import Proposal, propose, survey
from kortrijk_sim.experiments.siting.score import SitingParams
from kortrijk_sim.experiments.siting.verify import DEFAULT_FIGURE, Verified, check_verification, verify


@dataclass(frozen=True)
class Placement:
    """An answer.

    Attributes:
        offer: What the villages hold and when they open.
        proposals: Sets of sites, the best of the objective first.
        verified: What the simulation says of the first of them, or None.
        years: Simulated years from 2025.
        geography: The map.
        near: What counts as near.
        seconds_proposing: Time that finding and scoring took.
        seconds_simulating: Time that the simulation took.
    """

    offer: Offer
    proposals: tuple[Proposal, ...]
    verified: Verified | None
    years: int
    geography: Geography
    near: SitingParams
    seconds_proposing: float
    seconds_simulating: float

    @property
    def best(self) -> int:
        """Number of the best proposal: by the simulation, or without one by the objective."""
        return 1 if self.verified is None else self.verified.order[0]

    def plan(self, name: str) -> str:
        """Return the best proposal as a scenario file of this name."""
        return plan_text(self.proposals[self.best - 1], self.offer, self.geography, name)


def place(
    villages: int,
    offer: Offer,
    *,
    objective: str = "p-median",
    best: int = 3,
    figure: str = DEFAULT_FIGURE,
    years: int | None = None,
    seeds: int = 4,
    first_seed: int = 1,
    workers: int = 2,
    tables: Tables | None = None,
    city_seed: int = 2025,
    scale: float = 1.0,
    progress: Progress | None = None,
) -> Placement:
    """Propose sites for care villages and simulate the best few.

    Args:
        villages: Number of villages, all of the same size.
        offer: What they hold together and when they open.
        objective: The question that matters most, see `propose`.
        best: This many proposals are simulated, from the first; 0 for none.
        figure: The figure that ranks what was simulated, see `verify`.
        years: Simulated years from 2025; by default two after the villages open.
        seeds: Number of paired seeds.
        first_seed: The first of them; the others follow.
        workers: Worker processes.
        tables: Tables instead of the package's own.
        city_seed: Seed of the population synthesis.
        scale: Share of the city that is simulated; proposals are made for the whole city.
        progress: Called with months done, months in all and a date.

    Raises:
        InputError: Something asked for is not possible.
    """
    check_offer(offer, villages)
    years = check_verification(offer, figure, years) if best > 0 else (years or 1)
    _check_runs(seeds, first_seed, scale)
    tables = tables if tables is not None else Tables()
    clock = time.perf_counter()
    base = synthesise(tables, city_seed)
    ground = survey(base, tables, Parameters(tables))
    proposals = propose(ground, villages, objective=objective)
    proposed = time.perf_counter()
    verified = None
    if best > 0:
        verified = verify(
            proposals[:best],
            offer,
            base.geography,
            seeds=range(first_seed, first_seed + seeds),
            years=years,
            figure=figure,
            workers=workers,
            tables=tables,
            city_seed=city_seed,
            scale=scale,
            progress=progress,
        )
    simulated = time.perf_counter()
    return Placement(
        offer=offer,
        proposals=tuple(proposals),
        verified=verified,
        years=years,
        geography=base.geography,
        near=ground.near,
        seconds_proposing=proposed - clock,
        seconds_simulating=simulated - proposed,
    )


def _check_runs(seeds: int, first_seed: int, scale: float) -> None:
    """Refuse before the long search what the simulation would refuse after it."""
    if seeds < 1:
        raise InputError(f"seeds: {seeds}; valid: 1 or more")
    if not 0 <= first_seed <= SEED_MAX - seeds:
        raise InputError(f"seed: {first_seed} is out of bounds; valid: 0 to {SEED_MAX - seeds}")
    if not SCALE_MIN <= scale <= 1:
        raise InputError(f"scale: {scale} is out of bounds; valid: {SCALE_MIN} to 1")
