"""The processes of a month, one function each, and the one list that says in which order they run.

A process reads and writes the state through kernels; it never calls another process. To add one, write a
function of :class:`Month` and put it in :data:`SCHEDULE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kortrijk_sim.agents.firm_rules import finding_ratio
from kortrijk_sim.agents.student_rules import age_of_graduate_years
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.vocabulary import Activity
from kortrijk_sim.draws import child_keys, stream, uniforms
from kortrijk_sim.models import (
    assisted,
    construction,
    contacts,
    demography,
    exclusion,
    home_care,
    lives,
    market,
    migration,
    moving,
    nursing,
    social,
    travel,
    vacancy,
)
from kortrijk_sim.models import firms as business
from kortrijk_sim.models import jobs as workplaces
from kortrijk_sim.models import students as studies
from kortrijk_sim.models import travel_means as means
from kortrijk_sim.models.care_start import care_dice, nursing_dice
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.economy import STAYING_ROWS, Economy, Total, open_work_rows
from kortrijk_sim.models.economy_effects import (
    births_ratio,
    firms_due,
    followed_share,
    reached,
    rooms_due,
    scale_up_places,
    social_places,
)
from kortrijk_sim.models.economy_measures import Internships, StayingSupport
from kortrijk_sim.models.effects import (
    carers_supported_share,
    home_care_ratio,
    homes_due_by_wijk,
    homes_instead_of_market,
    permits_share,
    programme_of,
    site_of,
)
from kortrijk_sim.models.environment import Environment
from kortrijk_sim.models.household_rolls import HouseholdDice, HouseholdRolls, call_household_rolls
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.measures import BuildHomes
from kortrijk_sim.models.mobility_policy import budget_share
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.rolls import MonthDice, Rolls, call_rolls
from kortrijk_sim.models.sites import SiteWorks
from kortrijk_sim.models.state import State, Tables
from kortrijk_sim.models.summary import Summary, refresh
from kortrijk_sim.models.travel_environment import TravelEnvironment
from kortrijk_sim.models.travel_setup import (
    means_dice,
    means_setting,
    people_by_sector,
    renew_network,
    travel_dice,
    travel_setting,
)


@dataclass
class Month:
    """One month as the processes see it."""

    state: State
    env: Environment
    scenario: Scenario
    geography: Geography
    levers: Levers
    seed: int
    city_seed: int
    month: int
    scale: float
    summary: Summary
    first_event: int
    site_names: dict[int, str]
    travel_env: TravelEnvironment
    rolls: Rolls | None = None
    household_rolls: HouseholdRolls | None = None
    looks_again: Array | None = None  # by row of the person table, made by the process ``travel_means``

    @property
    def tables(self) -> Tables:
        """All tables."""
        return self.state.tables

    @property
    def economy(self) -> Economy:
        """Students, firms and jobs."""
        return self.state.economy

    @property
    def lists(self) -> Rolls:
        """Who concerns which process, made by the process ``rolls``."""
        assert self.rolls is not None  # noqa: S101 - the schedule makes it before it is read
        return self.rolls

    @property
    def household_lists(self) -> HouseholdRolls:
        """Which households concern which process, made by the process ``households``."""
        assert self.household_rolls is not None  # noqa: S101 - the schedule makes it before it is read
        return self.household_rolls

    @property
    def nursing(self) -> nursing.Nursing:
        """What nursing homes need to know besides the tables."""
        switch, care = self.scenario.switch, self.env.care
        on = nursing.Couplings(
            entry_frees_home=switch("care_entry_frees_home"),
            life_cycle_home=switch("life_cycle_home_postpones_care"),
            informal_care=switch("informal_care_postpones_nursing"),
            day_care=switch("day_care_postpones_nursing"),
            staff=switch("staff_limits_places"),
        )
        family_rooms = self.env.housing.family_home_rooms
        return nursing.Nursing(
            care.nursing, care.people, care.travel, on, self.env.alignment.nursing_entry, family_rooms
        )

    def dice(self, process: Dice) -> np.uint64:
        """Return the stream of a process in this month."""
        return np.uint64(stream(self.seed, int(process), self.month))

    def city_once(self, process: Dice) -> np.uint64:
        """Return the stream of what belongs to the city and not to the run."""
        return np.uint64(stream(self.city_seed, int(process), ONCE))

    def once(self, process: Dice) -> np.uint64:
        """Return the stream of what a process draws once in a life."""
        return np.uint64(stream(self.seed, int(process), ONCE))


def network(now: Month) -> None:
    """Measures change the network and its prices; once a year traffic and firms change what is in reach (M4, M10)."""
    renew_network(now.state, now.travel_env, now.scenario, now.geography, now.month, now.scale)


def homes_of_measures(now: Month) -> None:
    """Complete the homes that measures bring this month."""
    for number, measure in enumerate(now.scenario.measures):
        if not isinstance(measure, BuildHomes) or not measure.holds(now.month):
            continue
        due = homes_due_by_wijk(measure, now.month, now.geography, now.scale)
        homes = int(due.sum())
        if homes == 0:
            continue
        now.state.make_room(0, 0, homes, homes)
        looks = programme_of(measure, number, now.env.programmes)
        instead = homes_instead_of_market(measure, now.month, now.scale)
        if instead:
            construction.give_way(now.tables, now.month, instead, looks.apartment_share)
        for wijk in np.flatnonzero(due):
            construction.add_homes(
                now.tables, now.month, now.dice(Dice.BUILD), int(wijk), int(due[wijk]), site_of(measure, now.geography),
                looks, now.env.ground, now.env.build,
            )  # fmt: skip


def care_sites(now: Month) -> None:
    """Open, extend, convert and close care sites."""
    works = SiteWorks(
        now.state, now.site_names, now.geography, now.month, now.scale, now.dice(Dice.BUILD), now.env.sites
    )
    works.carry_out(now.scenario)


def rolls(now: Month) -> None:
    """Make the month's draws and list whom each process may concern."""
    dice = MonthDice(
        death=now.dice(Dice.DEATH), birth=now.dice(Dice.BIRTH), split=now.dice(Dice.SPLIT),
        union=now.dice(Dice.UNION), leave_nest=now.dice(Dice.LEAVE_NEST), health=now.dice(Dice.HEALTH),
        nursing=now.dice(Dice.NURSING),
    )  # fmt: skip
    now.rolls = call_rolls(now.tables, now.month, dice, now.env.chances)


