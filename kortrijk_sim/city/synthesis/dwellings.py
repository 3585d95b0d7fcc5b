"""The housing stock: type, construction period, sector, use, rooms, energy label, place on the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray, KeyArray
from kortrijk_sim.city.synthesis.contingency import apportion, fit, fit_whole, integerise
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.inputs import (
    KINDS,
    LABELS,
    PERIODS,
    CoreKindRow,
    CorePeriodRow,
    Inputs,
    KindPeriodRow,
    KindRoomsRow,
    PeriodLabelRow,
)
from kortrijk_sim.city.synthesis.placement import place_in_sectors
from kortrijk_sim.city.vocabulary import DwellingKind, DwellingUse, Period

# First and last year of each construction period; the first and last are open in the source.
PERIOD_YEARS = np.array(
    [
        (1870, 1899),
        (1900, 1918),
        (1919, 1945),
        (1946, 1961),
        (1962, 1970),
        (1971, 1981),
        (1982, 1991),
        (1992, 2001),
        (2002, 2011),
        (2012, 2024),
    ]
)


@dataclass
class Stock:
    """Dwellings in the order of sectors; all attributes have shape (dwellings,).

    ``occupied`` says which main residences have a household, ``social`` is set when tenure is.
    """

    key: KeyArray
    kind: Array
    period: Array
    sector: Array
    use: Array
    occupied: Array
    rooms: Array
    epc: Array
    life_cycle_proof: Array
    x_km: Array
    y_km: Array
    built_month: Array
    vacant_since: Array


@dataclass(frozen=True)
class Quota:
    """Dwellings per sector by what they are for, each of shape (sectors,)."""

    occupied: Array
    vacant: Array
    neglected: Array
    student: Array
    second: Array

    @property
    def all(self) -> Array:
        """All dwellings per sector."""
        return self.occupied + self.vacant + self.neglected + self.student + self.second


def make_stock(inputs: Inputs, households: int, dice: Dice) -> Stock:
    """Return every dwelling of the city.

    Args:
        inputs: Tables, facts and map.
        households: Households with a home.
        dice: Draws.
    """
    quota = sector_quota(inputs, households)
    kind, period, sector = kinds_periods_sectors(inputs, quota)
    n = kind.size
    key = dice.keys(Stream.DWELLING, n)
    use, occupied = uses(quota, kind, period, sector, key, dice)
    years = PERIOD_YEARS[period]
    u = dice.uniforms(Stream.ENERGY, key, 3)
    built = 12 * (years[:, 0] - 2025) + np.floor(u * 12 * (years[:, 1] - years[:, 0] + 1)).astype(np.int64)
    x, y = place_in_sectors(inputs.geography, sector, key, dice)
    vacant = (use == DwellingUse.MAIN_RESIDENCE) & ~occupied
    months = np.floor(9.0 * dice.uniforms(Stream.USE, key, 9)).astype(np.int64)
    years_empty = 12 + np.floor(108.0 * dice.uniforms(Stream.USE, key, 10)).astype(np.int64)
    since = np.where(vacant, -months, np.where(use == DwellingUse.NEGLECTED, -years_empty, -9999))
    since = np.where(since > -9999, np.maximum(since, built), -9999)
    return Stock(
        key=key,
        kind=kind,
        period=period,
        sector=sector,
        use=use,
        occupied=occupied,
        rooms=rooms_of(inputs, kind, key, dice),
        epc=labels_of(inputs, period, key, dice),
        life_cycle_proof=life_cycle_proof(inputs, kind, period, key, dice),
        x_km=x,
        y_km=y,
        built_month=built,
        vacant_since=since,
    )


def sector_quota(inputs: Inputs, households: int) -> Quota:
    """Divide dwellings by use over the sectors; occupied ones follow the sectors' households."""
    occupied = apportion(np.array([s.households for s in inputs.geography.sectors]), households)
    vacancy = inputs.p("vacant_share_of_market")
    vacant_total = round(households * vacancy / (1 - vacancy))
    neglected_total = inputs.total("vacant_neglected_2023")
    rest = inputs.total("dwellings_2025") - households - vacant_total - neglected_total
    student_total = round(rest * inputs.p("student_share_of_other_use"))
    flats = inputs.sector_column("flat_weight")
    city = inputs.core_of_sector() == 0
    old = np.where(city, 1.4, 1.0)  # the inventory lists old dwellings, most of them in the city
    return Quota(
        occupied=occupied,
        vacant=apportion(occupied, vacant_total),
        neglected=apportion(occupied * old, neglected_total),
        student=apportion(occupied * inputs.sector_column("student_weight"), student_total),
        second=apportion(occupied * np.sqrt(flats), rest - student_total),
    )


