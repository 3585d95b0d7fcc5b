"""What is measured every month, per wijk and for the city: stocks from the tables, flows from the events."""

from __future__ import annotations

import datetime
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.agents.household_rules import is_too_large, rooms_needed
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.vocabulary import (
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    HouseholdStatus,
    PersonStatus,
    Tenure,
)
from kortrijk_sim.compiling import inlined, kernel
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.events import Cause, Kind, Profile
from kortrijk_sim.models.market import Place
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import AGE_GROUPS, Summary


class Raw(IntEnum):
    """Counts and sums that the monthly pass over tables and events fills."""

    POPULATION = 0
    PERSONS_0_17 = 1
    PERSONS_18_64 = 2
    PERSONS_65PLUS = 3
    PERSONS_80PLUS = 4
    LABOUR_FORCE = 5
    EMPLOYED = 6
    NURSING_RESIDENTS = 7
    NURSING_WAITING = 8
    HOUSEHOLDS = 9
    ALONE = 10
    COUPLE = 11
    COUPLE_CHILDREN = 12
    LONE_PARENT = 13
    OTHER = 14
    HOMELESS_PERSONS = 15
    DWELLINGS = 16
    MARKET_HOUSES = 17
    VACANT_HOUSES = 18
    MARKET_APARTMENTS = 19
    VACANT_APARTMENTS = 20
    SOCIAL_HOMES = 21
    NEGLECTED = 22
    SECOND_HOMES = 23
    STUDENT_LETS = 24
    LIFE_CYCLE_HOMES = 25
    OWNERS = 26
    STRESSED = 27
    TOO_LARGE = 28
    TOO_LARGE_65PLUS = 29
    HOUSEHOLDS_65PLUS = 30
    INCOME = 31
    HOUSE_PRICES = 32
    HOUSES_OWNED = 33
    VALUE_BASE = 34
    VALUE_NOW = 35
    RENT_BASE = 36
    RENT_NOW = 37
    SOCIAL_QUEUE = 38
    SOCIAL_QUEUE_MONTHS = 39
    SEEKERS = 40
    BIRTHS = 41
    DEATHS = 42
    IN_MIGRANTS = 43
    OUT_MIGRANTS = 44
    MOVES = 45
    PERSONS_MOVED = 46
    PURCHASES = 47
    SOCIAL_ALLOCATIONS = 48
    SOCIAL_WAITED_MONTHS = 49
    FREED = 50
    FREED_TO_FAMILIES = 51
    FREED_TO_YOUNG = 52
    FREED_TO_OTHERS = 53
    BUILT = 54
    DEMOLISHED = 55
    UNIONS = 56
    SPLITS = 57
    LEFT_NEST = 58
    NURSING_ENTRIES = 59
    LOST_HOME = 60
    CHAINS = 61
    CHAIN_LINKS = 62
    CHAINS_TO_ARRIVALS = 63
    MOVES_65PLUS = 64


N_RAW = len(Raw)


class Definition(NamedTuple):
    """An indicator: a raw count, or a ratio of two."""

    name: str
    unit: str
    meaning: str
    over: tuple[Raw, ...]
    under: tuple[Raw, ...] = ()
    factor: float = 1.0