def deaths(now: Month) -> None:
    """Ageing and death (P1)."""
    env = now.env
    chances = demography.death_chances(
        env.rates["mortality"], env.rates["mortality_improvement"], env.alignment.mortality, now.month, env.person
    )
    demography.deaths(
        now.tables, now.lists.deaths, now.month, now.dice(Dice.DEATH), chances, env.housing.family_home_rooms
    )


def births(now: Month) -> None:
    """Births (P2)."""
    demography.births(
        now.tables,
        now.lists.births,
        now.month,
        now.dice(Dice.BIRTH),
        now.dice(Dice.BIRTH_SEX),
        now.env.alignment.fertility,
        now.env.person,
    )


def splits(now: Month) -> None:
    """Couples part (P5)."""
    env = now.env
    demography.splits(
        now.tables, now.lists.splits, now.month, now.dice(Dice.SPLIT), now.dice(Dice.SPLIT_LEAVER), env.rates["split"],
        env.housing.family_home_rooms, env.person,
    )  # fmt: skip


def unions(now: Month) -> None:
    """Singles pair up (P4)."""
    env = now.env
    demography.unions(
        now.tables, now.lists.unions, now.month, now.dice(Dice.UNION_MATCH), now.once(Dice.UNION_SAME_SEX),
        now.dice(Dice.PARTNER_ELSEWHERE), env.housing.family_home_rooms, env.person,
    )  # fmt: skip


def leaving_nest(now: Month) -> None:
    """Grown children look for a home of their own, or leave for elsewhere (P3)."""
    env = now.env
    demography.leaving_nest(
        now.tables, now.lists.nest, now.month, now.dice(Dice.LEAVE_NEST_ELSEWHERE), env.housing.family_home_rooms,
        env.person,
    )  # fmt: skip


def health(now: Month) -> None:
    """Need of help rises with age (P8)."""
    lives.health(now.tables, now.lists.health, now.month, now.dice(Dice.HEALTH), now.env.person)


