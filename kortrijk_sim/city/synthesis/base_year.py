"""The city on 1 January 2025 as columns: who lives where, and how well it meets the statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.network import Network, load_network
from kortrijk_sim.city.synthesis.care import let_assisted_homes, read_sites, site_columns
from kortrijk_sim.city.synthesis.dice import Dice
from kortrijk_sim.city.synthesis.dwellings import Stock, make_stock
from kortrijk_sim.city.synthesis.economy import make_firms, make_students
from kortrijk_sim.city.synthesis.families import Kin, make_kin
from kortrijk_sim.city.synthesis.fit import fit_table
from kortrijk_sim.city.synthesis.inputs import read_inputs
from kortrijk_sim.city.synthesis.living import Ledger, make_ledger
from kortrijk_sim.city.synthesis.matching import Homes, match_households
from kortrijk_sim.city.synthesis.persons import NEVER, Lives, make_lives
from kortrijk_sim.city.synthesis.positions import Position, make_plan
from kortrijk_sim.city.synthesis.prices import make_market_rents, make_values
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import HouseholdStatus, Tenure


@dataclass(frozen=True)
class BaseYear:
    """The synthetic city.

    Attributes:
        persons: Columns of persons; members of a household stand together, nursing residents at the end.
        households: Columns of households in the order of their dwellings, the homeless at the end.
        dwellings: Columns of dwellings, sector by sector.
        sites: Columns of care sites.
        students: Columns of students in higher education.
        firms: Columns of local units.
        fit: One row per margin: margin, group, target, got, tolerance, unit, ok.
        geography: The map.
        network: The streets, lines, hubs and zones of today.
        tables_digest: Hash of the tables that the city was made from.
    """

    persons: dict[str, Array]
    households: dict[str, Array]
    dwellings: dict[str, Array]
    sites: dict[str, Array]
    students: dict[str, Array]
    firms: dict[str, Array]
    fit: pd.DataFrame
    geography: Geography
    network: Network
    tables_digest: str


def synthesise(tables: Tables, city_seed: int = 2025, scale: float = 1.0) -> BaseYear:
    """Make the city of 1 January 2025, one to one.

    Args:
        tables: Figures that the city is made of.
        city_seed: Seed of all draws; the same seed and tables give the same city to the bit.
        scale: Share of the city to make, for tests and teaching; totals shrink in proportion.

    Raises:
        InputError: A table is not valid, the tables contradict each other, or the scale is impossible.
    """
    inputs = read_inputs(tables, scale)
    dice = Dice(city_seed)
    kin = make_kin(inputs, make_plan(inputs), dice)
    lives = make_lives(inputs, kin, dice)
    stock = make_stock(inputs, int((kin.status == HouseholdStatus.HOUSED).sum()), dice)
    value = make_values(inputs, stock, dice)
    rent = make_market_rents(inputs, stock, value)
    homes = match_households(inputs, kin, lives, stock, value, dice)
    ledger = make_ledger(inputs, kin, lives, stock, homes, value, rent, dice)
    person_row, household_row = final_rows(kin, homes)
    persons = person_columns(kin, lives, person_row, household_row)
    households = household_columns(kin, homes, ledger, person_row, household_row)
    dwellings = dwelling_columns(stock, homes, ledger, value, rent, household_row)
    care_sites = read_sites(inputs)
    sites = site_columns(inputs, care_sites, dice)
    let_assisted_homes(inputs, care_sites, sites["assisted_homes"], persons, households, dwellings)
    students = make_students(
        inputs,
        kin.age[person_row],
        persons["activity"],
        person_sectors(persons, households, dwellings),
        persons["key"],
        stock,
        dice,
    )
    firms = make_firms(inputs, dice)
    return BaseYear(
        persons=persons,
        households=households,
        dwellings=dwellings,
        sites=sites,
        students=students,
        firms=firms,
        fit=fit_table(inputs, persons, households, dwellings, students, firms),
        geography=inputs.geography,
        network=load_network(tables, inputs.geography),
        tables_digest=tables.digest(),
    )


def final_rows(kin: Kin, homes: Homes) -> tuple[Array, Array]:
    """Return first-order rows of persons and households in the order of their final rows.

    Neighbours on the map are neighbours in memory: households follow their dwellings, persons their
    households.
    """
    last = np.iinfo(np.int64).max
    household_row = np.argsort(np.where(homes.dwelling >= 0, homes.dwelling, last), kind="stable")
    number = inverse(household_row)
    of = np.where(kin.household >= 0, number[kin.household], last)
    return np.lexsort((np.arange(of.size), kin.order, of)), household_row


def inverse(rows: Array) -> Array:
    """Return for each old row its new one."""
    out = np.empty(rows.size, np.int64)
    out[rows] = np.arange(rows.size)
    return out


def renumbered(links: Array, numbers: Array) -> Array:
    """Return links to old rows as links to new rows; -1 stays."""
    return np.where(links >= 0, numbers[links], -1)


def person_columns(kin: Kin, lives: Lives, rows: Array, household_row: Array) -> dict[str, Array]:
    """Return the columns of the person table."""
    n = rows.size
    number = inverse(rows)
    household = renumbered(kin.household, inverse(household_row))[rows]
    same = np.append(household[1:] == household[:-1], False) & (household >= 0)
    inside = kin.position[rows] == Position.NURSING
    return {
        "key": kin.key[rows],
        "status": np.ones(n, np.int8),
        "sex": kin.sex[rows].astype(np.int8),
        "birth_month": lives.birth_month[rows].astype(np.int16),
        "household": household.astype(np.int32),
        "next_member": np.where(same, np.arange(n) + 1, -1).astype(np.int32),
        "role": kin.role[rows].astype(np.int8),
        "partner": renumbered(kin.partner, number)[rows].astype(np.int32),
        "mother": renumbered(kin.mother, number)[rows].astype(np.int32),
        "father": renumbered(kin.father, number)[rows].astype(np.int32),
        "children_born": lives.children_born[rows].astype(np.int8),
        "union_since": lives.union_since[rows].astype(np.int16),
        "widowed_since": lives.widowed_since[rows].astype(np.int16),
        "arrived_month": lives.arrived_month[rows].astype(np.int16),
        "activity": lives.activity[rows].astype(np.int8),
        "income_eur_month": lives.income_eur_month[rows].astype(np.float32),
        "health": lives.health[rows].astype(np.int8),
        "leaving": np.zeros(n, np.int8),
        "leaving_since": np.full(n, NEVER, np.int16),
        "nursing_place": np.where(inside, 0, -1).astype(np.int8),
        "nursing_since": lives.nursing_since[rows].astype(np.int16),
        "nursing_applied": np.full(n, NEVER, np.int16),
    }


def household_columns(kin: Kin, homes: Homes, ledger: Ledger, person_row: Array, rows: Array) -> dict[str, Array]:
    """Return the columns of the household table."""
    n = rows.size
    number = inverse(person_row)
    lead = np.flatnonzero((kin.order == 0) & (kin.household >= 0))
    first = np.empty(n, np.int64)
    first[kin.household[lead]] = number[lead]
    return {
        "key": homes.key[rows],
        "status": kin.status[rows].astype(np.int8),
        "first_member": first[rows].astype(np.int32),
        "members": homes.size[rows].astype(np.int16),
        "dwelling": homes.dwelling[rows].astype(np.int32),
        "since_month": ledger.since_month[rows].astype(np.int16),
        "seeking": np.zeros(n, np.int8),
        "seeking_since": np.full(n, NEVER, np.int16),
        "social_since": ledger.social_since[rows].astype(np.int16),
        "savings_eur": ledger.savings_eur[rows].astype(np.float32),
        "mortgage_eur_month": ledger.mortgage_eur_month[rows].astype(np.float32),
        "mortgage_until": ledger.mortgage_until[rows].astype(np.int16),
        "rent_eur_month": ledger.rent_eur_month[rows].astype(np.float32),
        "moves": np.zeros(n, np.int16),
    }


def dwelling_columns(
    stock: Stock, homes: Homes, ledger: Ledger, value: FloatArray, rent: FloatArray, household_row: Array
) -> dict[str, Array]:
    """Return the columns of the dwelling table."""
    n = stock.key.size
    household = np.full(n, -1, np.int64)
    housed = np.flatnonzero(homes.dwelling >= 0)
    household[homes.dwelling[housed]] = inverse(household_row)[housed]
    social = homes.offered == Tenure.SOCIAL_RENT
    paid = np.where(household >= 0, ledger.rent_eur_month[household_row][household], 0.0)
    mean_social = paid[social & (household >= 0)].mean() if (social & (household >= 0)).any() else 0.0
    asked = np.where(social, np.where(household >= 0, paid, mean_social), rent)
    return {
        "key": stock.key,
        "status": np.ones(n, np.int8),
        "kind": stock.kind.astype(np.int8),
        "use": stock.use.astype(np.int8),
        "tenure": homes.offered.astype(np.int8),
        "scheme": np.zeros(n, np.int8),
        "rooms": stock.rooms.astype(np.int8),
        "period": stock.period.astype(np.int8),
        "epc": stock.epc.astype(np.int8),
        "life_cycle_proof": stock.life_cycle_proof.astype(np.int8),
        "sector": stock.sector.astype(np.int16),
        "x_km": stock.x_km,
        "y_km": stock.y_km,
        "value_eur": value.astype(np.float32),
        "rent_eur_month": asked.astype(np.float32),
        "ask_factor": np.ones(n, np.float32),
        "household": household.astype(np.int32),
        "vacant_since": stock.vacant_since.astype(np.int16),
        "chain": np.zeros(n, np.uint64),
        "chain_position": np.zeros(n, np.int16),
        "built_month": stock.built_month.astype(np.int16),
    }


def person_sectors(persons: dict[str, Array], households: dict[str, Array], dwellings: dict[str, Array]) -> Array:
    """Return the sector each person lives in, -1 without a home or in a nursing home."""
    household = persons["household"]
    dwelling = np.where(household >= 0, households["dwelling"][household], -1)
    return np.where(dwelling >= 0, dwellings["sector"][dwelling], -1).astype(np.int64)