DEFINITIONS: tuple[Definition, ...] = (
    Definition("population", "persons", "inhabitants", (Raw.POPULATION,)),
    Definition("persons_0_17", "persons", "inhabitants under 18", (Raw.PERSONS_0_17,)),
    Definition("persons_18_64", "persons", "inhabitants aged 18-64", (Raw.PERSONS_18_64,)),
    Definition("persons_65plus", "persons", "inhabitants aged 65+", (Raw.PERSONS_65PLUS,)),
    Definition("persons_80plus", "persons", "inhabitants aged 80+", (Raw.PERSONS_80PLUS,)),
    Definition("labour_force", "persons", "employed or looking for work", (Raw.LABOUR_FORCE,)),
    Definition("employed", "persons", "employed inhabitants", (Raw.EMPLOYED,)),
    Definition("households", "households", "private households with a home", (Raw.HOUSEHOLDS,)),
    Definition("households_alone", "households", "one person", (Raw.ALONE,)),
    Definition("households_couple", "households", "couple without children at home", (Raw.COUPLE,)),
    Definition("households_couple_children", "households", "couple with children at home", (Raw.COUPLE_CHILDREN,)),
    Definition("households_lone_parent", "households", "lone parent", (Raw.LONE_PARENT,)),
    Definition("households_other", "households", "other compositions", (Raw.OTHER,)),
    Definition("dwellings", "dwellings", "standing dwellings of every use", (Raw.DWELLINGS,)),
    Definition(
        "vacancy_share",
        "share",
        "market homes that stand vacant",
        (Raw.VACANT_HOUSES, Raw.VACANT_APARTMENTS),
        (Raw.MARKET_HOUSES, Raw.MARKET_APARTMENTS),
    ),
    Definition(
        "vacancy_share_houses",
        "share",
        "houses on the market that stand vacant",
        (Raw.VACANT_HOUSES,),
        (Raw.MARKET_HOUSES,),
    ),
    Definition(
        "vacancy_share_apartments",
        "share",
        "apartments on the market that stand vacant",
        (Raw.VACANT_APARTMENTS,),
        (Raw.MARKET_APARTMENTS,),
    ),
    Definition(
        "price_index",
        "index",
        "real price level of owned homes, 1 January 2025 = 1",
        (Raw.VALUE_NOW,),
        (Raw.VALUE_BASE,),
    ),
    Definition(
        "rent_index", "index", "real level of market rents, 1 January 2025 = 1", (Raw.RENT_NOW,), (Raw.RENT_BASE,)
    ),
    Definition(
        "house_price_eur",
        "EUR",
        "mean price of an owned house with two or three façades, prices of 2025",
        (Raw.HOUSE_PRICES,),
        (Raw.HOUSES_OWNED,),
    ),
    Definition(
        "household_income_eur_month",
        "EUR/month",
        "mean net household income, prices of 2025",
        (Raw.INCOME,),
        (Raw.HOUSEHOLDS,),
    ),
    Definition("owner_share", "share", "households that own their home", (Raw.OWNERS,), (Raw.HOUSEHOLDS,)),
    Definition(
        "cost_stress_share",
        "share",
        "households that pay more than the stress share of income for rent or mortgage",
        (Raw.STRESSED,),
        (Raw.HOUSEHOLDS,),
    ),
    Definition("under_occupied_share", "share", "households in a too large home", (Raw.TOO_LARGE,), (Raw.HOUSEHOLDS,)),
    Definition(
        "under_occupied_share_65plus",
        "share",
        "households aged 65+ in a too large home",
        (Raw.TOO_LARGE_65PLUS,),
        (Raw.HOUSEHOLDS_65PLUS,),
    ),
    Definition("family_homes_freed", "dwellings/month", "family homes that a senior household left", (Raw.FREED,)),
    Definition(
        "family_homes_to_families",
        "dwellings/month",
        "of those taken this month: by families with children",
        (Raw.FREED_TO_FAMILIES,),
    ),
    Definition(
        "family_homes_to_young",
        "dwellings/month",
        "of those taken this month: by households under 40 without children",
        (Raw.FREED_TO_YOUNG,),
    ),
    Definition(
        "family_homes_to_others", "dwellings/month", "of those taken this month: by others", (Raw.FREED_TO_OTHERS,)
    ),
    Definition("social_homes", "dwellings", "social rental homes", (Raw.SOCIAL_HOMES,)),
    Definition(
        "social_per_100_households",
        "dwellings per 100",
        "social homes per 100 private households",
        (Raw.SOCIAL_HOMES,),
        (Raw.HOUSEHOLDS,),
        100.0,
    ),
    Definition("social_queue", "households", "households on the social waiting list", (Raw.SOCIAL_QUEUE,)),
    Definition(
        "social_queue_years",
        "years",
        "mean time that those on the list have waited",
        (Raw.SOCIAL_QUEUE_MONTHS,),
        (Raw.SOCIAL_QUEUE,),
        1 / 12,
    ),
    Definition("social_allocations", "dwellings/month", "social homes let", (Raw.SOCIAL_ALLOCATIONS,)),
    Definition(
        "social_waited_months", "months", "sum of the waits of those housed this month", (Raw.SOCIAL_WAITED_MONTHS,)
    ),
    Definition("homeless_persons", "persons", "persons in households without a home", (Raw.HOMELESS_PERSONS,)),
    Definition("households_seeking", "households", "households that look for another home", (Raw.SEEKERS,)),
    Definition(
        "moves_city", "households/month", "households that moved within the city or left nest or partner", (Raw.MOVES,)
    ),
    Definition(
        "moves_65plus", "households/month", "households aged 65+ that moved within the city", (Raw.MOVES_65PLUS,)
    ),
    Definition("persons_moved", "persons/month", "persons who took another home in the city", (Raw.PERSONS_MOVED,)),
    Definition("purchases", "dwellings/month", "homes bought", (Raw.PURCHASES,)),
    Definition("in_migrants", "persons/month", "persons who came to live here", (Raw.IN_MIGRANTS,)),
    Definition("out_migrants", "persons/month", "persons who left the city", (Raw.OUT_MIGRANTS,)),
    Definition("births", "persons/month", "births", (Raw.BIRTHS,)),
    Definition("deaths", "persons/month", "deaths", (Raw.DEATHS,)),
    Definition("unions", "couples/month", "new couples", (Raw.UNIONS,), (), 0.5),
    Definition("splits", "couples/month", "couples that parted", (Raw.SPLITS,), (), 0.5),
    Definition("life_cycle_homes", "dwellings", "life-cycle-proof homes", (Raw.LIFE_CYCLE_HOMES,)),
    Definition("neglected_dwellings", "dwellings", "vacant or neglected dwellings on the inventory", (Raw.NEGLECTED,)),
    Definition("second_homes", "dwellings", "second homes and the like", (Raw.SECOND_HOMES,)),
    Definition("homes_built", "dwellings/month", "homes completed", (Raw.BUILT,)),
    Definition("homes_demolished", "dwellings/month", "homes pulled down", (Raw.DEMOLISHED,)),
    Definition("homes_lost", "households/month", "households that lost their home", (Raw.LOST_HOME,)),
    Definition("nursing_residents", "persons", "residents of nursing homes", (Raw.NURSING_RESIDENTS,)),
    Definition("nursing_waiting", "persons", "seniors on the waiting list of a nursing home", (Raw.NURSING_WAITING,)),
    Definition("nursing_entries", "persons/month", "entries in nursing homes", (Raw.NURSING_ENTRIES,)),
    Definition("chains_closed", "chains/month", "vacancy chains that ended with a taker", (Raw.CHAINS,)),
    Definition("chain_links", "homes/month", "homes in those chains", (Raw.CHAIN_LINKS,)),
    Definition(
        "chains_to_arrivals", "chains/month", "of those: ended by a household from elsewhere", (Raw.CHAINS_TO_ARRIVALS,)
    ),
)

