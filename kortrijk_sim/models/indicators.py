"""What is measured every month, per wijk and for the city: stocks from the tables, flows from the events."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from kortrijk_sim.agents.household_rules import is_too_large, rooms_needed
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.vocabulary import (
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    HouseholdStatus,
    Tenure,
)
from kortrijk_sim.compiling import inlined, lean
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.care_indicators import add, count_older_members, count_residents, count_sites
from kortrijk_sim.models.care_start import CareParams
from kortrijk_sim.models.events import Cause, Kind, Profile
from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED, N_RAW, Definition, Raw
from kortrijk_sim.models.market import Place
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import AGE_GROUPS, Summary, describe, expect_household

WAIT_MONTHS = 61  # longer waits count as the last
# Type of household by couple or not, children or not, one, two or more members.
_TYPES = np.array(
    [
        [[Raw.ALONE, Raw.OTHER, Raw.OTHER], [Raw.ALONE, Raw.LONE_PARENT, Raw.LONE_PARENT]],
        [[Raw.ALONE, Raw.COUPLE, Raw.OTHER], [Raw.ALONE, Raw.COUPLE_CHILDREN, Raw.COUPLE_CHILDREN]],
    ]
)
_BY_NAME = {definition.name: definition for definition in DEFINITIONS}
_DERIVED = {definition.name for definition in DERIVED}


@lean
def observe(
    t: Tables,
    s: Summary,
    month: int,
    child_pays: float,
    first_event: int,
    place: Place,
    stress_share: float,
    care: CareParams,
    out: Array,
    ages: Array,
    waits: Array,
) -> None:
    """Summarise every household and count everything, in one walk; row 0 of the counts is the city.

    Args:
        t: All tables.
        s: Filled with the summary of the households at the end of the month.
        month: The coming month: stocks are those of its first day.
        child_pays: Share of a grown child's income that the household can count on.
        first_event: First row of the past month in the event log.
        place: Where things are.
        stress_share: Share of income from which housing costs are stress.
        care: Parameters of care.
        out: Filled with the counts, shape (15 places, raw counts).
        ages: Filled with movers and inhabitants by five-year age group, shape (2, 21).
        waits: Filled with entries in nursing homes by months waited, shape (15, 61).
    """
    inhabitants = ages[1]
    for h in range(s.shape[0]):
        expect_household(t, h, month)
        if describe(t, s, h, month, child_pays, inhabitants):
            count_household(t, s, h, month, place, stress_share, out)
            if s.oldest_age[h] >= 50:
                count_older_members(t, h, month, place.sector_wijk, care, out)
    count_residents(t, month, place.sector_wijk, out, inhabitants)
    count_sites(t, place.sector_wijk, care.nursing.nursing_region_share, out)
    count_dwellings(t, place, out)
    # What happened belongs to the month that has just passed.
    count_events(t, month - 1, first_event, place, out, ages, waits)
    add_up(out)
    add_up(waits)
    out[0, Raw.CHAINS] = t.markets.chains[0]
    out[0, Raw.CHAIN_LINKS] = t.markets.chains[1]
    out[0, Raw.CHAINS_TO_ARRIVALS] = t.markets.chains[2]


@lean
def add_up(counts: Array) -> None:
    """Add the rows of the wijken to that of the city."""
    for row in range(1, counts.shape[0]):
        for column in range(counts.shape[1]):
            counts[0, column] += counts[row, column]


@inlined
def wijk_of(t: Tables, place: Place, dwelling: int) -> int:
    """Return the wijk of a dwelling, -1 for none."""
    return int(place.sector_wijk[t.dwellings.sector[dwelling]]) if dwelling >= 0 else -1


@inlined
def count_household(t: Tables, s: Summary, h: int, month: int, place: Place, stress_share: float, out: Array) -> None:
    """Count a household by type, tenure, fit of the home, cost and queue."""
    home = t.households.dwelling[h]
    size = t.households.members[h]
    wijk = wijk_of(t, place, home)
    add(out, wijk, Raw.POPULATION, size)
    add(out, wijk, Raw.PERSONS_0_17, s.children[h])
    add(out, wijk, Raw.PERSONS_18_64, s.adults[h] - s.aged_65[h])
    add(out, wijk, Raw.PERSONS_65PLUS, s.aged_65[h])
    add(out, wijk, Raw.PERSONS_80PLUS, s.aged_80[h])
    add(out, wijk, Raw.LABOUR_FORCE, s.active[h])
    add(out, wijk, Raw.EMPLOYED, s.employed[h])
    add(out, wijk, Raw.AGED_20_64, s.aged_20_64[h])
    add(out, wijk, Raw.EMPLOYED_20_64, s.employed_20_64[h])
    queues = t.households.social_since[h] > -9999
    add(out, wijk, Raw.SOCIAL_QUEUE, 1.0 if queues else 0.0)
    add(out, wijk, Raw.SOCIAL_QUEUE_MONTHS, float(month - t.households.social_since[h]) if queues else 0.0)
    if t.households.status[h] == HouseholdStatus.HOMELESS:
        add(out, -1, Raw.HOMELESS_PERSONS, float(size))
        return
    add(out, wijk, Raw.HOUSEHOLDS, 1.0)
    add(out, wijk, type_of(size, s.couple[h] == 1, s.child_role[h] > 0), 1.0)
    add(out, wijk, Raw.INCOME, s.income_eur_month[h])
    owner = t.dwellings.tenure[home] == Tenure.OWNER
    mortgage = t.households.mortgage_eur_month[h] if month < t.households.mortgage_until[h] else 0.0
    cost = mortgage if owner else t.households.rent_eur_month[h]
    add(out, wijk, Raw.OWNERS, 1.0 if owner else 0.0)
    add(out, wijk, Raw.STRESSED, 1.0 if cost > stress_share * s.income_eur_month[h] else 0.0)
    too_large = is_too_large(t.dwellings.rooms[home], rooms_needed(s.adults[h], s.couple[h] == 1, s.children[h]))
    senior = s.head_age[h] >= 65
    add(out, wijk, Raw.TOO_LARGE, 1.0 if too_large else 0.0)
    add(out, wijk, Raw.HOUSEHOLDS_65PLUS, 1.0 if senior else 0.0)
    add(out, wijk, Raw.TOO_LARGE_65PLUS, 1.0 if senior & too_large else 0.0)
    add(out, wijk, Raw.SEEKERS, 1.0 if t.households.seeking[h] == 1 else 0.0)


@inlined
def type_of(size: int, couple: bool, children: bool) -> int:
    """Return the count that a household of this type belongs to."""
    return int(_TYPES[int(couple), int(children), min(size, 3) - 1])


@lean
def count_dwellings(t: Tables, place: Place, out: Array) -> None:
    """Count dwellings by use, vacancy and price."""
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING:
            continue
        wijk = int(place.sector_wijk[dw.sector[d]])
        add(out, wijk, Raw.DWELLINGS, 1.0)
        add(out, wijk, Raw.LIFE_CYCLE_HOMES, 1.0 if dw.life_cycle_proof[d] == 1 else 0.0)
        use = dw.use[d]
        if use == DwellingUse.NEGLECTED:
            add(out, wijk, Raw.NEGLECTED, 1.0)
        elif use == DwellingUse.SECOND_HOME:
            add(out, wijk, Raw.SECOND_HOMES, 1.0)
        elif use == DwellingUse.STUDENT_LET:
            add(out, wijk, Raw.STUDENT_LETS, 1.0)
        elif use == DwellingUse.ASSISTED:
            add(out, wijk, Raw.ASSISTED_HOMES, 1.0)
            add(out, wijk, Raw.ASSISTED_VACANT, 1.0 if dw.household[d] < 0 else 0.0)
        elif dw.tenure[d] == Tenure.SOCIAL_RENT:
            add(out, wijk, Raw.SOCIAL_HOMES, 1.0)
        else:
            flat = dw.kind[d] == DwellingKind.APARTMENT
            add(out, wijk, Raw.MARKET_APARTMENTS.value if flat else Raw.MARKET_HOUSES.value, 1.0)
            vacant = 1.0 if dw.household[d] < 0 else 0.0
            add(out, wijk, Raw.VACANT_APARTMENTS.value if flat else Raw.VACANT_HOUSES.value, vacant)
            if dw.tenure[d] == Tenure.OWNER:
                price = dw.value_eur[d] * t.markets.price_index[dw.kind[d], wijk]
                add(out, wijk, Raw.VALUE_BASE, float(dw.value_eur[d]))
                add(out, wijk, Raw.VALUE_NOW, price)
                house = dw.kind[d] <= DwellingKind.SEMI_DETACHED
                add(out, wijk, Raw.HOUSE_PRICES, price if house else 0.0)
                add(out, wijk, Raw.HOUSES_OWNED, 1.0 if house else 0.0)
            else:
                rent = float(dw.rent_eur_month[d])
                add(out, wijk, Raw.RENT_BASE, rent)
                add(out, wijk, Raw.RENT_NOW, rent * t.markets.rent_index[dw.kind[d], wijk])


@lean
def count_events(t: Tables, month: int, first_event: int, place: Place, out: Array, ages: Array, waits: Array) -> None:
    """Count this month's events where they happened."""
    log = t.log
    for e in range(first_event, t.counts[3]):
        kind = log.kind[e]
        here = log.destination[e] if log.destination[e] >= 0 else log.origin[e]
        wijk = wijk_of(t, place, here)
        if kind == Kind.BIRTH:
            add(out, wijk, Raw.BIRTHS, 1.0)
        elif kind == Kind.DEATH:
            if log.position[e] >= 0:
                wijk = int(place.sector_wijk[t.sites.sector[log.position[e]]])
            add(out, wijk, Raw.DEATHS, 1.0)
        elif kind == Kind.ARRIVED:
            if here < 0:
                wijk = wijk_of(t, place, t.households.dwelling[log.household[e]])
            add(out, wijk, Raw.IN_MIGRANTS, 1.0)
        elif kind == Kind.LEFT_CITY:
            add(out, wijk, Raw.OUT_MIGRANTS, 1.0)
        elif kind == Kind.MOVED:
            h = log.household[e]
            if log.cause[e] == Cause.BOUGHT:
                add(out, wijk, Raw.PURCHASES, 1.0)
            elif log.cause[e] == Cause.SOCIAL:
                add(out, wijk, Raw.SOCIAL_ALLOCATIONS, 1.0)
                add(out, wijk, Raw.SOCIAL_WAITED_MONTHS, log.value[e])
            elif log.cause[e] == Cause.ASSISTED:
                add(out, wijk, Raw.MOVES_ASSISTED, 1.0)
            head = t.households.first_member[h]
            local = head >= 0 and not (t.persons.arrived_month[head] == month and log.origin[e] < 0)
            if local:
                add(out, wijk, Raw.MOVES, 1.0)
                if log.profile[e] == Profile.SENIOR:
                    add(out, wijk, Raw.MOVES_65PLUS, 1.0)
            member = head
            while member >= 0:
                age = (month - t.persons.birth_month[member]) // 12
                ages[0, min(age // 5, AGE_GROUPS - 1)] += 1.0
                if local:
                    add(out, wijk, Raw.PERSONS_MOVED, 1.0)
                member = t.persons.next_member[member]
        elif kind == Kind.VACATED:
            if log.profile[e] == Profile.FREED_FAMILY_HOME:
                add(out, wijk, Raw.FREED, 1.0)
                if log.cause[e] == Cause.NURSING:
                    add(out, wijk, Raw.FREED_BY_CARE, 1.0)
        elif kind == Kind.FREED_HOME_TAKEN:
            if log.profile[e] == Profile.FAMILY:
                add(out, wijk, Raw.FREED_TO_FAMILIES, 1.0)
            elif log.profile[e] == Profile.YOUNG:
                add(out, wijk, Raw.FREED_TO_YOUNG, 1.0)
            else:
                add(out, wijk, Raw.FREED_TO_OTHERS, 1.0)
        elif kind == Kind.BUILT:
            add(out, wijk, Raw.BUILT, 1.0)
        elif kind == Kind.DEMOLISHED:
            add(out, wijk, Raw.DEMOLISHED, 1.0)
        elif kind == Kind.UNION:
            add(out, -1, Raw.UNIONS, 1.0)
        elif kind == Kind.SPLIT:
            add(out, -1, Raw.SPLITS, 1.0)
        elif kind == Kind.LEFT_NEST:
            add(out, wijk, Raw.LEFT_NEST, 1.0)
        elif kind == Kind.NURSING_ENTERED:
            add(out, wijk, Raw.NURSING_ENTRIES, 1.0)
            waits[wijk + 1, min(int(log.value[e]), waits.shape[1] - 1)] += 1.0
            age = (month - t.persons.birth_month[log.person[e]]) // 12
            ages[0, min(age // 5, AGE_GROUPS - 1)] += 1.0
        elif kind == Kind.LOST_HOME:
            add(out, wijk, Raw.LOST_HOME, 1.0)
        elif kind == Kind.GRADUATE_STAYED:
            add(out, wijk, Raw.GRADUATES_STAYING, 1.0)
        elif Kind.CARER_FOUND <= kind <= Kind.SITE_CLOSED:
            count_care_event(t, e, place, out)


@lean
def count_care_event(t: Tables, e: int, place: Place, out: Array) -> None:
    """Count an event of care: of somebody at home in the wijk of the home, of a resident in that of the site."""
    log = t.log
    kind = log.kind[e]
    h = log.household[e]
    wijk = wijk_of(t, place, t.households.dwelling[h]) if h >= 0 else -1
    if kind == Kind.NURSING_REFUSED:
        add(out, wijk, Raw.NURSING_REFUSALS, 1.0)
    elif kind == Kind.NURSING_GAVE_UP:
        add(out, wijk, Raw.NURSING_GAVE_UP, 1.0)
    elif kind == Kind.NURSING_TRANSFERRED:
        add(out, int(place.sector_wijk[t.sites.sector[log.position[e]]]), Raw.NURSING_TRANSFERS, 1.0)


class Indicators:
    """The series of a run: one observation at the start and one after every month.

    Args:
        places: Names of the city and its wijken, in that order.
        regional_continuation: Share of arriving households that leave a home elsewhere; continues chains.
    """

    def __init__(self, places: list[str], regional_continuation: float) -> None:
        self.places = places
        self.regional_continuation = regional_continuation
        self._raw: list[FloatArray] = []
        self._ages: list[FloatArray] = []
        self._waits: list[FloatArray] = []

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Name, unit and meaning of every indicator."""
        return (*DEFINITIONS, *DERIVED)

    def append(self, raw: FloatArray, ages: FloatArray, waits: FloatArray) -> None:
        """Add the observation of one month."""
        self._raw.append(raw)
        self._ages.append(ages)
        self._waits.append(waits)

    def copy(self) -> Indicators:
        """Return an independent series with the same past."""
        twin = Indicators(self.places, self.regional_continuation)
        twin._raw, twin._ages, twin._waits = list(self._raw), list(self._ages), list(self._waits)
        return twin

    def value(self, name: str, place: int = 0, month: int = -1) -> float:
        """Return one indicator of one place (0 the city) in one observation (-1 the last)."""
        if name in _DERIVED:
            series = self.frame()
            return float(series.loc[series["place"] == self.places[place], name].iloc[month])
        if name not in _BY_NAME:
            raise InputError(f"no indicator '{name}'; {nearest(name, [*_BY_NAME, *_DERIVED])}")
        definition = _BY_NAME[name]
        row = self._raw[month][place]
        over = sum(row[r] for r in definition.over) * definition.factor
        if not definition.under:
            return float(over)
        under = sum(row[r] for r in definition.under)
        return float(over / under) if under else float("nan")

    def moves_by_age(self, first: int = 1, last: int | None = None) -> pd.DataFrame:
        """Return movers and inhabitants by five-year age group over some months, with the yearly share."""
        ages = np.array(self._ages[first:last])
        movers, person_years = ages[:, 0].sum(axis=0), ages[:, 1].sum(axis=0) / 12.0
        share = np.divide(movers, person_years, out=np.zeros_like(movers), where=person_years > 0)
        age_from = 5 * np.arange(AGE_GROUPS)
        return pd.DataFrame({"age_from": age_from, "movers": movers, "person_years": person_years, "share": share})

    def frame(self) -> pd.DataFrame:
        """Return all indicators: month, date, place and one column each."""
        raw = np.array(self._raw)
        months, places = raw.shape[0], raw.shape[1]
        flat = raw.reshape(months * places, N_RAW)
        month = np.repeat(np.arange(months), places)
        columns: dict[str, object] = {
            "month": month.astype(np.int16),
            "date": [datetime.date(2025 + int(m) // 12, int(m) % 12 + 1, 1) for m in month],
            "place": np.tile(np.array(self.places, dtype=object), months),
        }
        for definition in DEFINITIONS:
            over = flat[:, list(definition.over)].sum(axis=1) * definition.factor
            if definition.under:
                under = flat[:, list(definition.under)].sum(axis=1)
                over = np.divide(over, under, out=np.full_like(over, np.nan), where=under > 0)
            columns[definition.name] = over
        frame = pd.DataFrame(columns)
        frame["price_to_income"] = frame["house_price_eur"] / (12.0 * frame["household_income_eur_month"])
        frame["net_migration"] = frame["in_migrants"] - frame["out_migrants"]
        # Ratios of rare events are taken over the last twelve months.
        year = (
            frame.groupby("place", sort=False)[
                [
                    "social_waited_months",
                    "social_allocations",
                    "chain_links",
                    "chains_closed",
                    "chains_to_arrivals",
                    "graduates",
                    "graduates_staying",
                ]
            ]
            .rolling(12, min_periods=1)
            .sum()
            .reset_index(level=0, drop=True)
            .sort_index()
        )
        frame["social_wait_years"] = year["social_waited_months"] / year["social_allocations"] / 12.0
        length = year["chain_links"] / year["chains_closed"]
        frame["chain_length_city"] = length
        outside = self.regional_continuation * year["chains_to_arrivals"] / year["chains_closed"]
        frame["chain_length_region"] = length / (1.0 - outside)
        frame["graduates_staying_share"] = year["graduates_staying"] / year["graduates"]
        frame["nursing_waited_months_median"] = self._waited(0.5)
        frame["nursing_waited_months_p90"] = self._waited(0.9)
        return frame

    def _waited(self, share: float) -> FloatArray:
        """Return the months waited by a share of those who entered in the last year, nan where nobody did."""
        total = np.cumsum(np.array(self._waits), axis=0)
        total[12:] -= total[:-12].copy()
        by_months = np.cumsum(total, axis=2)
        entered = by_months[:, :, -1]
        months = (by_months < share * entered[:, :, None]).sum(axis=2).astype(np.float64)
        return np.where(entered > 0, months, np.nan).ravel()