def work(now: Month) -> None:
    """School, work, retirement and income (P7)."""
    env, e = now.env, now.economy
    p, ratio = env.economy.params.jobs, 1.0
    if now.scenario.switch("vacancies_find_jobs"):
        ratio = finding_ratio(e.totals[Total.TIGHTNESS], e.anchor.tightness, p)
    market = lives.LabourMarket(ratio, p.job_loss_in_layoffs_per_year)
    e.unemployed[now.month % 12] = lives.work(
        now.tables, now.lists.birthdays, now.month, now.dice(Dice.ACTIVITY), now.once(Dice.STANDING),
        env.rates["retire"], env.rates["active_share"], e.work, market, env.person,
    )  # fmt: skip


def care_at_home(now: Month) -> None:
    """Need, informal carers, day care and home care of those who live at home (C1, C6)."""
    env = now.env
    ratio = home_care_ratio(now.scenario, now.month, env.home_care_growth_per_year)
    setting = home_care.CareAtHome(
        env.care.people, env.care.travel, ratio * env.alignment.home_care_hours_week,
        carers_supported_share(now.scenario, now.month), False,
    )  # fmt: skip
    dice = care_dice(now.seed, now.city_seed, now.month)
    home_care.care_at_home(now.tables, now.lists.limited, now.month, dice, setting)
    contacts.contacts(now.tables, now.lists.birthdays, now.month, env.care.people, env.care.travel)


def nursing_homes(now: Month) -> None:
    """Staff comes and goes, seniors ask for a place, free places are filled, families visit (C2-C5, C7, C9)."""
    env, lists = now.env, now.lists
    homes = now.nursing
    dice = nursing_dice(now.seed, now.city_seed, now.month)
    displaced = nursing.staff_month(
        now.tables, lists.nursing_residents, homes.on.staff, env.care.nursing, env.care.staff
    )
    waiting = nursing.ask_for_place(now.tables, lists.nursing, now.month, dice, homes)
    nursing.admit(now.tables, lists.nursing, lists.nursing_residents, now.month, dice, waiting, displaced, homes)
    nursing.visits(now.tables, lists.nursing_residents, now.month, dice, homes, False)


def households(now: Month) -> None:
    """Look again at the households in which something happened: ages, size, income.

    Then list whom each process about households may concern.
    """
    dice = HouseholdDice(
        leave_city=now.dice(Dice.OUT_MIGRATION), seek=now.dice(Dice.INTENT),
        enter_social_list=now.dice(Dice.SOCIAL_LIST), lose_home=now.dice(Dice.HOMELESS),
    )  # fmt: skip
    refresh(now.tables, now.summary, now.month, now.env.housing.grown_child_pays_share, now.first_event)
    now.household_rolls = call_household_rolls(now.tables, now.summary, dice, now.env.household_chances)


def kangaroo_living(now: Month) -> None:
    """Seniors with heavy need join a child's household (H12)."""
    if now.scenario.switch("kangaroo_living"):
        exclusion.kangaroo(
            now.tables,
            now.lists.limited,
            now.summary,
            now.month,
            now.dice(Dice.KANGAROO),
            now.env.housing.family_home_rooms,
            now.env.care.nursing,
        )


def assisted_homes(now: Month) -> None:
    """Senior households that need some help may take an assisted home (C6)."""
    env = now.env
    assisted.take_assisted_homes(
        now.tables, now.lists.limited, now.summary, now.month, now.dice(Dice.ASSISTED), env.care.travel, env.place,
        env.housing, env.search, env.care.assisted,
    )  # fmt: skip


def losing_home(now: Month) -> None:
    """Tenants under cost stress may lose their home."""
    env = now.env
    exclusion.lose_home(
        now.tables, now.summary, now.household_lists.stressed, now.month, now.dice(Dice.HOMELESS),
        env.alignment.home_loss_per_year, env.housing.family_home_rooms, env.exclusion,
    )  # fmt: skip


def departures(now: Month) -> None:
    """Households leave the city (P6)."""
    env = now.env
    migration.departures(
        now.tables, now.summary, now.household_lists.departures, now.month, now.dice(Dice.OUT_MIGRATION),
        env.rates["out_migration"].mean(axis=0), env.alignment.out_migration, env.housing.family_home_rooms,
        env.arrival,
    )  # fmt: skip


def intents(now: Month) -> None:
    """Households start to look for another home (H1-H3)."""
    env = now.env
    moving.intents(
        now.tables, now.summary, now.household_lists.intents, now.month, now.dice(Dice.INTENT),
        now.once(Dice.WILLINGNESS), now.once(Dice.HELP), env.rates["moving"].mean(axis=0),
        env.place.sector_wijk, now.levers, env.moving_help_ratio, env.housing,
    )  # fmt: skip


