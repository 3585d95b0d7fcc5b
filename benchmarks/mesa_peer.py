"""Plain Mesa: one object per person and per household, each asking the rules for itself.

Two of our rules only, death and the intent to move, called as the plain Python functions they are, with
attributes on the agents as a Mesa tutorial would have it. Nobody is born, pairs up or moves.
"""

from __future__ import annotations

import copy
import time
from typing import Any

import mesa

from benchmarks.meter import repeated, resident_mb, seconds
from kortrijk_sim.agents import household_rules, person, senior_rules
from kortrijk_sim.city.vocabulary import DwellingKind, HouseholdStatus, PersonStatus, Role, Tenure
from kortrijk_sim.models.model import KortrijkModel

OBJECT_MONTHS = 4
TRIVIAL_MONTHS = 12
COPIED_AGENTS = 80_000

per_month = person.per_month.py_func
death_probability_per_year = person.death_probability_per_year.py_func
mortality_ratio = person.mortality_ratio.py_func
nursing_death_probability_per_year = person.nursing_death_probability_per_year.py_func
rooms_needed = household_rules.rooms_needed.py_func
mismatch = household_rules.mismatch.py_func
moving_probability = household_rules.moving_probability.py_func
senior_moving_ratio = senior_rules.senior_moving_ratio.py_func


