"""A null model: a cohort-component projection that knows nothing of homes.

It starts from the same people and uses the same death and birth rates; who comes and who leaves follows the
observed totals of the first year. What our city does differently is what homes do to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.rates import AGES, AgeRates
from kortrijk_sim.city.vocabulary import PersonStatus, Sex
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel

FERTILE = slice(15, 50)


@dataclass(frozen=True)
class Account:
    """How a group of people born in the same years changed from 2025 to 2040.

    Persons born before a year can only die, come or leave: ``end = start + births - deaths + net_migration``,
    with births only for the whole population.
    """

    name: str
    start: float
    births: float
    deaths: float
    net_migration: float

    @property
    def end(self) -> float:
        """Persons at the end."""
        return self.start + self.births - self.deaths + self.net_migration


GROUPS = (("inhabitants", 0), ("aged 65+", 65), ("aged 80+", 80))


def our_accounts(model: KortrijkModel, years: int) -> list[Account]:
    """Return what our city did to each group in so many years, from the event log.

    Args:
        model: A run of at least ``years``.
        years: Years from January 2025.
    """
    t, months = model.state.tables, 12 * years
    log, n = t.log, int(t.counts[3])
    now = log.month[:n] < months
    born = t.persons.birth_month[np.maximum(log.person[:n], 0)]
    start = model.base.persons
    accounts = []
    for name, age in GROUPS:
        # Of a group aged 65+ at the end, everybody is 50 or older at the start.
        last_birth = months - 12 * age if age else months
        mine = now & (born <= last_birth)
        count = {kind: int((mine & (log.kind[:n] == kind)).sum()) for kind in (0, 1, 5, 6)}
        accounts.append(
            Account(
                name,
                float((start["birth_month"][start["status"] == PersonStatus.RESIDENT] <= last_birth).sum())
                / model.scale,
                count[Kind.BIRTH] / model.scale,
                count[Kind.DEATH] / model.scale,
                (count[Kind.ARRIVED] - count[Kind.LEFT_CITY]) / model.scale,
            )
        )
    return accounts


def cohort_accounts(model: KortrijkModel, years: int) -> list[Account]:
    """Return what the cohort-component projection does to each group.

    Deaths and births follow the model's tables by age and sex, set on the observed totals of 2024. In-migrants
    are the observed number with the ages and sexes of our own; out-migrants follow our rates by age and sex,
    set so that the first year has the observed net migration.

    Args:
        model: A run of at least ``years``, for its base year, rates and the ages of its migrants.
        years: Years from January 2025.
    """
    rates, facts = AgeRates(model.city_tables), model.facts
    people = _pyramid(model)
    arrivals, leaving = _migrants(model, years)
    in_total = model.parameters.value("in_migrants_per_year")
    incoming = in_total * arrivals / max(float(arrivals.sum()), 1.0)
    out_total = in_total - facts.value("net_migration_2024")
    leaving = leaving * out_total / max(float((leaving * people).sum()), 1e-9)
    mortality = rates["mortality"] * facts.value("deaths_2024") / float((rates["mortality"] * people).sum())
    fertility = _fertility(model)
    fertility *= facts.value("births_2024") / float((fertility * people[Sex.FEMALE]).sum())
    girls = model.parameters.value("girl_share")

    sums = np.zeros((len(GROUPS), 3))
    stock = people.copy()
    starts = [float(stock[:, max(age - years, 0) :].sum()) for _, age in GROUPS]
    for year in range(years):
        dying = stock * np.minimum(mortality * np.exp(-rates["mortality_improvement"] * (year + 0.5)), 1.0)
        going = (stock - dying) * np.minimum(leaving, 1.0)
        births = float((fertility * (stock[Sex.FEMALE] - 0.5 * dying[Sex.FEMALE])).sum())
        net = incoming - going
        for g, (_, age) in enumerate(GROUPS):
            first = max(age - (years - year), 0)
            sums[g, 1] += float(dying[:, first:].sum())
            sums[g, 2] += float(net[:, first:].sum())
        sums[0, 0] += births
        stock = _a_year_older(stock - dying + net)
        stock[Sex.FEMALE, 0] += girls * births
        stock[Sex.MALE, 0] += (1.0 - girls) * births
    return [Account(name, starts[g], *sums[g].tolist()) for g, (name, _) in enumerate(GROUPS)]


def explain(ours: Account, null: Account) -> str:
    """Return a sentence on why the two differ: the parts sum to the difference."""
    gap = ours.end - null.end
    parts = [
        (ours.start - null.start, "from the count by month of birth"),
        (ours.births - null.births, "from births"),
        (null.deaths - ours.deaths, "from deaths"),
        (ours.net_migration - null.net_migration, "from migration, which follows the homes that are left"),
    ]
    said = ", ".join(f"{size:+,.0f} {what}" for size, what in parts if abs(size) >= 0.5)
    return (
        f"{ours.name}, 1 January 2040: {ours.end:,.0f} with homes, {null.end:,.0f} by cohorts alone; "
        f"the difference of {gap:+,.0f} comes {said or 'from nothing'}."
    )


def _pyramid(model: KortrijkModel) -> FloatArray:
    """Return the inhabitants of the base year by sex and age, shape (2, 120), scaled to the whole city."""
    base = model.base.persons
    here = base["status"] == PersonStatus.RESIDENT
    age = np.clip(-base["birth_month"][here] // 12, 0, AGES - 1)
    out = np.zeros((2, AGES))
    np.add.at(out, (base["sex"][here], age), 1.0)
    return out / model.scale


def _migrants(model: KortrijkModel, years: int) -> tuple[FloatArray, FloatArray]:
    """Return our in-migrants, and our out-migrants per inhabitant of the base year, by sex and age."""
    t = model.state.tables
    log, n = t.log, int(t.counts[3])
    counts = []
    for kind in (Kind.ARRIVED, Kind.LEFT_CITY):
        rows = np.flatnonzero((log.kind[:n] == kind) & (log.month[:n] < 12 * years))
        person = log.person[rows]
        age = np.clip((log.month[rows] - t.persons.birth_month[person]) // 12, 0, AGES - 1)
        count = np.zeros((2, AGES))
        np.add.at(count, (t.persons.sex[person], age), 1.0)
        counts.append(_smooth(count))
    people = _smooth(_pyramid(model)) * model.scale * years
    return counts[0], np.divide(counts[1], people, out=np.zeros_like(people), where=people > 1.0)


def _smooth(by_age: FloatArray) -> FloatArray:
    """Return a running mean over five ages: single ages are noisy in a small city."""
    padded = np.pad(by_age, ((0, 0), (2, 2)), mode="edge")
    return np.stack([np.convolve(row, np.full(5, 0.2), mode="valid") for row in padded])


def _fertility(model: KortrijkModel) -> FloatArray:
    """Return the shape of fertility by age of the mother: a normal curve as in the model's own rule."""
    p, age = model.environment.person, np.arange(AGES) + 0.5
    shape = np.exp(-0.5 * ((age - p.fertility_mean_age_years) / p.fertility_sd_years) ** 2)
    fertile = np.zeros(AGES)
    fertile[FERTILE] = shape[FERTILE]
    return fertile


def _a_year_older(stock: Array) -> FloatArray:
    older = np.zeros_like(stock)
    older[:, 1:] = stock[:, :-1]
    older[:, -1] += stock[:, -1]
    return older