_BY_NAME = {definition.name: definition for definition in DEFINITIONS}


@kernel
def observe(
    t: Tables, s: Summary, month: int, first_event: int, place: Place, stress_share: float, ages: Array
) -> FloatArray:
    """Count everything once, shape (15 places, raw counts); row 0 is the city.

    Args:
        t: All tables.
        s: Summary of the households at the end of the month.
        month: The coming month: stocks are those of its first day.
        first_event: First row of the past month in the event log.
        place: Where things are.
        stress_share: Share of income from which housing costs are stress.
        ages: Filled with movers and inhabitants by five-year age group, shape (2, 21).
    """
    out = np.zeros((t.markets.price_index.shape[1] + 1, N_RAW))
    count_nursing_homes(t, month, out, ages)
    count_households(t, s, month, place, stress_share, out)
    count_dwellings(t, place, out)
    # What happened belongs to the month that has just passed.
    count_events(t, month - 1, first_event, place, out, ages)
    for place_row in range(1, out.shape[0]):
        out[0] += out[place_row]
    out[0, Raw.CHAINS] = t.markets.chains[0]
    out[0, Raw.CHAIN_LINKS] = t.markets.chains[1]
    out[0, Raw.CHAINS_TO_ARRIVALS] = t.markets.chains[2]
    return out


@inlined
def add(out: Array, wijk: int, column: int, value: float) -> None:
    """Add to a wijk, or to the row of the city where the wijk is unknown."""
    out[wijk + 1, column] += value


@inlined
def wijk_of(t: Tables, place: Place, dwelling: int) -> int:
    """Return the wijk of a dwelling, -1 for none."""
    return int(place.sector_wijk[t.dwellings.sector[dwelling]]) if dwelling >= 0 else -1