class Person(mesa.Agent):
    """Somebody who may die."""

    def __init__(self, model: Any, row: Any) -> None:
        super().__init__(model)
        self.sex = int(row.sex)
        self.birth_month = int(row.birth_month)
        self.health = int(row.health)
        self.role = int(row.role)
        self.in_nursing_home = bool(row.nursing_place >= 0)
        self.widowed_since = int(row.widowed_since)
        self.household: Household | None = None
        self.partner: Person | None = None

    def step(self) -> None:
        """Die, perhaps."""
        model = self.model
        age = min((model.month - self.birth_month) // 12, 119)
        years = (model.month + 6.0) / 12.0 + 0.5
        yearly = death_probability_per_year(
            model.mortality[self.sex][age], model.improvement[self.sex][age], years, 1.0
        )
        if self.in_nursing_home and age >= 50:
            risk = per_month(nursing_death_probability_per_year(yearly, model.person))
        else:
            ratio = model.alignment[self.sex][age] * mortality_ratio(self.health if age >= 50 else 0, model.person)
            risk = per_month(min(1.0, ratio * yearly))
        if self.random.random() < risk:
            self.die()

    def die(self) -> None:
        """Leave partner, household and city."""
        self.model.deaths += 1
        if self.partner is not None:
            self.partner.partner = None
            self.partner.widowed_since = self.model.month
        if self.household is not None:
            self.household.members.remove(self)
            if not self.household.members:
                self.household.remove()
        self.remove()


class Household(mesa.Agent):
    """Some people in a home, who may start to look for another."""

    def __init__(self, model: Any, home: Any, members: list[Person]) -> None:
        super().__init__(model)
        self.members = members
        self.rooms = int(home.rooms)
        self.stairs = home.kind != DwellingKind.APARTMENT and home.life_cycle_proof == 0
        self.tenure = int(home.tenure)
        self.willingness = self.random.random()
        self.seeking_since: int | None = None
        for member in members:
            member.household = self

    def step(self) -> None:
        """Start to look for another home, or stop."""
        model, p = self.model, self.model.housing
        month = model.month
        if self.seeking_since is not None:
            if month - self.seeking_since >= p.search_gives_up_after_months:
                self.seeking_since = None
            return
        ages = [(month - member.birth_month) // 12 for member in self.members]
        head = self.members[0]
        children = sum(age < 18 for age in ages)
        couple = head.partner is not None and head.partner.household is self
        needed = rooms_needed(len(ages) - children, couple, children)
        has_children = any(member.role == Role.CHILD for member in self.members)
        limited = any(member.health > 0 for member in self.members if member.role == Role.ADULT)
        m = mismatch(
            self.rooms,
            needed,
            has_children,
            self.stairs and limited,
            month - head.widowed_since <= 24,
            month - max(member.birth_month for member in self.members) <= 12,
            p,
        )
        ratio = 1.0
        if self.tenure == Tenure.SOCIAL_RENT:
            ratio = p.moving_social_tenant_ratio
        elif self.tenure == Tenure.PRIVATE_RENT:
            ratio = p.moving_private_tenant_ratio
        if max(ages) >= 65:
            ratio *= senior_moving_ratio(self.willingness, False, 1.0, p)
        base = model.moving[min(ages[0], 119)] * p.moving_profile_ratio
        if self.random.random() < moving_probability(base, m, ratio, 1.0 / 12.0):
            self.seeking_since = month
            model.sought += 1


class ObjectCity(mesa.Model):
    """The people and households of the base year as Mesa agents."""

    def __init__(self, city: KortrijkModel) -> None:
        super().__init__(rng=1)
        env = city.environment
        self.month = self.deaths = self.sought = 0
        self.person, self.housing, self.alignment = env.person, env.housing, env.alignment.mortality.tolist()
        self.mortality, self.improvement = env.rates["mortality"].tolist(), env.rates["mortality_improvement"].tolist()
        self.moving = env.rates["moving"].mean(axis=0).tolist()
        tables = city.state.tables
        persons, households, dwellings = tables.persons, tables.households, tables.dwellings
        people = {
            row: Person(self, persons[row])
            for row in range(int(tables.counts[0]))
            if persons.status[row] == PersonStatus.RESIDENT
        }
        for row, somebody in people.items():
            somebody.partner = people.get(int(persons.partner[row]))
        for row in range(int(tables.counts[1])):
            if households.status[row] != HouseholdStatus.HOUSED:
                continue
            members, member = [], int(households.first_member[row])
            while member >= 0:
                members.append(people[member])
                member = int(persons.next_member[member])
            Household(self, dwellings[int(households.dwelling[row])], members)

    def step(self) -> None:
        """Let one month pass."""
        self.agents_by_type[Person].do("step")
        self.agents_by_type[Household].do("step")
        self.month += 1


class Counter(mesa.Agent):
    """An agent with four attributes that only grows older."""

    def __init__(self, model: Any, income: float) -> None:
        super().__init__(model)
        self.age, self.income, self.health, self.home = 0, income, 0, self.unique_id

    def step(self) -> None:
        """Grow older."""
        self.age += 1


class TrivialCity(mesa.Model):
    """Agents that do next to nothing, activated in random order: the floor of what Mesa costs."""

    def __init__(self, agents: int) -> None:
        super().__init__(rng=1)
        for number in range(agents):
            Counter(self, float(number))

    def step(self) -> None:
        """Let every agent act once."""
        self.agents.shuffle_do("step")


def two_rules(scale: float, months: int) -> dict[str, Any]:
    """Run a few months of death and the intent to move; the report extrapolates."""
    city = KortrijkModel(rng=1, scale=scale)
    before = resident_mb()
    begin = time.perf_counter()
    model = ObjectCity(city)
    built = time.perf_counter()
    built_mb = resident_mb()
    agents = len(model.agents)
    model.step()  # a month to get going
    taken = [seconds(model.step) for _ in range(OBJECT_MONTHS)]
    return {
        "build_s": built - begin,
        "month_s": taken,
        "model_mb": built_mb - before,
        "agents": agents,
        "deaths_per_month": model.deaths / (OBJECT_MONTHS + 1),
        "sought_per_month": model.sought / (OBJECT_MONTHS + 1),
    }


def trivial(scale: float, months: int) -> dict[str, Any]:
    """Run a few months in which every agent only grows older."""
    model = TrivialCity(round(81_045 * scale))
    model.step()
    return {"month_s": [seconds(model.step) for _ in range(TRIVIAL_MONTHS)], "agents": len(model.agents)}


def deep_copy(scale: float, months: int) -> dict[str, Any]:
    """Copy a model of many agents with ``copy.deepcopy``."""
    model = TrivialCity(round(COPIED_AGENTS * scale))
    return {"copy_s": repeated(lambda: copy.deepcopy(model), 3), "agents": len(model.agents)}
