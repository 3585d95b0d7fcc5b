"""New homes and demolition: developers, the policy's programmes, the pipeline between (H9)."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.market_rules import MarketParams, developer_starts_share_per_year
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import (
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    Epc,
    Period,
    Tenure,
)
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.draws import mix, uniform
from kortrijk_sim.models.events import Cause, Kind, note_home, record
from kortrijk_sim.models.state import PIPELINE_MONTHS, Tables

HOUSES, APARTMENTS = 0, 1


class BuildParams(NamedTuple):
    """Parameters of construction; see ``parameters_market``."""

    build_apartment_share: float
    build_price_premium: float
    build_spread_km: float


class Programme(NamedTuple):
    """What a batch of new homes looks like."""

    number: int  # tells apart the batches of one month and wijk
    apartment_share: float
    rooms_apartment_min: int
    rooms_apartment_max: int
    rooms_house_min: int
    rooms_house_max: int
    life_cycle_share_apartment: float
    life_cycle_share_house: float
    let_share_apartment: float
    let_share_house: float
    tenure: int  # -1: owner or private rent by the shares above
    scheme: int


class Ground(NamedTuple):
    """Where homes can stand and what they typically cost."""

    sector_start: Array  # (15,) first sector of each wijk in ``sector_order``
    sector_order: Array  # (113,) sectors sorted by wijk
    sector_weight: Array  # (113,) cumulative share of households within the wijk, in that order
    sector_x_km: Array
    sector_y_km: Array
    typical_value_eur: Array  # (5 kinds, 12 rooms)
    typical_rent_eur_month: Array


@lean
def add_homes(
    t: Tables,
    month: int,
    dice: np.uint64,
    wijk: int,
    homes: int,
    site: int,
    q: Programme,
    ground: Ground,
    bp: BuildParams,
) -> None:
    """Complete a number of homes of one programme in one wijk; each starts a vacancy chain.

    ``site`` is the statistical sector they stand in, -1 to spread them over the wijk by its households.
    """
    dw = t.dwellings
    batch = mix(mix(dice, np.uint64(wijk)), np.uint64(q.number))
    for unit in range(homes):
        key = mix(batch, np.uint64(unit + 1))
        d = t.counts[2]
        t.counts[2] += 1
        apartment = uniform(dice, key, 1) < q.apartment_share
        if apartment:
            kind = DwellingKind.APARTMENT.value
            low, high = q.rooms_apartment_min, q.rooms_apartment_max
        else:
            kind = DwellingKind.TERRACED.value if uniform(dice, key, 2) < 0.5 else DwellingKind.SEMI_DETACHED.value
            low, high = q.rooms_house_min, q.rooms_house_max
        rooms = low + int((high - low + 1) * uniform(dice, key, 3))
        proof = q.life_cycle_share_apartment if apartment else q.life_cycle_share_house
        let = q.let_share_apartment if apartment else q.let_share_house
        tenure = q.tenure
        if tenure < 0:
            tenure = Tenure.PRIVATE_RENT.value if uniform(dice, key, 5) < let else Tenure.OWNER.value
        first, last = ground.sector_start[wijk], ground.sector_start[wijk + 1]
        u = uniform(dice, key, 6)
        place = first
        while place < last - 1 and ground.sector_weight[place] < u:
            place += 1
        sector = ground.sector_order[place] if site < 0 else site
        angle = 2.0 * math.pi * uniform(dice, key, 7)
        radius = bp.build_spread_km * math.sqrt(uniform(dice, key, 8))
        dw.key[d] = key
        dw.status[d] = DwellingStatus.STANDING
        dw.kind[d] = kind
        dw.use[d] = DwellingUse.MAIN_RESIDENCE
        dw.tenure[d] = tenure
        dw.scheme[d] = q.scheme
        dw.rooms[d] = rooms
        dw.period[d] = Period.AFTER_2011
        dw.epc[d] = Epc.A
        dw.life_cycle_proof[d] = 1 if uniform(dice, key, 4) < proof else 0
        dw.sector[d] = sector
        dw.x_km[d] = ground.sector_x_km[sector] + radius * math.cos(angle)
        dw.y_km[d] = ground.sector_y_km[sector] + radius * math.sin(angle)
        dw.value_eur[d] = ground.typical_value_eur[kind, rooms] * (1.0 + bp.build_price_premium)
        dw.rent_eur_month[d] = ground.typical_rent_eur_month[kind, rooms] * (1.0 + bp.build_price_premium)
        dw.ask_factor[d] = 1.0
        dw.household[d] = -1
        dw.vacant_since[d] = month
        dw.chain[d] = mix(key, np.uint64(month + 1))
        dw.chain_position[d] = 0
        dw.built_month[d] = month
        record(
            t.log, t.counts, month, Kind.BUILT.value, Cause.NEW_BUILD.value, 0, -1, -1, -1, d, dw.chain[d], 0,
            float(q.number),
        )  # fmt: skip


@kernel
def market_vacancy(t: Tables) -> Array:
    """Return the share of market homes that stand vacant: houses and apartments, shape (2,)."""
    stock = np.zeros(2)
    vacant = np.zeros(2)
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING or dw.use[d] != DwellingUse.MAIN_RESIDENCE:
            continue
        if dw.tenure[d] != Tenure.SOCIAL_RENT:
            c = APARTMENTS if dw.kind[d] == DwellingKind.APARTMENT else HOUSES
            stock[c] += 1.0
            vacant[c] += dw.household[d] < 0
    return vacant / np.maximum(stock, 1.0)


@kernel
def developers(t: Tables, month: int, dice: np.uint64, mp: MarketParams, bp: BuildParams) -> None:
    """Let developers start homes where land is left; they are completed after the usual lag."""
    vacancy = market_vacancy(t)
    standing = 0
    for d in range(t.counts[2]):
        if t.dwellings.status[d] == DwellingStatus.STANDING:
            standing += 1
    slot = (month + int(mp.developer_lag_months)) % PIPELINE_MONTHS
    land = t.markets.land_left
    for c in range(2):
        share = bp.build_apartment_share if c == APARTMENTS else 1.0 - bp.build_apartment_share
        yearly = developer_starts_share_per_year(vacancy[c], mp) * standing * share
        total_land = land[c].sum()
        if total_land <= 0.0:
            continue
        kind = DwellingKind.APARTMENT.value if c == APARTMENTS else DwellingKind.TERRACED.value
        for w in range(land.shape[1]):
            expected = yearly / 12.0 * land[c, w] / total_land
            key = mix(mix(np.uint64(c), np.uint64(w)), np.uint64(13))
            homes = min(math.floor(expected + uniform(dice, key)), land[c, w])
            land[c, w] -= homes
            t.markets.pipeline[slot, kind, w] += homes


@lean
def complete(
    t: Tables,
    month: int,
    dice: np.uint64,
    house: Programme,
    apartment: Programme,
    ground: Ground,
    bp: BuildParams,
) -> None:
    """Complete what the pipeline holds for this month."""
    slot = month % PIPELINE_MONTHS
    for w in range(t.markets.pipeline.shape[2]):
        for kind in range(t.markets.pipeline.shape[1]):
            homes = int(t.markets.pipeline[slot, kind, w])
            t.markets.pipeline[slot, kind, w] = 0.0
            if homes > 0:
                q = apartment if kind == DwellingKind.APARTMENT else house
                add_homes(t, month, dice, w, homes, -1, q, ground, bp)


@lean
def demolish(t: Tables, month: int, dice: np.uint64, mp: MarketParams) -> None:
    """Pull down some old homes that stand vacant or neglected."""
    dw = t.dwellings
    risk = per_month(mp.demolition_per_year * mp.demolition_vacant_ratio)
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING or dw.household[d] >= 0 or dw.period[d] > Period.FROM_1946_TO_1961:
            continue
        if dw.use[d] == DwellingUse.SECOND_HOME or dw.use[d] == DwellingUse.STUDENT_LET:
            continue
        if uniform(dice, dw.key[d]) < risk:
            dw.status[d] = DwellingStatus.DEMOLISHED
            note_home(t.log, t.counts, month, Kind.DEMOLISHED.value, 0, d, dw.chain[d], 0.0)


@lean
def give_way(t: Tables, month: int, homes: int, apartment_share: float) -> None:
    """Take homes of developers out of the pipeline, those due first, where the pipeline is fullest.

    Land and builders are taken by a measure; what the pipeline no longer holds cannot be taken.
    """
    pipeline = t.markets.pipeline
    apartments = math.floor(homes * apartment_share + 0.5)
    for c in range(2):
        kind = DwellingKind.APARTMENT.value if c == APARTMENTS else DwellingKind.TERRACED.value
        left = apartments if c == APARTMENTS else homes - apartments
        for ahead in range(PIPELINE_MONTHS):
            slot = (month + ahead) % PIPELINE_MONTHS
            while left > 0:
                fullest = np.argmax(pipeline[slot, kind])
                if pipeline[slot, kind, fullest] < 1.0:
                    break
                pipeline[slot, kind, fullest] -= 1.0
                left -= 1