def kinds_periods_sectors(inputs: Inputs, quota: Quota) -> tuple[Array, Array, Array]:
    """Return type, period and sector of each dwelling: type x sector first, then period within a type.

    Flats are likelier where a home uses little electricity, detached houses where it uses much.
    """
    core = inputs.core_of_sector()
    cores: tuple[object, ...] = (1, 2, 3)
    by_core = inputs.grid("kind_by_core", CoreKindRow, {"core": cores, "kind": KINDS}, "weight")
    kinds = inputs.parts([f"dwellings_{kind}_2025" for kind in KINDS], inputs.total("dwellings_2025"))
    seed = (by_core[core] * kinds).T
    use = inputs.sector_column("kwh_per_home") / 1000.0
    lean = inputs.p("kind_per_mwh") * (use - np.median(use))
    seed[DwellingKind.APARTMENT] *= np.exp(-lean) * inputs.sector_column("flat_weight")
    seed[DwellingKind.TERRACED] *= np.exp(-0.5 * lean) * inputs.sector_column("terraced_weight")
    seed[DwellingKind.DETACHED] *= np.exp(lean)
    sectors = quota.all
    filled = np.flatnonzero(sectors)
    table = np.zeros((len(KINDS), sectors.size), np.int64)
    table[:, filled] = fit_whole(seed[:, filled] * sectors[filled], [kinds, sectors[filled]], [[0], [1]])
    axes: dict[str, tuple[object, ...]] = {"kind": KINDS, "period": PERIODS}
    buildings = inputs.grid("dwelling_periods", KindPeriodRow, axes, "buildings")
    buildings *= inputs.grid("dwelling_periods", KindPeriodRow, axes, "dwellings_per_building")
    of_core = inputs.grid("period_by_core", CorePeriodRow, {"core": cores, "period": PERIODS}, "weight")[core]
    parts = []
    for k in range(len(KINDS)):
        here = np.flatnonzero(table[k])
        periods = apportion(buildings[k], int(table[k].sum()))
        odds = of_core[here].T * periods[:, None]
        fitted = fit(odds, [periods, table[k, here]], [[0], [1]])
        whole = np.zeros((len(PERIODS), sectors.size), np.int64)
        whole[:, here] = integerise(fitted, [periods, table[k, here]], [[0], [1]])
        parts.append(whole)
    full = np.stack(parts).transpose(2, 0, 1)  # sector, kind, period: dwellings stand sector by sector
    sector, kind, period = (np.repeat(x.ravel(), full.ravel()) for x in np.indices(full.shape))
    return kind, period, sector


