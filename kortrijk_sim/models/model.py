"""The city as a Mesa model: columns underneath, agents on top."""

from __future__ import annotations

import datetime
import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import mesa
import numpy as np
import pandas as pd
from mesa.experimental.scenarios import Scenario as MesaScenario
from mesa.time import EventGenerator, Priority, Schedule

from kortrijk_sim.agents.columns import (
    DWELLING_COLUMNS,
    FIRM_COLUMNS,
    HOUSEHOLD_COLUMNS,
    PERSON_COLUMNS,
    SITE_COLUMNS,
    STUDENT_COLUMNS,
)
from kortrijk_sim.agents.views import Views
from kortrijk_sim.city.care_sites import load_care_sites
from kortrijk_sim.city.facts import Facts, Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.rates import AgeRates
from kortrijk_sim.city.synthesis import BaseYear, synthesise
from kortrijk_sim.city.tables import Tables as CityTables
from kortrijk_sim.compiling import mark_compiled
from kortrijk_sim.draws import stream, uniforms
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.alignment import Alignment, align
from kortrijk_sim.models.biography import Biographer
from kortrijk_sim.models.care_measures import SiteMeasure
from kortrijk_sim.models.care_start import (
    care_params,
    nursing_dice,
    settle_first_residents,
    start_care_at_home,
    start_waiting,
)
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.economy import FIRM_ROWS, STUDENT_ROWS
from kortrijk_sim.models.economy_indicators import count_economy
from kortrijk_sim.models.economy_start import EconomySetting, EconomyStart, economy_setting
from kortrijk_sim.models.effects import levers_of
from kortrijk_sim.models.environment import make_environment, prepare_ground
from kortrijk_sim.models.event_frame import EventLog
from kortrijk_sim.models.indicator_names import N_RAW, Raw
from kortrijk_sim.models.indicators import WAIT_MONTHS, Indicators, observe
from kortrijk_sim.models.jobs import commuters_by_origin
from kortrijk_sim.models.mobility_indicators import Offer, count_travel, mode_shares
from kortrijk_sim.models.nursing import entry_per_year, visit_trips
from kortrijk_sim.models.policy import Scenario, check_scenario
from kortrijk_sim.models.processes import SCHEDULE, Month, Process
from kortrijk_sim.models.reach import Reach, reach_of
from kortrijk_sim.models.state import SITE_ROWS, State
from kortrijk_sim.models.summary import AGE_GROUPS, new_summary, summarise
from kortrijk_sim.models.travel_environment import TravelEnvironment, make_travel_environment
from kortrijk_sim.models.travel_setup import first_transport, link_loads, start_travel

HEADLINES = (
    "population", "persons_65plus", "persons_80plus", "labour_force", "households", "dwellings", "vacancy_share",
    "price_index", "rent_index", "under_occupied_share", "family_homes_freed", "social_queue", "homeless_persons",
    "births", "deaths", "in_migrants", "out_migrants", "moves_city",
)  # fmt: skip


@lru_cache(maxsize=4)
def _base_year(folder: Path | None, digest: str, city_seed: int, scale: float) -> BaseYear:
    # The digest is part of the key so that a changed file in a user's folder is read again.
    return synthesise(CityTables(folder), city_seed=city_seed, scale=scale)


@lru_cache(maxsize=4)
def _alignment(folder: Path | None, digest: str, city_seed: int, scale: float) -> Alignment:
    # Levels come from the base parameters: no scenario's overrides reach them.
    tables = CityTables(folder)
    t = State(_base_year(folder, digest, city_seed, scale)).tables
    return align(t, Parameters(tables), Facts(tables), AgeRates(tables), scale, city_seed)