def social_housing(now: Month) -> None:
    """The social waiting list and its allocations (H10)."""
    env, listed = now.env, now.household_lists.social
    social.waiting_list(
        now.tables, now.summary, listed, now.month, now.dice(Dice.SOCIAL_LIST), now.dice(Dice.SOCIAL_DROP),
        env.alignment.social_listing_per_year, env.social,
    )  # fmt: skip
    social.allocate(
        now.tables, now.summary, listed, now.month, now.dice(Dice.SOCIAL_PILLAR), now.dice(Dice.SOCIAL_RANK),
        env.place.sector_wijk, env.housing.family_home_rooms, env.social,
    )  # fmt: skip


def housing_first(now: Month) -> None:
    """Households without a home get one first and guidance after."""
    if now.levers.housing_first_places_per_month > 0.0:
        exclusion.housing_first(
            now.tables, now.summary, now.month, now.dice(Dice.HOUSING_FIRST),
            now.levers.housing_first_places_per_month, now.env.place, now.env.search,
            now.env.exclusion,
        )  # fmt: skip


def offers(now: Month) -> None:
    """Sellers and landlords cut prices; homes come and go between market, neglect and second home (H6)."""
    env = now.env
    vacancy.cut_prices(now.tables, now.month, now.dice(Dice.CUT), env.market)
    vacancy.uses(now.tables, now.month, now.dice(Dice.USE), now.levers, env.market)
    if now.levers.conformity_checks_per_month > 0.0:
        checks = now.levers.conformity_checks_per_month
        vacancy.conformity(now.tables, now.month, now.dice(Dice.CONFORMITY), checks, env.market)


def building(now: Month) -> None:
    """Homes are pulled down, started and completed (H9)."""
    env = now.env
    construction.demolish(now.tables, now.month, now.dice(Dice.DEMOLITION), env.market)
    market, granted = env.market, permits_share(now.scenario, now.month)
    if granted < 1.0:
        market = market.copy()  # type: ignore[attr-defined]  # a record, see Parameters.select
        market.developer_ratio *= granted
    construction.developers(now.tables, now.month, now.dice(Dice.BUILD), market, env.build)
    now.state.make_room(0, 0, int(now.tables.markets.pipeline[now.month % 48].sum()) + 64, 1024)
    construction.complete(
        now.tables,
        now.month,
        now.dice(Dice.BUILD),
        env.programmes["developer_house"],
        env.programmes["developer_apartment"],
        env.ground,
        env.build,
    )


def housing_market(now: Month) -> None:
    """Search, bids and moves of those who live here; chains pass on (H4-H6, H8)."""
    env, lists = now.env, now.lists
    households = now.household_lists
    leavers = market.leavers(now.tables, lists.nest, lists.splits, lists.unions, now.first_event)
    seekers, n = market.gather(
        now.tables, now.summary, (households.intents, households.homeless, households.stressed), leavers, now.month,
        env.place, now.dice(Dice.TENURE), now.once(Dice.STANDING),
        now.levers, env.housing, env.search,
    )  # fmt: skip
    if now.levers.rent_to_buy_homes_per_month > 0.0:
        exclusion.offer_rent_to_buy(now.tables, seekers, n, now.month, now.levers, env.housing, env.exclusion)
    if now.levers.rent_to_buy_months > 0.0:
        exclusion.buy_rented(now.tables, now.month, now.levers.rent_to_buy_months, env.housing)
    got, factor = market.match(
        now.tables, seekers, n, env.place, now.dice(Dice.AWARENESS), now.once(Dice.TASTE), now.dice(Dice.PRIORITY),
        now.dice(Dice.BID), env.housing, env.market, env.search,
    )  # fmt: skip
    now.state.make_room(64, n + 64, 0, 8 * n + 1024)
    market.move_in(now.tables, seekers, n, got, factor, now.month, env.place, env.housing, env.search)


