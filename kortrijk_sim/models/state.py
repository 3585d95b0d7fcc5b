"""The city's state while it runs: tables, events, markets. It copies in milliseconds and hashes to a word."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numba
import numpy as np
from numba.extending import typeof_impl

from kortrijk_sim.agents.columns import (
    CARE_COLUMNS,
    DWELLING_COLUMNS,
    FIRM_COLUMNS,
    HOUSEHOLD_COLUMNS,
    MAX_SITES,
    PERSON_COLUMNS,
    SECTOR_COLUMNS,
    SITE_COLUMNS,
    STUDENT_COLUMNS,
    WORK_COLUMNS,
    Care,
    Column,
    Dwellings,
    Households,
    Persons,
    Sites,
    empty_table,
)
from kortrijk_sim.agents.mode_rules import N_SLOTS
from kortrijk_sim.agents.table import link_families
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.synthesis import BaseYear
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.economy import MOST_STAYING, NO_ANCHOR, Economy, Total, bytes_of, with_room
from kortrijk_sim.models.economy import copied as copied_economy
from kortrijk_sim.models.events import EVENT_DTYPE, Events
from kortrijk_sim.models.mobility import copied, grown, new_mobility

if TYPE_CHECKING:
    from kortrijk_sim.models.transport import Transport

PERSON_ROWS, HOUSEHOLD_ROWS, DWELLING_ROWS, EVENT_ROWS, SITE_ROWS = 0, 1, 2, 3, 4
N_KINDS = 5
PIPELINE_MONTHS = 48


class Markets(NamedTuple):
    """What the housing market remembers between months."""

    price_index: Array  # (5 kinds, 14 wijken), 1.0 on 1 January 2025
    rent_index: Array  # (5 kinds, 14 wijken)
    pipeline: Array  # (48 months ahead, 5 kinds, 14 wijken) homes under construction
    land_left: Array  # (2: houses, apartments; 14 wijken) homes that still fit
    chains: Array  # (4,) this month: chains closed, their links, closed by an arriving household, by a starter
    carry: Array  # (8,) fractions of homes, places and grants carried to the next month


class Tables(NamedTuple):
    """Everything a kernel may read or write; processes write only the columns they own."""

    persons: Persons
    households: Households
    dwellings: Dwellings
    log: Events
    markets: Markets
    counts: Array  # (5,) rows in use: persons (and care), households, dwellings, events, sites
    care: Care
    sites: Sites


TABLES_TYPE = numba.typeof(
    Tables(
        empty_table(PERSON_COLUMNS, 1),
        empty_table(HOUSEHOLD_COLUMNS, 1),
        empty_table(DWELLING_COLUMNS, 1),
        np.zeros(1, EVENT_DTYPE).view(np.recarray),
        Markets(np.zeros((1, 1)), np.zeros((1, 1)), np.zeros((1, 1, 1)), np.zeros((1, 1)), np.zeros(1), np.zeros(1)),
        np.zeros(5, np.int64),
        empty_table(CARE_COLUMNS, 1),
        empty_table(SITE_COLUMNS, 1),
    )
)


@typeof_impl.register(Tables)
def _type_of_tables(_tables: Tables, _context: Any) -> Any:
    # They are always of one type; to look at every table whenever a kernel is called takes time.
    return TABLES_TYPE


_STARTS_EMPTY = ("moves", "leaving", "leaving_since", "freed_by_senior", "chain", "chain_position", "scheme", "seeking",
                 "seeking_since", "ask_factor", "built_month", "nursing_applied", "jobs_fte", "staff_fte",
                 "staff_access", "opened_month", "usable_places", "held_places", "residents", "day_guests",
                 "home_zone", "since", "city_years", "commuters", "founded", "closed", "moved", "hosted")  # fmt: skip


def _filled(given: dict[str, Array], spec: dict[str, Column], rows: int, table: str) -> np.recarray[Any, Any]:
    used = len(given["key"])
    out = _copied(empty_table(spec, used), used, rows)
    for name in spec:
        if name in given:
            out[name][:used] = given[name]
        elif name not in _STARTS_EMPTY:
            raise InputError(f"base year, table {table}: column '{name}' is missing")
    return out


def _copied(table: np.recarray[Any, Any], used: int, rows: int) -> np.recarray[Any, Any]:
    # Unused rows hold nothing and take no memory: whoever opens a row sets every column.
    twin = np.zeros(rows, table.dtype).view(np.recarray)
    whole = np.dtype((np.void, table.dtype.itemsize))  # row by row, not column by column
    twin.view(whole)[:used] = table.view(whole)[:used]
    return twin


class State:
    """All tables of one running city.

    Args:
        base: The base-year city.
    """

    def __init__(self, base: BaseYear) -> None:
        n_persons = len(base.persons["key"])
        n_households = len(base.households["key"])
        n_dwellings = len(base.dwellings["key"])
        slack = 4096
        care = empty_table(CARE_COLUMNS, n_persons)
        self.tables = Tables(
            _filled(base.persons, PERSON_COLUMNS, 2 * n_persons + slack, "persons"),
            _filled(base.households, HOUSEHOLD_COLUMNS, int(2.2 * n_households) + slack, "households"),
            _filled(base.dwellings, DWELLING_COLUMNS, int(1.2 * n_dwellings) + slack, "dwellings"),
            np.zeros(8 * n_persons + 16 * slack, dtype=EVENT_DTYPE).view(np.recarray),
            Markets(
                np.ones((N_KINDS, 14)),
                np.ones((N_KINDS, 14)),
                np.zeros((PIPELINE_MONTHS, N_KINDS, 14)),
                np.zeros((2, 14)),
                np.zeros(4),
                np.zeros(8),
            ),
            np.array([n_persons, n_households, n_dwellings, 0, len(base.sites["key"])], dtype=np.int64),
            _copied(care, n_persons, 2 * n_persons + slack),
            _filled(base.sites, SITE_COLUMNS, MAX_SITES, "sites"),
        )
        link_families(self.tables.persons, self.tables.care, n_persons)
        # A home that stood vacant before the first day starts a chain of its own, named after the home.
        dwellings = self.tables.dwellings
        vacant = np.flatnonzero(dwellings.household[:n_dwellings] < 0)
        dwellings.chain[vacant] = dwellings.key[vacant]
        network = base.network
        self.mobility = new_mobility(
            len(self.tables.persons), len(self.tables.households), len(network.zones), len(network.links),
            len(base.geography.sectors), len(Access),
        )  # fmt: skip
        self.transport: Transport = cast(Any, None)  # set when travel starts
        self.network_key: tuple[object, ...] = ()
        self.travel_base: tuple[Array, float] = (np.zeros(0), 0.0)
        n_firms, n_students = len(base.firms["key"]), len(base.students["key"])
        given = {"dwelling": np.full(n_students, -1, np.int32)} | base.students
        self.economy = Economy(
            firms=_filled(base.firms, FIRM_COLUMNS, int(n_firms * 1.5) + slack, "firms"),
            students=_filled(given, STUDENT_COLUMNS, int(n_students * 1.5) + slack, "students"),
            work=empty_table(WORK_COLUMNS, len(self.tables.persons)),
            sectors=empty_table(SECTOR_COLUMNS, len(base.geography.sectors)),
            counts=np.array([n_firms, n_students, n_persons, 0], np.int64),
            totals=np.zeros(len(Total)),
            unemployed=np.zeros(12),
            staying=np.zeros(MOST_STAYING, np.int32),
            anchor=NO_ANCHOR,  # until the economy is started
        )

    def copy(self) -> State:
        """Return an independent copy of everything that changes."""
        twin = State.__new__(State)
        t = self.tables
        twin.tables = Tables(
            _copied(t.persons, int(t.counts[PERSON_ROWS]), len(t.persons)),
            _copied(t.households, int(t.counts[HOUSEHOLD_ROWS]), len(t.households)),
            _copied(t.dwellings, int(t.counts[DWELLING_ROWS]), len(t.dwellings)),
            _copied(t.log, int(t.counts[EVENT_ROWS]), len(t.log)),
            Markets(*(array.copy() for array in t.markets)),
            t.counts.copy(),
            _copied(t.care, int(t.counts[PERSON_ROWS]), len(t.care)),
            t.sites.copy(),
        )
        twin.mobility = copied(self.mobility)
        twin.transport, twin.network_key, twin.travel_base = self.transport, self.network_key, self.travel_base
        twin.economy = copied_economy(self.economy)
        return twin

    def make_room(
        self, persons: int, households: int, dwellings: int, events: int, firms: int = 0, students: int = 0
    ) -> None:
        """Make sure that so many more rows fit; kernels never check."""
        t = self.tables
        wanted = (persons, households, dwellings, events)
        tables = [t.persons, t.households, t.dwellings, t.log]
        care = t.care
        for i, table in enumerate(tables):
            needed = int(t.counts[i]) + wanted[i]
            if needed > len(table):
                rows = max(needed, int(len(table) * 1.4))
                tables[i] = _copied(table, int(t.counts[i]), rows)
                if i == PERSON_ROWS:
                    care = _copied(care, int(t.counts[i]), rows)
        self.tables = Tables(tables[0], tables[1], tables[2], tables[3], t.markets, t.counts, care, t.sites)
        self.mobility = grown(self.mobility, len(tables[PERSON_ROWS]), len(tables[HOUSEHOLD_ROWS]))
        self.economy = with_room(self.economy, len(tables[0]), firms, students)

    def hash(self) -> str:
        """Return a hash of every row in use: equal only for the same city with the same past."""
        state = hashlib.sha256()
        t = self.tables
        rows = [int(n) for n in t.counts]
        for table, n in zip(
            (t.persons, t.households, t.dwellings, t.log, t.sites, t.care), (*rows, rows[PERSON_ROWS]), strict=True
        ):
            for name in table.dtype.names:
                state.update(np.ascontiguousarray(table[name][:n]).tobytes())
        for array in (*t.markets, t.counts):
            state.update(array.tobytes())
        m = self.mobility
        for table, n in ((m.travel, rows[0]), (m.trips, N_SLOTS * rows[0]), (m.fleet, rows[1])):
            for name in table.dtype.names:
                state.update(np.ascontiguousarray(table[name][:n]).tobytes())
        for array in (*m.ledger, m.slowdown, m.sectors):
            state.update(array.tobytes())
        for part in bytes_of(self.economy):
            state.update(part)
        return state.hexdigest()[:32]