class KortrijkModel(mesa.Model):  # type: ignore[misc]
    """Kortrijk from January 2025, month by month.

    Args:
        scenario: Policy, or None for unchanged policy; kept as ``policy``. A scenario of Mesa's own, which
            holds no policy, counts as None.
        rng: Seed of the dice, a non-negative integer; None draws one, to be read from ``seed``. Two models
            with one seed differ only where their policies act.
        tables: Tables of figures, or None for the package's own.
        city_seed: Seed of the synthetic base-year city.
        scale: Share of the city that is simulated; 1 is everybody, less is for tests and teaching.
        schedule: The processes of a month in their order; add your own to the ready one.

    Raises:
        InputError: The seed, the scale or the scenario is not valid.
    """

    def __init__(
        self,
        scenario: Scenario | None = None,
        *,
        rng: int | None = 1,
        tables: CityTables | None = None,
        city_seed: int = 2025,
        scale: float = 1.0,
        schedule: Sequence[Process] = SCHEDULE,
    ) -> None:
        rng = secrets.randbits(31) if rng is None else rng
        if isinstance(rng, bool) or not isinstance(rng, int | np.integer) or not 0 <= rng < 2**63:
            raise InputError(f"seed {rng!r}: valid is a whole number from 0 to 2^63 - 1")
        if not 0.02 <= scale <= 1.0:
            raise InputError(f"scale {scale}: valid is 0.02 to 1")
        self.seed = int(rng)
        super().__init__(rng=self.seed)
        self.city_tables = tables or CityTables()
        self.city_seed = city_seed
        self.scale = scale
        self.tables_digest = self.city_tables.digest()
        self.base = _base_year(self.city_tables.folder, self.tables_digest, city_seed, scale)
        self.facts = Facts(self.city_tables)
        base_parameters = Parameters(self.city_tables)
        if scenario is None or isinstance(scenario, MesaScenario):
            scenario = Scenario()
        if not isinstance(scenario, Scenario):
            raise InputError(f"scenario {scenario!r}: valid is a Scenario, see load_scenario")
        sites = [site.name for site in load_care_sites(self.city_tables, self.geography)]
        self.policy = check_scenario(scenario, self.geography, base_parameters, sites=sites, network=self.base.network)
        self.site_names = dict(enumerate(sites))
        self.parameters = base_parameters.override(self.policy.parameters)
        rates = AgeRates(self.city_tables)
        self.state = State(self.base)
        alignment = _alignment(self.city_tables.folder, self.tables_digest, city_seed, scale)
        self._start_care(alignment)
        self.travel_environment = self._make_travel_environment(self.parameters)
        transport = first_transport(self.state, self.travel_environment, self.geography, scale)
        EconomyStart(
            self.state, self.city_tables, self.geography, self.parameters, scale, city_seed, reach_of(transport),
            self.travel_environment.outside,
        ).start()  # fmt: skip
        setting = self._economy_setting(self.state, self.parameters, reach_of(transport))
        self.environment = make_environment(
            self.state.tables, self.geography, self.parameters, rates, alignment, setting
        )
        start_travel(self.state, self.travel_environment, transport, self.geography, city_seed, scale)
        prepare_ground(self.state.tables, self.geography, self.parameters, scale)
        self.month = 0
        self._summary_room = new_summary(0)
        self.schedule = tuple(schedule)
        self.timings: dict[str, float] = {process.name: 0.0 for process in self.schedule} | {"indicators": 0.0}
        places = ["Kortrijk", *(wijk.name for wijk in self.geography.wijken)]
        self.indicators = Indicators(places, self.parameters.value("regional_continuation_share"))
        self._views = Views(self)
        self.datacollector = self._new_collector()
        self._observe(0)

    @property
    def _child_pays(self) -> float:
        return self.environment.housing.grown_child_pays_share

    @property
    def geography(self) -> Geography:
        """The map the model runs on."""
        return self.base.geography

    @property
    def outside_names(self) -> tuple[str, ...]:
        """Names of the places outside the city, in the order of their zones."""
        return tuple(zone.name for zone in self.base.network.zones if not zone.inside)

    @property
    def date(self) -> datetime.date:
        """First day of the coming month: what has happened lies before it."""
        return datetime.date(2025 + self.month // 12, self.month % 12 + 1, 1)

    @property
    def horizon_months(self) -> int:
        """Months that the scenario asks for."""
        return self.policy.horizon_months

    @property
    def events(self) -> EventLog:
        """The event log, with keys for rows."""
        return EventLog(self.state.tables)

    def sites(self) -> pd.DataFrame:
        """Return the care sites: name, wijk, places, people and staff of this month."""
        t, rows = self.state.tables, int(self.state.tables.counts[SITE_ROWS])
        frame = pd.DataFrame({name: t.sites[name][:rows].copy() for name in SITE_COLUMNS})
        wijk = self.geography.sector_wijk[t.sites.sector[:rows]]
        frame.insert(0, "name", [self.site_names[row] for row in range(rows)])
        frame.insert(1, "wijk", [self.geography.wijken[w].name for w in wijk])
        return frame

    def visit_trips(self) -> pd.DataFrame:
        """Return the weekly visits to residents of nursing homes from within the city, one row per trip.

        Columns: ``visitor`` and ``resident`` (rows of the person table), ``site`` (row of the care sites),
        ``x_km`` and ``y_km`` of the visitor's home, ``to_x_km`` and ``to_y_km`` of the site.
        """
        t = self.state.tables
        dice = nursing_dice(self.seed, self.city_seed, self.month)
        trips = visit_trips(t, self.month, dice, self._month(0).nursing)
        home = t.households.dwelling[t.persons.household[trips[:, 0]]]
        return pd.DataFrame(
            {
                "visitor": trips[:, 0],
                "resident": trips[:, 1],
                "site": trips[:, 2],
                "x_km": t.dwellings.x_km[home],
                "y_km": t.dwellings.y_km[home],
                "to_x_km": t.sites.x_km[trips[:, 2]],
                "to_y_km": t.sites.y_km[trips[:, 2]],
            }
        )

    def _month(self, first_event: int) -> Month:
        env = self.environment
        env = replace(env, economy=env.economy._replace(reach=reach_of(self.state.transport)))
        if self.policy.switch("accessibility_moves_households"):
            ease = self.state.mobility.sectors[:, Access.EASE].astype(np.float32)
            env = replace(env, place=env.place._replace(accessibility=ease))
        return Month(
            state=self.state, env=env, scenario=self.policy, geography=self.geography,
            levers=levers_of(self.policy, self.month, self.geography, self.scale), seed=self.seed, month=self.month,
            city_seed=self.city_seed, scale=self.scale, summary=self._summary, first_event=first_event,
            site_names=self.site_names, travel_env=self.travel_environment,
        )  # fmt: skip

    def step(self) -> None:
        """Let one month pass."""
        if self.month >= 192:
            self.running = False
            raise InputError("the simulated time ends in December 2040")
        self.state.make_room(2048, 2048, 512, 30_000)
        self.state.tables.markets.chains[:] = 0.0
        first_event = int(self.state.tables.counts[3])
        now = self._month(first_event)
        clock = time.perf_counter
        for process in self.schedule:
            before = clock()
            process.run(now)
            self.timings[process.name] += clock() - before
        self.month += 1
        before = clock()
        self._observe(first_event)
        self.timings["indicators"] += clock() - before
        if self.month == 1:
            mark_compiled()
        if self.month >= self.horizon_months:
            self.running = False

    def _start_care(self, alignment: Alignment) -> None:
        t, care = self.state.tables, care_params(self.parameters)
        settle_first_residents(t, self.city_seed, care, self.parameters.value("nursing_places_ratio"))
        start_care_at_home(t, self.city_seed, care, alignment.home_care_hours_week)
        wait = self.parameters.value("nursing_wait_at_start_months")
        start_waiting(t, self.city_seed, care, alignment.nursing_entry, wait)

    def _economy_setting(self, start: State, parameters: Parameters, reach: Reach) -> EconomySetting:
        return economy_setting(start.economy.firms, parameters, reach, self.scale)

    def _make_travel_environment(self, parameters: Parameters) -> TravelEnvironment:
        return make_travel_environment(self.city_tables, parameters, self.geography, self.base.network)

    def mode_shares(self) -> pd.DataFrame:
        """Return trips and km on a mean day by purpose, length, age group, wijk and mode; see `mode_shares`."""
        return mode_shares(self.state.mobility, [wijk.name for wijk in self.geography.wijken])

    def link_loads(self) -> pd.DataFrame:
        """Return the cars on every link on a mean day, and how much slower than in the base year it is."""
        return link_loads(self.state, self.travel_environment, self.scale)

    def _observe(self, first_event: int) -> None:
        t = self.state.tables
        places = 1 + len(self.geography.wijken)
        raw, ages, waits = np.zeros((places, N_RAW)), np.zeros((2, AGE_GROUPS)), np.zeros((places, WAIT_MONTHS))
        place, stress = self.environment.place, self.environment.stress_share
        households = int(t.counts[1])
        if len(self._summary_room) < households:
            self._summary_room = new_summary(households + households // 4)
        self._summary = self._summary_room[:households].view(np.recarray)
        observe(
            t, self._summary, self.month, self._child_pays, first_event, place, stress, self.environment.care, raw,
            ages, waits,
        )  # fmt: skip
        count_economy(self.state.economy, place.sector_wijk, raw)
        transport = self.state.transport
        offer = Offer(transport.charge_points, transport.shared_cars, transport.hubs)
        emissions = self.travel_environment.emissions
        count_travel(t, self.state.mobility, self.month, place.sector_wijk, offer, emissions, raw)
        raw[0, Raw.TRIPS_WALK :] = raw[1:, Raw.TRIPS_WALK :].sum(axis=0)
        self.indicators.append(raw, ages, waits)
        self.datacollector.collect(self)

    def _new_collector(self) -> mesa.DataCollector:
        """Return a collector of the city's headline indicators, as Mesa's tools expect one."""
        return mesa.DataCollector({name: [self.indicator, [name]] for name in HEADLINES})

    def indicator(self, name: str, wijk: str | None = None) -> float:
        """Return the present value of an indicator, of the city or of a wijk.

        Raises:
            InputError: The indicator or the wijk is unknown.
        """
        place = 0 if wijk is None else 1 + self.geography.wijk_number(wijk)
        return self.indicators.value(name, place)

    def _go_on_from(self, month: int) -> None:
        """Set Mesa's clock: the next step is the one after this month."""
        self._default_schedule.stop()  # type: ignore[has-type]
        self.steps, self.time = month, float(month)
        schedule = Schedule(interval=1.0, start=month + 1.0)
        self._default_schedule = EventGenerator(self, self._do_step, schedule, priority=Priority.HIGH).start()

    def fork(self, scenario: Scenario | None = None) -> KortrijkModel:
        """Return a copy that goes its own way from this month on.

        Continued with the same policy it stays bit-identical to the original.

        Args:
            scenario: Policy from now on, or None for the same. What its measures would have done before
                this month does not happen.

        Raises:
            InputError: The scenario is not valid.
        """
        twin = type(self).__new__(type(self))
        mesa.Model.__init__(twin, rng=self.seed)
        for name in (
            "seed", "city_tables", "city_seed", "scale", "tables_digest", "base", "facts", "policy", "parameters",
            "environment", "travel_environment", "month", "schedule",
        ):  # fmt: skip
            setattr(twin, name, getattr(self, name))
        twin.state = self.state.copy()
        twin.indicators = self.indicators.copy()
        twin.site_names = dict(self.site_names)
        twin.timings = dict(self.timings)
        twin.running = self.running
        twin._summary = self._summary.copy()
        twin._summary_room = new_summary(0)
        twin._go_on_from(self.month)
        twin._views = Views(twin)
        twin.datacollector = twin._new_collector()
        if scenario is not None:
            base_parameters = Parameters(self.city_tables)
            # A site measure acts in one month: those of the past do not happen, and sites that stand go by their names.
            still = [m for m in scenario.measures if not (isinstance(m, SiteMeasure) and m.first_month < self.month)]
            scenario = scenario.model_copy(update={"measures": tuple(still)})
            standing = [self.site_names[row] for row in range(int(self.state.tables.counts[SITE_ROWS]))]
            twin.policy = check_scenario(
                scenario, self.geography, base_parameters, sites=standing, network=self.base.network
            )
            twin.parameters = base_parameters.override(twin.policy.parameters)
            start = State(self.base)
            twin.environment = make_environment(
                start.tables, self.geography, twin.parameters, AgeRates(self.city_tables), self.environment.alignment,
                self._economy_setting(start, twin.parameters, reach_of(self.state.transport)),
            )  # fmt: skip
            twin.travel_environment = self._make_travel_environment(twin.parameters)
            if twin.policy.parameters != self.policy.parameters:
                twin.state.network_key = ()  # prices and utilities may differ: the network is looked at again
            twin.running = twin.month < twin.horizon_months
        return twin

    def snapshot(self) -> Snapshot:
        """Return the state of this month, to come back to with :meth:`restore`."""
        return Snapshot(self.month, self.state.copy(), self.indicators.copy(), self.running)

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to (or on to) the month of a snapshot of this run."""
        self.month = snapshot.month
        self.state = snapshot.state.copy()
        self.indicators = snapshot.indicators.copy()
        self.running = snapshot.running
        self._summary = summarise(self.state.tables, self.month, self._child_pays)
        self._go_on_from(self.month)
        self._views = Views(self)
        self.datacollector = self._new_collector()
        self._all_agents.clear()
        self._agents_by_type.clear()

    def state_hash(self) -> str:
        """Return a hash of the whole state: equal only for the same city with the same past."""
        return self.state.hash()

    def biography(self, *, person: int | None = None, household: int | None = None) -> list[str]:
        """Return the life of a person, or of a household, since January 2025 as sentences.

        Args:
            person: Row of a person.
            household: Row of a household.

        Raises:
            ValueError: Neither or both are given.
        """
        if (person is None) == (household is None):
            raise ValueError("biography() wants a person or a household")
        biographer = Biographer(self.state.tables, self.geography, self.site_names)
        return biographer.person(person) if person is not None else biographer.household(household or 0)

    def wijk_of_household(self, row: int) -> str:
        """Return the name of the wijk a household lives in, empty without a home."""
        dwelling = int(self.state.tables.households.dwelling[row])
        if dwelling < 0:
            return ""
        sector = int(self.state.tables.dwellings.sector[dwelling])
        return self.geography.wijken[self.geography.sectors[sector].wijk].name

    def wijk_of_site(self, row: int) -> str:
        """Return the name of the wijk a care site lies in."""
        sector = int(self.state.tables.sites.sector[row])
        return self.geography.wijken[self.geography.sectors[sector].wijk].name

    def entry_per_year(self, person: int) -> float:
        """Return a senior's present yearly probability of asking for a place in a nursing home."""
        nursing = self._month(0).nursing
        kin_once = nursing_dice(self.seed, self.city_seed, self.month).kin_once
        return float(entry_per_year(self.state.tables, person, self.month, kin_once, nursing.alignment, nursing))

    def once_draws_of_household(self, row: int) -> tuple[float, float]:
        """Return the household's willingness to move and its draw for moving help, both fixed for life."""
        key = self.state.tables.households.key[row : row + 1]
        willingness = uniforms(np.uint64(stream(self.seed, int(Dice.WILLINGNESS), ONCE)), key)
        reached = uniforms(np.uint64(stream(self.seed, int(Dice.HELP), ONCE)), key)
        return float(willingness[0]), float(reached[0])

    def moving_help_share(self, wijk: str) -> float:
        """Return the share of seniors whom moving help reaches in a wijk this month."""
        levers = levers_of(self.policy, min(self.month, 191), self.geography, self.scale)
        return float(levers.moving_help_share[self.geography.wijk_number(wijk)])

    def persons(self) -> pd.DataFrame:
        """Return the person table: every row ever used, one column per state variable."""
        return self._frame(0, tuple(PERSON_COLUMNS))

    def households(self) -> pd.DataFrame:
        """Return the household table."""
        return self._frame(1, tuple(HOUSEHOLD_COLUMNS))

    def dwellings(self) -> pd.DataFrame:
        """Return the dwelling table."""
        return self._frame(2, tuple(DWELLING_COLUMNS))

    def firms(self) -> pd.DataFrame:
        """Return the firm table: every local unit ever open."""
        return self._economy_frame(self.state.economy.firms, FIRM_ROWS, tuple(FIRM_COLUMNS))

    def students(self) -> pd.DataFrame:
        """Return the student table: everybody who ever studied here in this run."""
        return self._economy_frame(self.state.economy.students, STUDENT_ROWS, tuple(STUDENT_COLUMNS))

    def in_commuters(self) -> pd.DataFrame:
        """Return who commutes in by place outside (rows) and sector of the workplace (columns)."""
        outside, ease = self.travel_environment.outside, self.state.transport.commuting
        table = commuters_by_origin(self.state.economy, ease, outside.population, outside.jobs)
        return pd.DataFrame(table, self.outside_names, [sector.code for sector in self.geography.sectors])

    def _economy_frame(self, table: Any, count: int, names: tuple[str, ...]) -> pd.DataFrame:
        rows = int(self.state.economy.counts[count])
        return pd.DataFrame({name: table[name][:rows].copy() for name in names})

    def _frame(self, group: int, names: tuple[str, ...]) -> pd.DataFrame:
        rows = int(self.state.tables.counts[group])
        return pd.DataFrame({name: getattr(self.state.tables[group], name)[:rows].copy() for name in names})

    @property
    def agents(self) -> Any:
        """All agents: a Mesa ``AgentSet`` of views on the rows, made when first asked for."""
        self._views.refresh()
        return super().agents

    @property
    def agents_by_type(self) -> Any:
        """Agent sets by class: Household, Senior, Student, Firm."""
        self._views.refresh()
        return super().agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """The classes of agents."""
        self._views.refresh()
        return list(super().agent_types)


class Snapshot:
    """The state of one month of one run.

    Args:
        month: Months since 1 January 2025.
        state: All tables.
        indicators: The series so far.
        running: Whether the run was still under way.
    """

    __slots__ = ("indicators", "month", "running", "state")

    def __init__(self, month: int, state: State, indicators: Indicators, running: bool) -> None:
        self.month = month
        self.state = state
        self.indicators = indicators
        self.running = running
