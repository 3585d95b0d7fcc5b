"""The processes of a month, one function each, and the one list that says in which order they run.

A process reads and writes the state through kernels; it never calls another process. To add one, write a
function of :class:`Month` and put it in :data:`SCHEDULE`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from kortrijk_sim.city.geography import Geography
from kortrijk_sim.draws import stream
from kortrijk_sim.models import (
    construction,
    demography,
    exclusion,
    lives,
    market,
    migration,
    moving,
    nursing,
    social,
    vacancy,
)
from kortrijk_sim.models.dice import ONCE, Dice
from kortrijk_sim.models.effects import homes_due_by_wijk, homes_instead_of_market, programme_of, site_of
from kortrijk_sim.models.environment import Environment
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.measures import BuildHomes
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.rolls import MonthDice, Rolls, call_rolls
from kortrijk_sim.models.state import State, Tables
from kortrijk_sim.models.summary import Summary, refresh


@dataclass
class Month:
    """One month as the processes see it."""

    state: State
    env: Environment
    scenario: Scenario
    geography: Geography
    levers: Levers
    seed: int
    month: int
    scale: float
    summary: Summary
    first_event: int
    rolls: Rolls | None = None

    @property
    def tables(self) -> Tables:
        """All tables."""
        return self.state.tables

    @property
    def lists(self) -> Rolls:
        """Who concerns which process, made by the process ``rolls``."""
        assert self.rolls is not None  # noqa: S101 - the schedule makes it before it is read
        return self.rolls

    def dice(self, process: Dice) -> np.uint64:
        """Return the stream of a process in this month."""
        return np.uint64(stream(self.seed, int(process), self.month))

    def once(self, process: Dice) -> np.uint64:
        """Return the stream of what a process draws once in a life."""
        return np.uint64(stream(self.seed, int(process), ONCE))


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
    env = now.env
    lives.work(
        now.tables, now.lists.birthdays, now.month, now.dice(Dice.ACTIVITY), now.once(Dice.STANDING),
        env.rates["retire"], env.rates["active_share"], env.person,
    )  # fmt: skip


def nursing_homes(now: Month) -> None:
    """Seniors ask for a place in a nursing home; free places are filled (C2, C3)."""
    env, switch = now.env, now.scenario.switch
    dice = now.dice(Dice.NURSING)
    postpones = switch("life_cycle_home_postpones_care")
    waiting = nursing.apply_for_place(
        now.tables, now.lists.nursing, now.month, dice, env.alignment.nursing_entry, postpones, env.care
    )
    free = int(env.care.nursing_places * now.scale) - now.lists.nursing_residents
    nursing.admit(
        now.tables,
        now.lists.nursing,
        now.month,
        dice,
        free,
        waiting,
        switch("care_entry_frees_home"),
        env.housing.family_home_rooms,
    )


def households(now: Month) -> None:
    """Look again at the households in which something happened: ages, size, income."""
    refresh(now.tables, now.summary, now.month, now.env.housing.grown_child_pays_share, now.first_event)


def kangaroo_living(now: Month) -> None:
    """Seniors with heavy need join a child's household (H12)."""
    if now.scenario.switch("kangaroo_living"):
        exclusion.kangaroo(
            now.tables,
            now.lists.heavy,
            now.summary,
            now.month,
            now.dice(Dice.KANGAROO),
            now.env.housing.family_home_rooms,
            now.env.care,
        )


def losing_home(now: Month) -> None:
    """Tenants under cost stress may lose their home."""
    env = now.env
    exclusion.lose_home(
        now.tables, now.summary, now.month, now.dice(Dice.HOMELESS), env.alignment.home_loss_per_year,
        env.housing.family_home_rooms, env.exclusion,
    )  # fmt: skip


def departures(now: Month) -> None:
    """Households leave the city (P6)."""
    env = now.env
    migration.departures(
        now.tables, now.summary, now.month, now.dice(Dice.OUT_MIGRATION), env.rates["out_migration"].mean(axis=0),
        env.alignment.out_migration, env.housing.family_home_rooms, env.arrival,
    )  # fmt: skip


def intents(now: Month) -> None:
    """Households start to look for another home (H1-H3)."""
    env = now.env
    moving.intents(
        now.tables, now.summary, now.month, now.dice(Dice.INTENT), now.once(Dice.WILLINGNESS), now.once(Dice.HELP),
        env.rates["moving"].mean(axis=0), env.place.sector_wijk, now.levers, env.moving_help_ratio, env.housing,
    )  # fmt: skip


def social_housing(now: Month) -> None:
    """The social waiting list and its allocations (H10)."""
    env = now.env
    social.waiting_list(
        now.tables, now.summary, now.month, now.dice(Dice.SOCIAL_LIST), now.dice(Dice.SOCIAL_DROP),
        env.alignment.social_listing_per_year, env.social,
    )  # fmt: skip
    social.allocate(
        now.tables, now.summary, now.month, now.dice(Dice.SOCIAL_PILLAR), now.dice(Dice.SOCIAL_RANK),
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
    construction.developers(now.tables, now.month, now.dice(Dice.BUILD), env.market, env.build)
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
    env = now.env
    lists = now.lists
    leavers = market.leavers(now.tables, lists.nest, lists.splits, lists.unions, now.first_event)
    seekers, n = market.gather(
        now.tables, now.summary, leavers, now.month, env.place, now.dice(Dice.TENURE), now.once(Dice.STANDING),
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
    now.state.make_room(8 * wanted + 64, wanted + 64, 0, 10 * wanted + 64)
    seekers = market.new_seekers(wanted)
    dice, standing = now.dice(Dice.IN_MIGRATION), now.once(Dice.STANDING)
    migration.describe_arrivals(
        now.tables, seekers, now.month, dice, standing, env.arrival_cumulative, env.place, now.dice(Dice.TENURE),
        now.levers, env.person, env.housing, env.search, env.arrival,
    )  # fmt: skip
    got, factor = market.match(
        now.tables, seekers, wanted, env.place, now.dice(Dice.AWARENESS), now.once(Dice.TASTE), now.dice(Dice.PRIORITY),
        now.dice(Dice.BID), env.housing, env.market, env.search,
    )  # fmt: skip
    migration.settle_arrivals(
        now.tables, seekers, got, factor, now.month, dice, env.place, standing, env.person, env.housing, env.search,
        env.arrival,
    )  # fmt: skip


def prices(now: Month) -> None:
    """Prices and rents follow vacancy (H7)."""
    vacancy.prices(now.tables, now.env.place.sector_wijk, now.env.structural, now.env.market)


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
        homes_of_measures,
        rolls,
        deaths,
        births,
        splits,
        unions,
        leaving_nest,
        health,
        work,
        nursing_homes,
        households,
        kangaroo_living,
        losing_home,
        departures,
        intents,
        social_housing,
        housing_first,
        offers,
        building,
        housing_market,
        arrivals,
        prices,
    )
)
