"""What the measures for students, firms and jobs do in a month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array, IntArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.models.dated_measure import AnyMeasure, PlacedMeasure
from kortrijk_sim.models.economy_measures import (
    SECTIONS,
    AcquireFirms,
    Internships,
    RoomForScaleUps,
    SmeManager,
    SocialEmployment,
    StarterPremium,
    StayingSupport,
    StudentRooms,
)
from kortrijk_sim.models.policy import Scenario, Sited


class BusinessParams(NamedTuple):
    """How strongly measures act on firms and jobs; names and sources in ``parameters_firms``."""

    starter_premium_births_per_1000_eur: float
    sme_firms_per_manager: float
    sme_attracted_per_manager_year: float
    sme_attracted_jobs: float
    social_employment_least_jobs: float


class Batch(NamedTuple):
    """Firms that policy brings this month."""

    number: int  # keeps the batches of a month apart
    firms: int
    section: int  # -1 the city's own mix
    jobs: int
    sectors: IntArray


def due(total: float, measure: AnyMeasure, month: int) -> int:
    """Return the part of a whole total that falls in a month; over the period the parts sum to it."""
    elapsed = np.clip(np.array([month, month + 1]) - measure.first_month, 0, measure.months)
    before, after = (int(total * int(n) / measure.months + 1e-9) for n in elapsed)
    return after - before


def sectors_of(measure: PlacedMeasure, geography: Geography) -> IntArray:
    """Return the numbers of the sectors where a measure acts."""
    site = getattr(measure, "sector", None)
    if site:
        return np.array([[s.code for s in geography.sectors].index(site)], np.int32)
    return np.flatnonzero(np.isin(geography.sector_wijk, measure.wijk_numbers(geography))).astype(np.int32)


def spread(measure: Sited, count: int, offset: int, weight: Array, geography: Geography) -> IntArray:
    """Divide what opens this month over the sectors of a measure, in turn and in proportion to weights.

    Args:
        measure: The measure.
        count: What opens this month.
        offset: What has opened before.
        weight: Weight of each sector; where all are 0, households count.
        geography: The map.
    """
    out = np.zeros(len(geography.sectors), np.int32)
    if count <= 0:
        return out
    here = sectors_of(measure, geography)
    share = np.asarray(weight, np.float64)[here]
    if share.sum() <= 0:
        share = np.array([geography.sectors[s].households for s in here], np.float64) + 1e-9
    cumulative = np.cumsum(share) / share.sum()
    # The golden ratio spreads any stretch of the sequence evenly.
    turns = (0.5 + (offset + np.arange(count)) * 0.6180339887498949) % 1.0
    np.add.at(out, here[np.minimum(np.searchsorted(cumulative, turns), here.size - 1)], 1)
    return out


def rooms_due(scenario: Scenario, month: int, rooms: Array, geography: Geography, scale: float) -> IntArray:
    """Return the student rooms that measures open this month, shape (sectors,)."""
    out = np.zeros(len(geography.sectors), np.int32)
    for measure in scenario.of(StudentRooms, month):
        total = measure.rooms * scale
        before = sum(due(total, measure, m) for m in range(measure.first_month, month))
        out += spread(measure, due(total, measure, month), before, rooms, geography)
    return out


def scale_up_places(scenario: Scenario, month: int, geography: Geography, scale: float) -> IntArray:
    """Return how many scale-ups the space made so far holds, shape (sectors,)."""
    out = np.zeros(len(geography.sectors), np.int32)
    nothing = np.zeros(len(geography.sectors))
    for measure in scenario.of(RoomForScaleUps):
        made = sum(due(measure.firms * scale, measure, m) for m in range(measure.first_month, month + 1))
        out += spread(measure, made, 0, nothing, geography)
    return out


def births_ratio(scenario: Scenario, month: int, p: BusinessParams) -> float:
    """Return the factor of policy on births of local units."""
    eur = sum(measure.eur for measure in scenario.of(StarterPremium, month))
    return 1.0 + p.starter_premium_births_per_1000_eur * eur / 1000.0


def followed_share(scenario: Scenario, month: int, firms: float, p: BusinessParams) -> float:
    """Return the share of small and middle-sized firms that account managers follow.

    Args:
        scenario: Policy.
        month: Months since 1 January 2025.
        firms: Small and middle-sized firms of the full city.
        p: Parameters.
    """
    managers = sum(measure.managers for measure in scenario.of(SmeManager, month))
    return min(1.0, managers * p.sme_firms_per_manager / max(firms, 1.0))


def firms_due(scenario: Scenario, month: int, geography: Geography, scale: float, p: BusinessParams) -> list[Batch]:
    """Return the firms that measures bring this month."""
    out = []
    for number, measure in enumerate(scenario.measures):
        if not measure.holds(month):
            continue
        if isinstance(measure, AcquireFirms):
            firms = due(measure.firms * scale, measure, month)
            section = SECTIONS.index(measure.section) if measure.section else -1
            out.append(Batch(number, firms, section, measure.jobs_each, sectors_of(measure, geography)))
        elif isinstance(measure, SmeManager):
            yearly = measure.managers * p.sme_attracted_per_manager_year * scale
            firms = due(yearly * measure.months / 12.0, measure, month)
            everywhere = np.arange(len(geography.sectors), dtype=np.int32)
            out.append(Batch(number, firms, -1, int(p.sme_attracted_jobs), everywhere))
    return [batch for batch in out if batch.firms > 0]


def social_places(scenario: Scenario, month: int, geography: Geography, scale: float) -> list[tuple[int, IntArray]]:
    """Return the places in social employment that open this month, with a flag per sector where."""
    out = []
    for measure in scenario.of(SocialEmployment, month):
        where = np.zeros(len(geography.sectors), np.int32)
        where[sectors_of(measure, geography)] = 1
        out.append((due(measure.places * scale, measure, month), where))
    return [(places, where) for places, where in out if places > 0]


def reached(scenario: Scenario, month: int, kind: type[StayingSupport] | type[Internships]) -> float:
    """Return the share of graduates whom a measure of this kind reaches."""
    return max((measure.share_reached for measure in scenario.of(kind, month)), default=0.0)