def arrivals(now: Month) -> None:
    """Households from elsewhere take what stands vacant above the structural level (P6)."""
    env = now.env
    wanted = migration.candidates(now.tables, now.scale, env.market)
    graduates = graduates_looking(now, wanted)
    most = wanted + len(graduates.key)
    now.state.make_room(8 * most + 64, most + 64, 0, 10 * most + 64)
    seekers = market.new_seekers(most)
    dice, standing = now.dice(Dice.IN_MIGRATION), now.once(Dice.STANDING)
    coming = migration.describe_arrivals(
        now.tables, seekers, wanted, graduates, now.month, dice, standing, env.arrival_cumulative, env.place,
        now.dice(Dice.TENURE), now.levers, env.person, env.housing, env.search, env.arrival,
    )  # fmt: skip
    got, factor = market.match(
        now.tables, seekers, coming, env.place, now.dice(Dice.AWARENESS), now.once(Dice.TASTE), now.dice(Dice.PRIORITY),
        now.dice(Dice.BID), env.housing, env.market, env.search,
    )  # fmt: skip
    migration.settle_arrivals(
        now.tables, seekers, got, factor, now.month, dice, env.place, standing, env.person, env.housing, env.search,
        env.arrival,
    )  # fmt: skip
    listed = int(now.economy.counts[STAYING_ROWS])
    if listed:
        studies.forget_found(now.economy, migration.graduates_housed(seekers, got, graduates, listed))


