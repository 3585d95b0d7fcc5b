"""Who lives where: households get a tenure, a type of dwelling and then one home each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray, KeyArray
from kortrijk_sim.city.synthesis.contingency import fit_whole
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.dwellings import Stock, smallest_per_group
from kortrijk_sim.city.synthesis.families import Kin
from kortrijk_sim.city.synthesis.inputs import KINDS, Inputs, SizeKindRow, TenureKindRow, TenureSizeRow
from kortrijk_sim.city.synthesis.persons import Lives
from kortrijk_sim.city.vocabulary import DwellingKind, DwellingUse, HouseholdStatus, Role, Tenure

TENURES = ("owner", "private_rent", "social_rent")
ROUNDS = 16  # of moving larger households to where the register counts more people per home
SHIFT_PER_MEMBER = 1.2  # rooms by which homes seem larger per member that a place lacks per home
LARGE = 5  # households of five or more are one group in the tenure tables
# Types of dwelling from the plainest to the dearest: who is better off or larger comes later.
LADDER = (
    DwellingKind.APARTMENT,
    DwellingKind.OTHER,
    DwellingKind.TERRACED,
    DwellingKind.SEMI_DETACHED,
    DwellingKind.DETACHED,
)


@dataclass
class Homes:
    """Households and their homes, shape (households,) unless said otherwise.

    Attributes:
        key: Key of the household.
        size: Members.
        age: Age of the older head in years.
        income: Net income of all members, EUR a month.
        tenure: Tenure, -1 for the homeless.
        dwelling: Row of the dwelling, -1 for the homeless.
        offered: Tenure of each dwelling, also of those without a household, shape (dwellings,).
        need: Rooms needed: one to live in, a bedroom per couple and per other member.
    """

    key: KeyArray
    size: Array
    age: Array
    income: FloatArray
    tenure: Array
    dwelling: Array
    offered: Array
    need: Array


def match_households(inputs: Inputs, kin: Kin, lives: Lives, stock: Stock, value: FloatArray, dice: Dice) -> Homes:
    """Give every household with a home its tenure and dwelling.

    The table size x tenure x type is fitted to its margins; within its cells better-off and older-middle-aged
    households own and live in the dearer types; within a type, households and dwellings meet by rank of the
    rooms wanted and offered, with noise.
    """
    homes = describe_households(kin, lives, stock.kind.size, dice)
    housed = np.flatnonzero(kin.status == HouseholdStatus.HOUSED)
    table = tenure_table(inputs, homes.size[housed], stock)
    assign_tenure_to_stock(inputs, homes, stock, table, dice)
    group = np.minimum(homes.size[housed], LARGE) - 1
    homes.tenure[housed] = choose_tenure(inputs, homes, housed, group, table.sum(axis=2), dice)
    kind = choose_kind(inputs, homes, housed, group, table, dice)
    need = homes.need[housed] + inputs.p("rooms_wanted_by_income") * np.log(
        np.maximum(homes.income[housed], 300.0) / 3000.0
    )
    need = need + inputs.p("rooms_wanted_by_age") * np.clip((homes.age[housed] - 40) / 20.0, -1, 1.5)
    need += inputs.p("rooms_noise_sd") * dice.normals(Stream.HOME, homes.key[housed])
    offer = stock.rooms + 0.5 * np.log(value / np.median(value))
    cell = homes.tenure[housed] * len(KINDS) + kind
    inside = np.flatnonzero(stock.occupied)
    cell_of_home = homes.offered[inside] * len(KINDS) + stock.kind[inside]
    former, wanted = members_by_former_municipality(inputs, int(homes.size[housed].sum()))
    where = former[stock.sector[inside]]
    by_need = np.lexsort((need, cell))
    shift, best, least = np.zeros(wanted.size), inside, np.inf
    for step in range(ROUNDS):
        by_offer = np.lexsort((offer[inside] + shift[where], cell_of_home))
        members = np.bincount(where[by_offer], homes.size[housed[by_need]], wanted.size)
        worst = float((np.abs(wanted - members) / (wanted + 1)).max())
        if worst < least:
            best, least = inside[by_offer], worst
        per_home = (wanted - members) / np.maximum(np.bincount(where, minlength=wanted.size), 1)
        shift = shift + SHIFT_PER_MEMBER / (1 + step / 4) * per_home
    homes.dwelling[housed[by_need]] = best
    return homes


def members_by_former_municipality(inputs: Inputs, members: int) -> tuple[Array, FloatArray]:
    """Return the former municipality of each sector and the inhabitants of each, scaled to a total.

    The letter in a sector's code names the municipality it belonged to before 1977.
    """
    letters = [sector.code[5] for sector in inputs.geography.sectors]
    names = sorted(set(letters))
    former = np.array([names.index(letter) for letter in letters])
    people = np.bincount(former, [sector.population for sector in inputs.geography.sectors], len(names))
    return former, people * members / people.sum()


def describe_households(kin: Kin, lives: Lives, dwellings: int, dice: Dice) -> Homes:
    """Return size, age, income and rooms needed of each household, still without a home."""
    n = kin.status.size
    member = np.flatnonzero(kin.household >= 0)
    of = kin.household[member]
    age = np.zeros(n, np.int64)
    head = member[kin.role[member] == Role.ADULT]
    np.maximum.at(age, kin.household[head], kin.age[head])
    couples = np.bincount(of[kin.partner[member] >= 0], minlength=n) // 2
    size = np.bincount(of, minlength=n)
    return Homes(
        key=dice.keys(Stream.HOUSEHOLD, n),
        size=size,
        age=age,
        income=np.bincount(of, lives.income_eur_month[member], n),
        tenure=np.full(n, -1, np.int64),
        dwelling=np.full(n, -1, np.int64),
        offered=np.full(dwellings, int(Tenure.OWNER), np.int64),
        need=1 + size - couples,
    )


def tenure_table(inputs: Inputs, sizes: Array, stock: Stock) -> Array:
    """Return households by size, tenure and type of dwelling, shape (5, 3, 5), meeting every margin."""
    homes = sizes.size
    by_size = np.bincount(np.minimum(sizes, LARGE) - 1, minlength=LARGE)
    by_kind = np.bincount(stock.kind[stock.occupied], minlength=len(KINDS))
    owner = round(inputs.facts.value("owner_share_2021") / 100 * homes)
    social = round(social_stock(inputs, homes) * (1 - inputs.p("vacant_share_of_social")))
    by_tenure = np.array([owner, homes - owner - social, social])
    census_size = np.zeros((LARGE, 3))
    for row in inputs.tables.rows("tenure_by_size", TenureSizeRow):
        census_size[row.size - 1] = [getattr(row, name) for name in TENURES]
    census_kind = np.zeros((len(KINDS), 3))
    for entry in inputs.tables.rows("tenure_by_kind", TenureKindRow):
        census_kind[KINDS.index(entry.kind)] = [getattr(entry, name) for name in TENURES]
    size_tenure = fit_whole(census_size, [by_size, by_tenure], [[0], [1]])
    tenure_kind = fit_whole((census_kind * by_kind[:, None]).T, [by_tenure, by_kind], [[0], [1]])
    axes: dict[str, tuple[object, ...]] = {"size": (1, 2, 3, 4, 5), "kind": KINDS}
    odds = inputs.grid("kind_by_size", SizeKindRow, axes, "weight")
    seed = size_tenure[:, :, None] * tenure_kind[None] * odds[:, None, :]
    return fit_whole(seed, [size_tenure, tenure_kind], [[0, 1], [1, 2]])


def social_stock(inputs: Inputs, households: int) -> int:
    """Return social dwellings, with or without a tenant."""
    return round(inputs.facts.value("social_homes_per_100_households") / 100 * households)


def assign_tenure_to_stock(inputs: Inputs, homes: Homes, stock: Stock, table: Array, dice: Dice) -> None:
    """Say of each main residence how it is held, or offered while vacant.

    Social dwellings stand where the sector's weight is high; rented ones in and around the centre.
    """
    by_kind = table.sum(axis=0)
    inside = np.flatnonzero(stock.occupied)
    social_weight = inputs.sector_column("social_weight") ** inputs.p("social_concentration")
    city = inputs.core_of_sector() == 0
    let = np.sqrt(inputs.sector_column("flat_weight")) * np.where(city, 1.0, 0.6)
    u = dice.uniforms(Stream.TENURE, stock.key, 0)
    score = -np.log(u[inside]) / social_weight[stock.sector[inside]]
    social = inside[smallest_per_group(score, stock.kind[inside], by_kind[Tenure.SOCIAL_RENT])]
    homes.offered[social] = int(Tenure.SOCIAL_RENT)
    rest = inside[homes.offered[inside] == Tenure.OWNER]
    v = dice.uniforms(Stream.TENURE, stock.key, 1)
    score = -np.log(v[rest]) / (let[stock.sector[rest]] * np.where(stock.rooms[rest] <= 4, 1.5, 0.8))
    private = rest[smallest_per_group(score, stock.kind[rest], by_kind[Tenure.PRIVATE_RENT])]
    homes.offered[private] = int(Tenure.PRIVATE_RENT)
    vacant = np.flatnonzero((stock.use == DwellingUse.MAIN_RESIDENCE) & ~stock.occupied)
    total = social_stock(inputs, inside.size)
    empty_social = min(max(total - int(by_kind[Tenure.SOCIAL_RENT].sum()), 0), vacant.size)
    odds = by_kind[Tenure.SOCIAL_RENT] / np.maximum(by_kind.sum(axis=0), 1)
    score = -np.log(u[vacant]) / (social_weight[stock.sector[vacant]] * np.maximum(odds[stock.kind[vacant]], 1e-6))
    order = np.argsort(score, kind="stable")
    homes.offered[vacant[order[:empty_social]]] = int(Tenure.SOCIAL_RENT)
    market = vacant[order[empty_social:]]
    for_rent = by_kind[Tenure.PRIVATE_RENT] / np.maximum(by_kind[Tenure.PRIVATE_RENT] + by_kind[Tenure.OWNER], 1)
    raised = np.clip(for_rent * inputs.p("rented_share_of_vacant_ratio"), 0, 0.9)
    homes.offered[market[v[market] < raised[stock.kind[market]]]] = int(Tenure.PRIVATE_RENT)
    student = stock.use == DwellingUse.STUDENT_LET
    homes.offered[student] = int(Tenure.PRIVATE_RENT)


def choose_tenure(inputs: Inputs, homes: Homes, housed: Array, group: Array, size_tenure: Array, dice: Dice) -> Array:
    """Return the tenure of each household: low incomes in social homes, the young in private rent."""
    key = homes.key[housed]
    income = np.log(np.maximum(homes.income[housed], 300.0) / np.sqrt(homes.size[housed]) / 2000.0)
    age = homes.age[housed]
    gumbel = -np.log(-np.log(dice.uniforms(Stream.TENURE, key, 2)))
    poor = inputs.p("social_by_income") * income + 0.01 * np.abs(age - 55) - gumbel
    out = np.full(housed.size, int(Tenure.OWNER), np.int64)
    social = smallest_per_group(poor, group, size_tenure[:, Tenure.SOCIAL_RENT])
    out[social] = int(Tenure.SOCIAL_RENT)
    rest = np.flatnonzero(out == Tenure.OWNER)
    settled = inputs.p("owning_by_age") * np.clip((age - 25) / 20.0, 0, 1.6)
    settled = settled - 0.02 * np.maximum(age - 80, 0)
    luck = -np.log(-np.log(dice.uniforms(Stream.TENURE, key, 3)))
    wealth = settled + inputs.p("owning_by_income") * income + luck
    private = rest[smallest_per_group(wealth[rest], group[rest], size_tenure[:, Tenure.PRIVATE_RENT])]
    out[private] = int(Tenure.PRIVATE_RENT)
    return out


def choose_kind(inputs: Inputs, homes: Homes, housed: Array, group: Array, table: Array, dice: Dice) -> Array:
    """Return the type of dwelling of each household, meeting the table in every size and tenure."""
    income = np.log(np.maximum(homes.income[housed], 300.0) / 3000.0)
    age = homes.age[housed]
    score = inputs.p("dear_type_by_income") * income + np.clip((age - 25) / 20.0, 0, 1.5)
    score -= inputs.p("flat_by_old_age") * np.maximum(age - 70, 0) / 10.0
    score += dice.normals(Stream.KIND, homes.key[housed])
    cell = group * 3 + homes.tenure[housed]
    order = np.lexsort((score, cell))
    ladder = np.tile(np.array(LADDER, np.int64), LARGE * 3)
    out = np.empty(housed.size, np.int64)
    out[order] = np.repeat(ladder, table[:, :, list(LADDER)].ravel())
    return out