def uses(quota: Quota, kind: Array, period: Array, sector: Array, key: KeyArray, dice: Dice) -> tuple[Array, Array]:
    """Return the use of each dwelling and whether a household lives in it, with exact counts per sector."""
    use = np.full(kind.size, int(DwellingUse.MAIN_RESIDENCE), np.int64)
    open_ = np.ones(kind.size, np.bool_)
    occupied = np.zeros(kind.size, np.bool_)
    flat = kind == DwellingKind.APARTMENT
    old = period <= Period.FROM_1919_TO_1945
    likes = (
        (quota.neglected, DwellingUse.NEGLECTED, np.where(old, 3.0, 0.7) * np.where(flat, 0.4, 1.0)),
        (quota.student, DwellingUse.STUDENT_LET, np.where(flat, 2.0, np.where(kind == 0, 1.5, 0.2))),
        (quota.second, DwellingUse.SECOND_HOME, np.where(flat, 2.5, 0.8)),
        (quota.vacant, DwellingUse.MAIN_RESIDENCE, np.where(flat, 1.5, 0.9)),
    )
    for step, (count, code, odds) in enumerate(likes):
        # Weighted sampling without replacement (Efraimidis and Spirakis 2006): the smallest -log(u)/w first.
        score = -np.log(dice.uniforms(Stream.USE, key, step)) / odds
        score[~open_] = np.inf
        chosen = smallest_per_group(score, sector, count)
        use[chosen] = int(code)
        open_[chosen] = False
    occupied[open_] = True
    return use, occupied


def smallest_per_group(score: Array, group: Array, count: Array) -> Array:
    """Return the rows with the ``count[g]`` smallest scores of each group g."""
    order = np.lexsort((score, group))
    sizes = np.bincount(group, minlength=count.size)
    start = np.cumsum(sizes) - sizes
    rank = np.arange(group.size) - start[group[order]]
    return np.asarray(order[rank < count[group[order]]])


def rooms_of(inputs: Inputs, kind: Array, key: KeyArray, dice: Dice) -> Array:
    """Return living rooms and bedrooms, with each type's distribution met to one dwelling."""
    options: tuple[object, ...] = tuple(range(1, 13))
    share = inputs.grid("rooms_by_kind", KindRoomsRow, {"kind": KINDS, "rooms": options}, "share")
    return dealt(share, kind, dice.uniforms(Stream.ROOMS, key)) + 1


def labels_of(inputs: Inputs, period: Array, key: KeyArray, dice: Dice) -> Array:
    """Return energy labels: odds by period, fitted to the shares of the certificates."""
    odds = inputs.grid("epc_by_period", PeriodLabelRow, {"period": PERIODS, "label": LABELS}, "weight")
    periods = np.bincount(period, minlength=len(PERIODS))
    shares = np.array([inputs.facts.value(f"epc_{label.lower()}_share_2023") for label in LABELS])
    labels = apportion(shares, period.size)
    table = fit_whole(odds * periods[:, None], [periods, labels], [[0], [1]])
    order = np.lexsort((dice.uniforms(Stream.ENERGY, key), period))
    out = np.empty(period.size, np.int64)
    out[order] = np.repeat(np.tile(np.arange(len(LABELS)), len(PERIODS)), table.ravel())
    return out


def life_cycle_proof(inputs: Inputs, kind: Array, period: Array, key: KeyArray, dice: Dice) -> Array:
    """Return which dwellings are fit for every stage of life."""
    recent = period >= Period.FROM_2002_TO_2011
    flat = kind == DwellingKind.APARTMENT
    share = np.select(
        [flat & recent, flat, recent],
        [
            inputs.p("life_cycle_share_recent_apartments"),
            inputs.p("life_cycle_share_older_apartments"),
            inputs.p("life_cycle_share_recent_houses"),
        ],
        inputs.p("life_cycle_share_older_houses"),
    )
    return dice.uniforms(Stream.ENERGY, key, 1) < share


def dealt(share: FloatArray, group: Array, u: FloatArray) -> Array:
    """Deal out categories within groups so that each group meets its shares to one; u decides who gets what."""
    out = np.empty(group.size, np.int64)
    order = np.lexsort((u, group))
    sizes = np.bincount(group, minlength=share.shape[0])
    counts = np.stack([apportion(share[g], int(sizes[g])) for g in range(share.shape[0])])
    out[order] = np.repeat(np.tile(np.arange(share.shape[1]), share.shape[0]), counts.ravel())
    return out
