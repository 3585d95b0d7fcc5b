"""Several good and different sets of sites for care villages, each scored.

Need is laid out over the city by where people aged 75 and over live at home, in proportion to the chance
that they need a nursing place, and scaled to the new places: a village takes in those nearest to it until it
is full. Three questions are asked of the candidates:

* ``p-median``: the fewest minutes by car from home, mean over all who need a place;
* ``cover``: the most people aged 75 and over on a short walk from day care and services, today's included;
* ``mixed``: the p-median with half of its weight on those whom no site of today serves on foot.

The question that matters most is asked again among the sites that no earlier answer to it uses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np

from kortrijk_sim.agents.travel_rules import TravelParams, car_minutes
from kortrijk_sim.arrays import Array, BoolArray, FloatArray
from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.synthesis import BaseYear
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.siting.candidates import Candidate, find_candidates, positions, serving_today
from kortrijk_sim.experiments.siting.interchange import assign, greedy, interchange
from kortrijk_sim.experiments.siting.people import People, Points, distance_km, grouped, read_people
from kortrijk_sim.experiments.siting.pmedian import Choice, Location, gap_between, maximal_cover, p_median
from kortrijk_sim.experiments.siting.score import Score, SitingParams, near_on_foot, score

type Objective = Literal["p-median", "cover", "mixed"]
OBJECTIVES: tuple[str, ...] = get_args(Objective.__value__)

_CELL_KM = 0.25  # grain of the people counted as covered, about half of a short walk
_ENOUGH = 0.005  # gap at which the search stops; the inputs are no more precise
_TIME_LIMIT_S = 3.0


@dataclass(frozen=True)
class Proposal:
    """A set of sites for villages.

    Attributes:
        sites: The candidates.
        objective: The question it answers best: ``p-median``, ``cover`` or ``mixed``.
        rank: 1 for the answer to the question, 2 for the best that differs from it, and so on.
        value: Mean minutes by car from home (``p-median``, ``mixed``), or share of those aged 75 and over
            on a short walk from a site (``cover``).
        gap: How far from a proven optimum of its question the answer may be; 0 is proven.
        score: What the set offers, the same figures for every proposal.
    """

    sites: tuple[Candidate, ...]
    objective: str
    rank: int
    value: float
    gap: float
    score: Score


class Ground(NamedTuple):
    """What choices are made on.

    Attributes:
        people: The base-year city.
        candidates: Where villages could stand, m of them.
        today: Positions of today's sites that serve their neighbourhood, shape (t, 2).
        need: Need of places by sector, in chances of needing one; n sectors with need.
        sectors: Numbers of these sectors.
        minutes: Minutes by car from the sectors to the candidates, shape (n, m).
        seniors: People aged 75 and over by cell of the map.
        covers: Whether a cell lies on a short walk from a candidate or a site of today, shape (cells, m + t).
        travel: Speeds and detours.
        near: What counts as near.
    """

    people: People
    candidates: list[Candidate]
    today: FloatArray
    need: Points
    sectors: Array
    minutes: FloatArray
    seniors: Points
    covers: BoolArray
    travel: TravelParams
    near: SitingParams


def survey(base: BaseYear, tables: Tables, parameters: Parameters) -> Ground:
    """Lay out need, people and candidates on the map.

    Args:
        base: The city of 1 January 2025.
        tables: Where today's care sites and the prevalence of nursing care are read from.
        parameters: Where speeds and what counts as near are taken from.
    """
    geography: Geography = base.geography
    travel, near = parameters.select(TravelParams), parameters.select(SitingParams)
    people = read_people(base, tables)
    sites = load_care_sites(tables, geography)
    candidates = find_candidates(
        geography, sites, apart_km=near.siting_apart_km, shop_centres=round(near.siting_shop_centres)
    )
    x_km, y_km = positions(candidates)
    need = grouped(people.x_km, people.y_km, people.need, people.sector)
    seniors = grouped(people.x_km, people.y_km, np.ones(len(people.x_km)), _cells(people))
    spots = [(site.x_km, site.y_km) for site in serving_today(sites)]
    today = np.array(spots, dtype=np.float64).reshape(-1, 2)
    all_x, all_y = np.concatenate([x_km, today[:, 0]]), np.concatenate([y_km, today[:, 1]])
    return Ground(
        people=people,
        candidates=candidates,
        today=today,
        need=need,
        sectors=np.flatnonzero(np.bincount(people.sector, people.need) > 0),
        minutes=car_minutes(distance_km(need.x_km, need.y_km, x_km, y_km), travel),
        seniors=seniors,
        covers=near_on_foot(distance_km(seniors.x_km, seniors.y_km, all_x, all_y), travel, near),
        travel=travel,
        near=near,
    )


def propose(
    ground: Ground,
    villages: int,
    *,
    objective: str = "p-median",
    alternatives: int = 2,
    time_limit_s: float = _TIME_LIMIT_S,
) -> list[Proposal]:
    """Return good sets of sites: the best of each question, that of the objective first, then alternatives.

    Args:
        ground: What choices are made on.
        villages: Number of villages, all of the same size.
        objective: ``p-median``, ``cover`` or ``mixed``.
        alternatives: How often the objective is asked again, as long as there are sites left.
        time_limit_s: Longest exact search for one answer. A search that is cut off may end elsewhere on
            another computer; its gap says how much better an answer could be at most.

    Raises:
        InputError: The objective is unknown or there are too few candidates.
    """
    if objective not in OBJECTIVES:
        raise InputError(f"objective: no objective '{objective}'; {nearest(objective, OBJECTIVES)}")
    m = len(ground.candidates)
    if not 1 <= villages <= m:
        raise InputError(f"villages: {villages} cannot be placed on {m} candidate sites; valid: 1 to {m}")
    found: list[Proposal] = []
    seen: set[tuple[int, ...]] = set()
    left = np.ones(m, np.bool_)
    bound: float | None = None
    asked = [objective, *(other for other in OBJECTIVES if other != objective), *[objective] * alternatives]
    for question in asked:
        again = question == objective and bound is not None
        if again and np.count_nonzero(left) < villages:
            break
        location = _ask(
            ground, question, villages, left if again else np.ones(m, np.bool_), bound if again else None, time_limit_s
        )
        if question == objective:
            left[list(location.sites)] = False
            bound = location.bound
        if location.sites not in seen:
            seen.add(location.sites)
            rank = 1 + sum(p.objective == question for p in found)
            found.append(_proposal(ground, question, rank, location))
    return found


def _ask(
    ground: Ground, question: str, villages: int, allowed: BoolArray, bound: float | None, time_limit_s: float
) -> Location:
    """Answer one question among the sites allowed, with who goes where when the need of all is served.

    A ``bound`` known already is kept: it is that of all sites, so the gap tells what the limitation costs.
    """
    if question == "cover":
        found = _cover(ground, villages, allowed, bound, time_limit_s)
    else:
        weight = ground.need.weight if question == "p-median" else _mixed_weight(ground)
        found = _p_median(ground, weight, villages, allowed, bound, time_limit_s)
    served = assign(_demand(ground.need.weight), ground.minutes, found.sites, _room(ground, villages))
    return found._replace(share=served.share)


def _cover(ground: Ground, villages: int, allowed: BoolArray, bound: float | None, time_limit_s: float) -> Location:
    m = len(ground.candidates)
    kept = np.concatenate([np.flatnonzero(allowed), np.arange(m, ground.covers.shape[1])])
    choice = Choice(villages, fixed=kept >= m, time_limit_s=time_limit_s)
    found = maximal_cover(_demand(ground.seniors.weight), ground.covers[:, kept], choice)
    best = found.bound if bound is None else bound
    sites = tuple(int(kept[site]) for site in found.sites)
    return found._replace(sites=sites, bound=best, gap=gap_between(found.objective, best))


def _p_median(
    ground: Ground, weight: FloatArray, villages: int, allowed: BoolArray, bound: float | None, time_limit_s: float
) -> Location:
    demand, room = _demand(weight), _room(ground, villages)
    start = greedy(demand, ground.minutes, villages, allowed)
    if bound is None:
        try:
            choice = Choice(villages, room, enough=_ENOUGH, time_limit_s=time_limit_s)
            exact = p_median(demand, ground.minutes, choice)
            start, bound = exact.sites, exact.bound
        except InputError:
            bound = 0.0  # nothing found in time, nothing proven
    found = interchange(demand, ground.minutes, start, allowed, room)
    return found._replace(bound=bound, gap=gap_between(found.objective, bound))


def _demand(weight: FloatArray) -> FloatArray:
    return weight / weight.sum()


def _room(ground: Ground, villages: int) -> FloatArray:
    """Return the capacity of a village at each candidate site, as a share of the whole demand."""
    return np.full(len(ground.candidates), 1.0 / (villages * ground.near.siting_filled_share))


def _mixed_weight(ground: Ground) -> FloatArray:
    """Return need by sector, half of it of everybody and half of those whom no site of today serves on foot."""
    people, today = ground.people, ground.today
    km = distance_km(people.x_km, people.y_km, today[:, 0], today[:, 1])
    alone = ~near_on_foot(km, ground.travel, ground.near).any(axis=1)
    unserved = np.bincount(people.sector, people.need * alone, minlength=int(people.sector.max()) + 1)[ground.sectors]
    return _demand(ground.need.weight) + (_demand(unserved) if unserved.any() else 0.0)


def _proposal(ground: Ground, question: str, rank: int, location: Location) -> Proposal:
    sites = list(location.sites)
    chosen = tuple(ground.candidates[site] for site in sites)
    share = np.zeros((int(ground.people.sector.max()) + 1, len(sites)))
    share[ground.sectors] = location.share[:, sites]
    x_km, y_km = positions(chosen)
    return Proposal(
        sites=chosen,
        objective=question,
        rank=rank,
        value=location.objective,
        gap=location.gap,
        score=score(ground.people, x_km, y_km, share, ground.today, ground.travel, ground.near),
    )


def _cells(people: People) -> Array:
    """Return the number of the cell of the map that each senior lives in."""
    column = np.floor((people.x_km - people.x_km.min()) / _CELL_KM).astype(np.int64)
    row = np.floor((people.y_km - people.y_km.min()) / _CELL_KM).astype(np.int64)
    return row * (int(column.max()) + 1) + column