@kernel
def count_nursing_homes(t: Tables, month: int, out: Array, ages: Array) -> None:
    """Count those who live in a nursing home, in the row of the city."""
    persons = t.persons
    for i in range(t.counts[0]):
        if persons.nursing_place[i] < 0 or persons.status[i] != PersonStatus.RESIDENT:
            continue
        age = (month - persons.birth_month[i]) // 12
        ages[1, min(age // 5, AGE_GROUPS - 1)] += 1.0
        out[0, Raw.POPULATION] += 1.0
        out[0, Raw.NURSING_RESIDENTS] += 1.0
        if age < 65:
            out[0, Raw.PERSONS_18_64] += 1.0
        else:
            out[0, Raw.PERSONS_65PLUS] += 1.0
            if age >= 80:
                out[0, Raw.PERSONS_80PLUS] += 1.0


@kernel
def count_households(t: Tables, s: Summary, month: int, place: Place, stress_share: float, out: Array) -> None:
    """Count households by type, tenure, fit of the home, cost and queue."""
    for h in range(s.head_age.shape[0]):
        status = t.households.status[h]
        if status != HouseholdStatus.HOUSED and status != HouseholdStatus.HOMELESS:
            continue
        wijk = wijk_of(t, place, t.households.dwelling[h])
        add(out, wijk, Raw.POPULATION, t.households.members[h])
        add(out, wijk, Raw.PERSONS_0_17, s.children[h])
        add(out, wijk, Raw.PERSONS_18_64, s.adults[h] - s.aged_65[h])
        add(out, wijk, Raw.PERSONS_65PLUS, s.aged_65[h])
        add(out, wijk, Raw.PERSONS_80PLUS, s.aged_80[h])
        add(out, wijk, Raw.LABOUR_FORCE, s.active[h])
        add(out, wijk, Raw.EMPLOYED, s.employed[h])
        add(out, wijk, Raw.NURSING_WAITING, s.waiting[h])
        if status == HouseholdStatus.HOMELESS:
            add(out, -1, Raw.HOMELESS_PERSONS, float(t.households.members[h]))
            if t.households.social_since[h] > -9999:
                add(out, -1, Raw.SOCIAL_QUEUE, 1.0)
                add(out, -1, Raw.SOCIAL_QUEUE_MONTHS, float(month - t.households.social_since[h]))
        if status != HouseholdStatus.HOUSED:
            continue
        home = t.households.dwelling[h]
        add(out, wijk, Raw.HOUSEHOLDS, 1.0)
        size = t.households.members[h]
        if size == 1:
            add(out, wijk, Raw.ALONE, 1.0)
        elif s.couple[h] == 1 and s.child_role[h] > 0:
            add(out, wijk, Raw.COUPLE_CHILDREN, 1.0)
        elif s.couple[h] == 1 and size == 2:
            add(out, wijk, Raw.COUPLE, 1.0)
        elif s.couple[h] == 0 and s.child_role[h] > 0:
            add(out, wijk, Raw.LONE_PARENT, 1.0)
        else:
            add(out, wijk, Raw.OTHER, 1.0)
        add(out, wijk, Raw.INCOME, s.income_eur_month[h])
        cost = t.households.rent_eur_month[h]
        if t.dwellings.tenure[home] == Tenure.OWNER:
            add(out, wijk, Raw.OWNERS, 1.0)
            cost = t.households.mortgage_eur_month[h] if month < t.households.mortgage_until[h] else 0.0
        if cost > stress_share * s.income_eur_month[h]:
            add(out, wijk, Raw.STRESSED, 1.0)
        too_large = is_too_large(t.dwellings.rooms[home], rooms_needed(s.adults[h], s.couple[h] == 1, s.children[h]))
        if too_large:
            add(out, wijk, Raw.TOO_LARGE, 1.0)
        if s.head_age[h] >= 65:
            add(out, wijk, Raw.HOUSEHOLDS_65PLUS, 1.0)
            if too_large:
                add(out, wijk, Raw.TOO_LARGE_65PLUS, 1.0)
        if t.households.seeking[h] == 1:
            add(out, wijk, Raw.SEEKERS, 1.0)
        if t.households.social_since[h] > -9999:
            add(out, wijk, Raw.SOCIAL_QUEUE, 1.0)
            add(out, wijk, Raw.SOCIAL_QUEUE_MONTHS, float(month - t.households.social_since[h]))


@kernel
def count_dwellings(t: Tables, place: Place, out: Array) -> None:
    """Count dwellings by use, vacancy and price."""
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING:
            continue
        wijk = int(place.sector_wijk[dw.sector[d]])
        add(out, wijk, Raw.DWELLINGS, 1.0)
        if dw.life_cycle_proof[d] == 1:
            add(out, wijk, Raw.LIFE_CYCLE_HOMES, 1.0)
        use = dw.use[d]
        if use == DwellingUse.NEGLECTED:
            add(out, wijk, Raw.NEGLECTED, 1.0)
        elif use == DwellingUse.SECOND_HOME:
            add(out, wijk, Raw.SECOND_HOMES, 1.0)
        elif use == DwellingUse.STUDENT_LET:
            add(out, wijk, Raw.STUDENT_LETS, 1.0)
        elif dw.tenure[d] == Tenure.SOCIAL_RENT:
            add(out, wijk, Raw.SOCIAL_HOMES, 1.0)
        else:
            vacant = 1.0 if dw.household[d] < 0 else 0.0
            if dw.kind[d] == DwellingKind.APARTMENT:
                add(out, wijk, Raw.MARKET_APARTMENTS, 1.0)
                add(out, wijk, Raw.VACANT_APARTMENTS, vacant)
            else:
                add(out, wijk, Raw.MARKET_HOUSES, 1.0)
                add(out, wijk, Raw.VACANT_HOUSES, vacant)
            if dw.tenure[d] == Tenure.OWNER:
                price = dw.value_eur[d] * t.markets.price_index[dw.kind[d], wijk]
                add(out, wijk, Raw.VALUE_BASE, float(dw.value_eur[d]))
                add(out, wijk, Raw.VALUE_NOW, price)
                if dw.kind[d] <= DwellingKind.SEMI_DETACHED:
                    add(out, wijk, Raw.HOUSE_PRICES, price)
                    add(out, wijk, Raw.HOUSES_OWNED, 1.0)
            else:
                rent = float(dw.rent_eur_month[d])
                add(out, wijk, Raw.RENT_BASE, rent)
                add(out, wijk, Raw.RENT_NOW, rent * t.markets.rent_index[dw.kind[d], wijk])


@kernel
def count_events(t: Tables, month: int, first_event: int, place: Place, out: Array, ages: Array) -> None:
    """Count this month's events where they happened."""
    log = t.log
    for e in range(first_event, t.counts[3]):
        kind = log.kind[e]
        here = log.destination[e] if log.destination[e] >= 0 else log.origin[e]
        wijk = wijk_of(t, place, here)
        if kind == Kind.BIRTH:
            add(out, wijk, Raw.BIRTHS, 1.0)
        elif kind == Kind.DEATH:
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
            age = (month - t.persons.birth_month[log.person[e]]) // 12
            ages[0, min(age // 5, AGE_GROUPS - 1)] += 1.0
        elif kind == Kind.LOST_HOME:
            add(out, wijk, Raw.LOST_HOME, 1.0)


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

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """Name, unit and meaning of every indicator."""
        return (*DEFINITIONS, *DERIVED)

    def append(self, raw: FloatArray, ages: FloatArray) -> None:
        """Add the observation of one month."""
        self._raw.append(raw)
        self._ages.append(ages)

    def copy(self) -> Indicators:
        """Return an independent series with the same past."""
        twin = Indicators(self.places, self.regional_continuation)
        twin._raw, twin._ages = list(self._raw), list(self._ages)
        return twin

    def value(self, name: str, place: int = 0, month: int = -1) -> float:
        """Return one indicator of one place (0 the city) in one observation (-1 the last)."""
        if name not in _BY_NAME:
            raise InputError(f"no indicator '{name}'; {nearest(name, _BY_NAME)}")
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
        return frame


DERIVED: tuple[Definition, ...] = (
    Definition(
        "price_to_income",
        "years",
        "mean price of an owned house with two or three façades over mean yearly household income",
        (),
    ),
    Definition("net_migration", "persons/month", "in-migrants less out-migrants", ()),
    Definition("social_wait_years", "years", "mean wait of those housed in the last twelve months", ()),
    Definition("chain_length_city", "homes", "mean homes in a vacancy chain within the city, last twelve months", ()),
    Definition("chain_length_region", "homes", "the same when chains go on where arriving households came from", ()),
)
