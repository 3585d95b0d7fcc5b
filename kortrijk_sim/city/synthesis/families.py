"""Who lives with whom: couples, parents and children, others, and the homeless."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kortrijk_sim.arrays import Array, KeyArray
from kortrijk_sim.city.synthesis.contingency import apportion
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.inputs import Inputs
from kortrijk_sim.city.synthesis.positions import Family, Plan, Position
from kortrijk_sim.city.synthesis.sibships import choose_couples, draw_sibships, pair_lone_parents
from kortrijk_sim.city.vocabulary import HouseholdStatus, Role, Sex

NOBODY = -1


@dataclass
class Kin:
    """Persons in their first order, with their relations as rows.

    Attributes:
        key: Key of each person; all attributes have shape (persons,) unless said otherwise.
        age: Age in years.
        sex: Sex.
        position: Position in the household.
        household: Household, -1 in a nursing home.
        role: Role in the household.
        order: Place in the household: heads, then children from old to young, then others.
        partner: Partner, -1 without.
        mother: Mother, -1 unknown.
        father: Father, -1 unknown.
        status: Status of each household, shape (households,).
        family: Type of each household, shape (households,); the homeless count as alone or lone parents.
    """

    key: KeyArray
    age: Array
    sex: Array
    position: Array
    household: Array
    role: Array
    order: Array
    partner: Array
    mother: Array
    father: Array
    status: Array
    family: Array


def make_kin(inputs: Inputs, plan: Plan, dice: Dice) -> Kin:
    """Return everybody, in households, with partners, mothers and fathers."""
    kin = _everybody(plan, dice)
    builder = _Builder(inputs, plan, dice, kin)
    builder.alone()
    builder.couples()
    builder.lone_parents()
    builder.others()
    builder.homeless()
    return builder.finish()


def _everybody(plan: Plan, dice: Dice) -> Kin:
    age, sex, position = np.indices(plan.persons.shape).reshape(3, -1)
    count = plan.persons.ravel()
    age, sex, position = (np.repeat(x, count).astype(np.int64) for x in (age, sex, position))
    n = age.size
    empty = [np.full(n, NOBODY, np.int64) for _ in range(4)]
    return Kin(
        key=dice.keys(Stream.PERSON, n),
        age=age,
        sex=sex,
        position=position,
        household=empty[0],
        role=np.zeros(n, np.int64),
        order=np.zeros(n, np.int64),
        partner=empty[1],
        mother=empty[2],
        father=empty[3],
        status=np.zeros(0, np.int64),
        family=np.zeros(0, np.int64),
    )


class _Builder:
    """Opens households one type after the other; every method places the persons of one position."""

    def __init__(self, inputs: Inputs, plan: Plan, dice: Dice, kin: Kin) -> None:
        self.inputs, self.plan, self.dice, self.kin = inputs, plan, dice, kin
        self.opened = 0
        self.status: list[Array] = []
        self.family: list[Array] = []
        self.wanted_others: list[tuple[Array, Array]] = []
        self.least = int(inputs.p("parent_child_least_years"))
        self.most = int(inputs.p("parent_child_most_years"))

    def members(self, position: Position, sex: Sex | None = None) -> Array:
        """Return the persons of a position."""
        chosen = self.kin.position == position
        if sex is not None:
            chosen &= self.kin.sex == sex
        return np.flatnonzero(chosen)

    def shuffled(self, rows: Array, stream: Stream, alternative: int = 0) -> Array:
        """Return rows in a drawn order."""
        return rows[np.argsort(self.dice.uniforms(stream, self.kin.key[rows], alternative), kind="stable")]

    def open(self, n: int, family: Family, status: HouseholdStatus = HouseholdStatus.HOUSED) -> Array:
        """Open n households and return their numbers."""
        numbers = np.arange(self.opened, self.opened + n)
        self.opened += n
        self.status.append(np.full(n, int(status)))
        self.family.append(np.full(n, int(family)))
        return numbers

    def place(self, rows: Array, households: Array, role: Role, order: int | Array) -> None:
        """Put persons into households."""
        self.kin.household[rows] = households
        self.kin.role[rows] = int(role)
        self.kin.order[rows] = order

    def alone(self) -> None:
        """Who lives alone."""
        rows = self.members(Position.ALONE)
        self.place(rows, self.open(rows.size, Family.ALONE), Role.ADULT, 0)

    def couples(self) -> None:
        """Partners of like age, some of one sex; then their children."""
        first, second = self._pairs()
        kin = self.kin
        kin.partner[first], kin.partner[second] = second, first
        households = self.open(first.size, Family.COUPLE)
        lead = self.dice.uniforms(Stream.COUPLE, kin.key[first], 7) < 0.5
        self.place(first, households, Role.ADULT, np.where(lead, 0, 1))
        self.place(second, households, Role.ADULT, np.where(lead, 1, 0))
        table = self.plan.households[Family.COUPLE]
        size, others = (x.ravel() for x in np.indices(table.shape))
        children = size - 2 - others
        sizes = np.bincount(np.maximum(children, 0), table.ravel(), 10).astype(np.int64)
        sizes[0] = 0
        rows, sibship, eldest, youngest, number = self._sibships(Position.CHILD_OF_COUPLE, sizes)
        leaders = rows[np.unique(sibship, return_index=True)[1]]
        at_birth = self.inputs.p("age_at_first_birth") + self.inputs.p("age_at_first_birth_sd") * self.dice.normals(
            Stream.SIBSHIP, kin.key[leaders], 40
        )
        ideal = np.clip(np.rint(eldest + at_birth), 0, 100).astype(np.int64)
        younger = np.minimum(kin.age[first], kin.age[second])
        mixed = self.shuffled(np.arange(first.size), Stream.COUPLE, 8)
        without = self.dice.uniforms(Stream.COUPLE, kin.key[first], 9) < self.inputs.p("couples_without_child_share")
        chosen = mixed[
            choose_couples(
                kin.age[first][mixed],
                younger[mixed],
                without[mixed],
                ideal,
                eldest,
                youngest,
                self.least,
                self.most,
            )
        ]
        self.place(rows, households[chosen[sibship]], Role.CHILD, 10 + number)
        self._parents(rows, first[chosen[sibship]])
        self._parents(rows, second[chosen[sibship]])
        self._ask_others(households, chosen, np.bincount(sibship, minlength=eldest.size), table, 2)

    def lone_parents(self) -> None:
        """Lone mothers and fathers with their children."""
        kin = self.kin
        parents = self.members(Position.LONE_PARENT)
        table = self.plan.households[Family.LONE_MOTHER] + self.plan.households[Family.LONE_FATHER]
        size, others = (x.ravel() for x in np.indices(table.shape))
        sizes = np.bincount(np.maximum(size - 1 - others, 0), table.ravel(), 10).astype(np.int64)
        sizes[0] = 0
        rows, sibship, eldest, youngest, number = self._sibships(Position.CHILD_OF_LONE_PARENT, sizes)
        of_parent = pair_lone_parents(kin.age[parents], eldest, youngest, self.least, self.most)
        of_sibship = np.empty_like(of_parent)
        of_sibship[of_parent] = np.arange(of_parent.size)
        households = self.open(parents.size, Family.LONE_MOTHER)
        self.family[-1][kin.sex[parents] == Sex.MALE] = Family.LONE_FATHER
        self.place(parents, households, Role.ADULT, 0)
        self.place(rows, households[of_sibship[sibship]], Role.CHILD, 10 + number)
        self._parents(rows, parents[of_sibship[sibship]])
        self._ask_others(households, of_sibship, np.bincount(sibship, minlength=eldest.size), table, 1)

    def others(self) -> None:
        """Relatives and lodgers: in families that have room, or with one another."""
        kin = self.kin
        pool = self.shuffled(self.members(Position.OTHER), Stream.OTHERS)
        into = np.concatenate([np.repeat(h, n) for h, n in self.wanted_others])
        self.place(pool[: into.size], into, Role.OTHER, 50)
        rest = pool[into.size :]
        near = kin.age[rest] + 8.0 * self.dice.normals(Stream.OTHERS, kin.key[rest], 1)
        rest = rest[np.argsort(near, kind="stable")]
        size = np.repeat(np.arange(10), self.plan.households[Family.OTHER].sum(axis=1))
        households = self.open(size.size, Family.OTHER)
        mixed = self.shuffled_households(size, rest)
        into = np.repeat(households, mixed)
        place = np.arange(rest.size) - np.repeat(np.cumsum(mixed) - mixed, mixed)
        self.place(rest, into, Role.OTHER, 50 + place)
        heads = rest[place == 0]
        kin.role[heads], kin.order[heads] = int(Role.ADULT), 0

    def shuffled_households(self, size: Array, rows: Array) -> Array:
        """Return household sizes in a drawn order, so that size does not follow age."""
        order = np.argsort(self.dice.uniforms(Stream.OTHERS, self.kin.key[rows[: size.size]], 2), kind="stable")
        return size[order]

    def homeless(self) -> None:
        """People without a home: families led by one parent (assumed), the other adults alone."""
        kin = self.kin
        rows = self.members(Position.HOMELESS)
        minors = rows[kin.age[rows] < 18]
        adults = self.shuffled(rows[kin.age[rows] >= 18], Stream.OTHERS, 3)
        families = min(round(minors.size / self.inputs.p("homeless_children_per_family")), adults.size)
        families = max(families, 1) if minors.size else 0
        per_family = apportion(np.ones(families), minors.size)
        sizes = np.bincount(per_family, minlength=10)
        of_age = (kin.age[adults] >= 24) & (kin.age[adults] <= 52)
        best = np.lexsort((kin.sex[adults] != Sex.FEMALE, ~of_age))
        parents = adults[best[:families]]
        alone = adults[best[families:]]
        self.place(alone, self.open(alone.size, Family.ALONE, HouseholdStatus.HOMELESS), Role.ADULT, 0)
        if families == 0:
            return
        minors = minors[np.argsort(kin.age[minors], kind="stable")]
        stream = self.dice.stream(Stream.SIBSHIP)
        sibship, eldest = draw_sibships(kin.age[minors], kin.key[minors], sizes, stream, 0.0, 2.0, 1.0)
        youngest = np.full(families, 200)
        np.minimum.at(youngest, sibship, kin.age[minors])
        of_parent = pair_lone_parents(kin.age[parents], eldest, youngest, self.least, self.most)
        of_sibship = np.empty_like(of_parent)
        of_sibship[of_parent] = np.arange(of_parent.size)
        households = self.open(families, Family.LONE_MOTHER, HouseholdStatus.HOMELESS)
        self.family[-1][kin.sex[parents] == Sex.MALE] = Family.LONE_FATHER
        self.place(parents, households, Role.ADULT, 0)
        self.place(minors, households[of_sibship[sibship]], Role.CHILD, 10 + 90 - kin.age[minors])
        self._parents(minors, parents[of_sibship[sibship]])

    def finish(self) -> Kin:
        """Return the persons and their households."""
        self.kin.status = np.concatenate(self.status)
        self.kin.family = np.concatenate(self.family)
        return self.kin

    def _pairs(self) -> tuple[Array, Array]:
        """Return couples: the woman first, in couples of one sex either."""
        kin, dice = self.kin, self.dice
        women = self.members(Position.PARTNER, Sex.FEMALE)
        men = self.members(Position.PARTNER, Sex.MALE)
        spread = self.inputs.p("partner_age_sd") / np.sqrt(2.0)
        firsts, seconds = [], []
        mixed = []
        for rows, couples in ((women, self.plan.same_sex[0]), (men, self.plan.same_sex[1])):
            likely = dice.uniforms(Stream.COUPLE, kin.key[rows], 1) + (kin.age[rows] > 70)
            order = np.argsort(likely, kind="stable")
            same = rows[order[: 2 * couples]]
            near = kin.age[same] + spread * dice.normals(Stream.COUPLE, kin.key[same], 2)
            same = same[np.argsort(near, kind="stable")]
            firsts.append(same[0::2])
            seconds.append(same[1::2])
            mixed.append(rows[order[2 * couples :]])
        ranked = []
        for rows in mixed:
            near = kin.age[rows] + spread * dice.normals(Stream.COUPLE, kin.key[rows], 3)
            ranked.append(rows[np.argsort(near, kind="stable")])
        return np.concatenate([*firsts, ranked[0]]), np.concatenate([*seconds, ranked[1]])

    def _sibships(self, position: Position, sizes: Array) -> tuple[Array, Array, Array, Array, Array]:
        """Return children, their sibships, the eldest's and youngest's age, and the birth order."""
        kin = self.kin
        rows = self.shuffled(self.members(position), Stream.SIBSHIP, 30)
        rows = rows[np.argsort(kin.age[rows], kind="stable")]
        sibship, eldest = draw_sibships(
            kin.age[rows],
            kin.key[rows],
            sizes,
            self.dice.stream(Stream.SIBSHIP),
            self.inputs.p("siblings_at_home_decline"),
            self.inputs.p("sibling_spacing_years"),
            self.inputs.p("only_child_odds"),
        )
        youngest = np.full(eldest.size, 200)
        np.minimum.at(youngest, sibship, kin.age[rows])
        return rows, sibship, eldest, youngest, 100 - kin.age[rows]

    def _parents(self, children: Array, parents: Array) -> None:
        """Note a parent by sex; the second one of the same sex is not noted (one mother, one father)."""
        kin = self.kin
        woman = kin.sex[parents] == Sex.FEMALE
        kin.mother[children[woman]] = parents[woman]
        kin.father[children[~woman]] = parents[~woman]

    def _ask_others(self, households: Array, chosen: Array, children: Array, table: Array, heads: int) -> None:
        """Decide how many others live in each family so that type, size and others meet the plan."""
        mine = np.zeros(households.size, np.int64)
        mine[chosen] = children
        others = np.zeros(households.size, np.int64)
        for n in range(10):
            here = np.flatnonzero(mine == n)
            counts = [int(table[n + heads + m, m]) if n + heads + m < 10 else 0 for m in range(10)]
            ask = np.repeat(np.arange(10), counts)
            order = np.argsort(
                self.dice.uniforms(Stream.OTHERS, self.dice.keys(Stream.HOUSEHOLD, self.opened)[households[here]]),
                kind="stable",
            )
            others[here[order]] = ask
        self.wanted_others.append((households, others))