def graduates_looking(now: Month, most: int) -> migration.Graduates:
    """Return the graduates who look for a home this month: those on the list, spread over the time they have.

    Like other newcomers they come as far as homes stand vacant: at most as many as all who would come.
    """
    e, p = now.economy, now.env.economy.params.students
    listed = e.staying[: e.counts[STAYING_ROWS]]
    if len(listed) == 0:
        return migration.Graduates(np.zeros(0, np.uint64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    since = int(e.students.since[listed[0]])
    left = max(1, int(p.graduate_search_months) - (now.month - since) + 1)
    # In turn: who finds no home this month lets others look first in the next.
    turn = (now.month - since) * (len(listed) // left + 1)
    place = (turn + np.arange(min(-(-len(listed) // left), most))) % len(listed)
    rows = listed[place]
    key = e.students.key[rows]
    spread = uniforms(now.city_once(Dice.ROOM_WISH), key, 9)
    years = e.students.city_years[rows]
    age = [age_of_graduate_years(int(y), float(u)) for y, u in zip(years, spread, strict=True)]
    return migration.Graduates(child_keys(key, 0), np.array(age, np.int64), place)


def students(now: Month) -> None:
    """Students come and go in September, want rooms and small flats, and some stay when they graduate."""
    env, state = now.env, now.state
    p = env.economy.params.students
    open_work_rows(state.economy, int(now.tables.counts[0]))
    studies.follow(now.tables, state.economy, now.month, now.first_event, now.dice(Dice.STUDIES))
    rooms = rooms_due(now.scenario, now.month, state.economy.sectors.student_rooms, now.geography, now.scale)
    if rooms.any():
        studies.add_rooms(state.economy, rooms)
    if now.month % 12 != studies.SEPTEMBER:
        return
    state.make_room(0, 0, 0, 8192, students=studies.intake(state.economy, now.month, p))
    e = state.economy
    total = max(float(e.totals[Total.JOBS]), 1.0)
    vacant = (total - e.totals[Total.RESIDENTS] - e.totals[Total.COMMUTERS]) / total
    stay = studies.Staying(
        reached(now.scenario, now.month, StayingSupport), reached(now.scenario, now.month, Internships),
        float(vacant) / max(e.anchor.vacancy_share, 1e-6),
    )  # fmt: skip
    dice = studies.StudentDice(
        now.dice(Dice.STUDIES), now.city_once(Dice.STUDY_HERE), now.city_once(Dice.ROOM_WISH),
        now.dice(Dice.ROOM_CHOICE), now.dice(Dice.GRADUATE), now.city_once(Dice.FLAT),
    )  # fmt: skip
    flats = now.scenario.switch("students_take_small_flats")
    studies.september(now.tables, e, now.month, dice, env.economy.reach.ease, flats, stay, p)


def firms(now: Month) -> None:
    """Local units open, grow, move and close."""
    setting, state, scenario = now.env.economy, now.state, now.scenario
    p, reach = setting.params.firms, setting.reach
    dice = business.FirmDice(
        now.dice(Dice.FIRM_BIRTH), now.dice(Dice.FIRM_CLOSURE), now.dice(Dice.FIRM_GROWTH),
        now.city_once(Dice.FIRM_ONCE),
    )  # fmt: skip
    ratio = births_ratio(scenario, now.month, setting.business)
    births = business.births_due(state.economy, dice.birth, ratio, p)
    brought = firms_due(scenario, now.month, now.geography, now.scale, setting.business)
    state.make_room(0, 0, 0, 0, firms=births + sum(batch.firms for batch in brought))
    e = state.economy
    near = scenario.switch("accessibility_places_firms")
    pull = (
        business.Pull(reach.labour_access, reach.quality)
        if near
        else business.Pull(e.anchor.labour_access, np.zeros(len(e.sectors)))
    )
    followed = followed_share(scenario, now.month, setting.smes, setting.business)
    business.firm_month(e, now.month, births, dice, pull, followed, p)
    for batch in brought:
        business.attract(e, now.month, batch.firms, batch.section, batch.jobs, batch.sectors, dice.birth, batch.number)
    places = scale_up_places(scenario, now.month, now.geography, now.scale)
    if places.any():
        business.host_scale_ups(e, now.month, places, dice.growth, p)


def jobs(now: Month) -> None:
    """Inhabitants leave and find workplaces, commuters fill the others, some stay vacant."""
    env, state, e = now.env, now.state, now.economy
    p = env.economy.params.jobs
    state.make_room(0, 0, 0, 2 * int(e.totals[Total.RESIDENTS]) + 1024)
    dice = workplaces.JobDice(
        now.dice(Dice.WORKPLACE), now.dice(Dice.JOB_CHANGE), now.dice(Dice.LAID_OFF), now.dice(Dice.COMMUTERS),
        now.city_once(Dice.FIRM_ONCE),
    )  # fmt: skip
    standing = now.once(Dice.STANDING)
    t = now.tables
    for places, where in social_places(now.scenario, now.month, now.geography, now.scale):
        least = int(env.economy.business.social_employment_least_jobs)
        started = workplaces.social_jobs(t, e, now.month, places, where, least, now.dice(Dice.SOCIAL_JOB))
        lives.change_work(t, started, Activity.EMPLOYED.value, now.month, standing, env.person)
    idle = workplaces.job_month(t, e, now.month, now.first_event, dice, env.economy.reach.ease, p)
    lives.change_work(t, idle, Activity.UNEMPLOYED.value, now.month, standing, env.person)


def prices(now: Month) -> None:
    """Prices and rents follow vacancy (H7)."""
    vacancy.prices(now.tables, now.env.place.sector_wijk, now.env.structural, now.env.market)


def travel_means(now: Month) -> None:
    """Licences, bikes, passes, cars, electric cars and car sharing (M5-M7)."""
    t, m, state = now.tables, now.state.mobility, now.state
    now.looks_again = travel.who_looks_again(t, now.lists.birthdays, now.first_event)
    people = people_by_sector(t, len(now.geography.sectors))
    income_log, chargers = state.travel_base
    wijk = now.env.place.sector_wijk
    budget = budget_share(now.scenario, now.month)
    setting = means_setting(now.travel_env, state.transport, m, people, income_log, chargers, wijk, budget)
    dice = means_dice(now.seed, now.city_seed, now.month)
    means.travel_means(t, m, now.looks_again, now.month, dice, setting, False)


def trips(now: Month) -> None:
    """Destinations and modes of those who look again at their ways (M1-M3, M9)."""
    t, m = now.tables, now.state.mobility
    assert now.looks_again is not None  # noqa: S101 - the schedule makes it before it is read
    on = now.scenario.switch("visits_make_trips")
    setting = travel_setting(now.travel_env, now.state.transport, now.env.place.sector_wijk, on)
    dice = travel_dice(now.seed, now.city_seed, now.month)
    travel.travel(t, m, now.state.economy, now.looks_again, now.month, dice, setting)


class Process(NamedTuple):
    """A process and its name in timings and documents."""

    name: str
    run: Callable[[Month], None]

    @property
    def meaning(self) -> str:
        """What the process does, in one sentence."""
        return (self.run.__doc__ or "").split("\n")[0]


SCHEDULE: tuple[Process, ...] = tuple(
    Process(run.__name__, run)
    for run in (
        network,
        homes_of_measures,
        care_sites,
        rolls,
        deaths,
        births,
        splits,
        unions,
        leaving_nest,
        health,
        work,
        care_at_home,
        nursing_homes,
        households,
        kangaroo_living,
        assisted_homes,
        losing_home,
        departures,
        intents,
        social_housing,
        housing_first,
        offers,
        building,
        housing_market,
        arrivals,
        students,
        firms,
        jobs,
        travel_means,
        trips,
        prices,
    )
)
