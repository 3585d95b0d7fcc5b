"""Proposals, their scores and the simulated ranking, as tables and sentences."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from kortrijk_sim.city.geography import Geography
from kortrijk_sim.experiments.paired_result import Difference
from kortrijk_sim.experiments.siting.people import SENIOR_YEARS
from kortrijk_sim.experiments.siting.plan import Offer
from kortrijk_sim.experiments.siting.propose import Proposal
from kortrijk_sim.experiments.siting.score import SitingParams
from kortrijk_sim.experiments.siting.verify import FIGURES, Verified, name_of
from kortrijk_sim.models.policy import START_YEAR

_FIGURE_HEADS = {
    "home_minutes": "minutes from home",
    "family_minutes": "minutes to family",
    "nursing_waiting": "waiting",
    "unmet_hours_week": "unmet hours/week",
}


def site_lines(proposals: Sequence[Proposal], geography: Geography) -> list[str]:
    """Return a line per proposal, counted from 1: which question it answers, and its sites."""
    lines = []
    for number, proposal in enumerate(proposals, start=1):
        names = []
        for site in proposal.sites:
            wijk = geography.wijken[site.wijk].name
            names.append(site.name if site.name.startswith(wijk) else f"{site.name}, {wijk}")
        lines.append(f"Proposal {number} ({proposal.objective}, answer {proposal.rank}): {'; '.join(names)}.")
    return lines


def proposal_table(proposals: Sequence[Proposal], near: SitingParams) -> Table:
    """Return the scores of the proposals, counted from 1.

    Args:
        proposals: The proposals.
        near: What counts as near, for the heads.
    """
    walk, ride = f"{near.siting_walk_minutes:g} min", f"{near.siting_ride_minutes:g} min"
    old = f"{SENIOR_YEARS}+"
    heads = (
        "proposal", "objective", "gap", f"{old} {walk} walk", "with today's sites", f"{old} {ride} bike or bus",
        "home, min by car", "family, min by car", f"staff {ride} bike or car",
    )  # fmt: skip
    table = _table("What they offer on the map", heads)
    for column in table.columns:
        column.max_width = 10
    for number, proposal in enumerate(proposals, start=1):
        value = f"{proposal.value:.1%}" if proposal.objective == "cover" else f"{proposal.value:.2f} min"
        score = proposal.score
        cells = (
            str(number), value, f"{proposal.gap:.1%}", f"{score.walk_share:.1%}",
            f"{score.walk_share_with_today:.1%}", f"{score.ride_share:.1%}", f"{score.home_minutes:.1f}",
            _number(score.family_minutes), f"{score.staff_share:.1%}",
        )  # fmt: skip
        table.add_row(*(Text(cell) for cell in cells))
    return table


def ranking_table(verified: Verified) -> Table:
    """Return the simulated proposals, best first, with what each changes and the 95 % intervals."""
    changes = verified.changes()
    table = _table(
        "Simulated: change against the city without these villages",
        ("rank", "proposal", *(_FIGURE_HEADS[name] for name in FIGURES)),
    )
    for rank, number in enumerate(verified.order, start=1):
        cells = [str(rank), str(number)]
        for name in FIGURES:
            cells.append(_with_interval(changes[number, name]))
        table.add_row(*(Text(cell) for cell in cells))
    return table


def sentences(verified: Verified, offer: Offer, years: int) -> list[str]:
    """Say what ranks the proposals, what the base is, and whether the first is truly better than the others."""
    changes, first = verified.changes(), verified.order[0]
    seeds = verified.pairs.values["seed"].nunique()
    levels = ", ".join(f"{name} {_number(changes[first, name].without)}" for name in FIGURES)
    how = f"mean of {START_YEAR + years - 1} over {seeds} paired seed{'' if seeds == 1 else 's'}"
    return [
        f"Ranked by {verified.figure} ({FIGURES[verified.figure]}), lower is better: {how}; open from {offer.opens}.",
        "In brackets: the 95 % interval of the paired difference.",
        f"Without these villages: {levels}.",
        *(_comparison(difference, first) for difference in verified.behind_best()),
    ]


def _comparison(difference: Difference, first: int) -> str:
    best, other = name_of(first).capitalize(), difference.scenario
    if difference.n < 2:
        return f"{best} comes before {other}, which differs by {_signed(difference.mean)}; one seed gives no interval."
    if difference.distinguishable:
        return f"{best} is better than {other}, which differs by {_with_interval(difference)}."
    return f"{best} and {other}, which differs by {_with_interval(difference)}, are not told apart by these seeds."


def _with_interval(difference: Difference) -> str:
    if difference.n < 2:
        return _signed(difference.mean)
    return f"{_signed(difference.mean)} ({_signed(difference.low)} to {_signed(difference.high)})"


def _table(title: str, heads: Sequence[str]) -> Table:
    table = Table(title=Text(title), title_justify="left", header_style="bold")
    for head in heads:
        table.add_column(head, justify="right", overflow="fold")
    return table


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def _signed(value: float) -> str:
    if math.isnan(value):
        return "-"
    return f"{value:+,.0f}" if abs(value) >= 100 else f"{value:+,.2f}"
