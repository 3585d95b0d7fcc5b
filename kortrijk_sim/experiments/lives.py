"""What became of everybody of the base year: one row per person, the same rows in every future.

Rows of the person table are never reused and the base year is the same for one city seed and scale, so row i is
one and the same person in all runs. Who was born or came later has no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from kortrijk_sim.agents.columns import NEVER
from kortrijk_sim.agents.household_rules import is_too_large, rooms_needed
from kortrijk_sim.agents.mode_rules import N_SLOTS
from kortrijk_sim.arrays import Array, BoolArray
from kortrijk_sim.city.vocabulary import (
    Activity,
    Health,
    HouseholdStatus,
    Mode,
    PersonStatus,
    Role,
    Slot,
    Tenure,
)
from kortrijk_sim.experiments.trip_minutes import minutes_of_ways
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.summary import summarise

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

TENURES = ("owner", "private rent", "social rent")
FAMILIES = ("alone", "couple", "couple with children", "lone parent", "other", "nursing home")
GROUPS = ("child", "works in the city", "commutes out", "student", "senior", "looks for work", "other adult")
HEALTH = ("good", "some help", "much help", "dementia")
FITS = ("too small", "fits", "too large")
MODES = tuple(mode.name.lower().replace("_", " ") for mode in Mode)
SENIOR_MONTHS = 780  # 65 years

_SMALL = "flag"
LIVES_COLUMNS: dict[str, dict[str, str]] = {
    name: {"unit": unit, "meaning": meaning}
    for name, unit, meaning in (
        ("person", "row", "the person, the same in every future of one city seed and scale"),
        ("age_2025", "years", "age on 1 January 2025"),
        ("wijk_2025", "wijk", "wijk of the home in 2025; none in a nursing home or without a home"),
        ("tenure_2025", "tenure", "how the household held its home in 2025; none as above"),
        ("family_2025", "type", "household in 2025, or a nursing home"),
        ("head_2025", _SMALL, "first member of a household in 2025, who stands for it"),
        ("alive", _SMALL, "has not died; who has left the city is not followed"),
        ("lives_here", _SMALL, "inhabitant now, in a nursing home too"),
        ("age", "years", "age now, or what it would be"),
        ("group", "group", "what the person does now; none for the dead and gone"),
        ("health", "need of help", "need of help in daily life; none for the dead and gone"),
        ("in_nursing_home", _SMALL, "lives in a nursing home"),
        ("waiting_nursing", _SMALL, "on the list of a nursing home"),
        ("nursing_wait_months", "months", "on that list so far, 0 for residents; nan for neither"),
        ("household_size", "persons", "members of the household, 0 in a nursing home or not here"),
        ("homeless", _SMALL, "in a household without a home"),
        ("tenure", "tenure", "how the household holds its home"),
        ("housing_cost_share", "share", "rent or mortgage over the household's income; nan without a home or income"),
        ("home_fit", "fit", "rooms beside the need: too small, fits, or more than one room too large"),
        ("life_cycle_home", "1 or 0", "lives in a life-cycle-proof home; nan without a home"),
        ("waits_social", _SMALL, "the household is on the social waiting list"),
        ("social_wait_months", "months", "on that list so far, 0 for social tenants; nan for neither"),
        ("unmet_hours_week", "hours/week", "help needed that nobody gives, 0 in a nursing home; nan if not here"),
        ("given_hours_week", "hours/week", "informal care given; nan if not here"),
        ("overburdened", _SMALL, "is an overburdened informal carer"),
        ("isolation", "probability", "of being isolated: 65+ alone at home, else 0; nan if not here or nursing home"),
        ("trips_day", "trips/day", "on a mean day; nan for who does not travel"),
        ("km_day", "km/day", "travelled on a mean day"),
        ("minutes_day", "minutes/day", "travelled on a mean day, from door to door"),
        ("active_minutes_day", "minutes/day", "of which on foot or by bike"),
        ("work_minutes", "minutes", "one way to work, from door to door; nan without a way to work"),
        ("work_mode", "mode", "main mode of that way"),
        ("ease_of_travel", "logsum", "ease of reaching everything from home, over the base year's mean"),
    )
}


def lives(model: KortrijkModel) -> pd.DataFrame:
    """Return what became of everybody of the base year, as things stand in a run.

    Args:
        model: A run, finished or under way.

    Returns:
        One row per person of the base year; columns as in ``LIVES_COLUMNS``. Words are categories; flags are 0
        or 1. What a person does not have (a home, a way to work) is nan, or no category.
    """
    persons = model.state.tables.persons
    n = len(model.base.persons["key"])
    here = persons.status[:n] == PersonStatus.RESIDENT
    columns: dict[str, Any] = {"person": np.arange(n, dtype=np.int32), **_in_2025(model)}
    columns |= _now(model, n, here)
    columns |= _home(model, n, here)
    columns |= _care(model, n, here)
    columns |= _travel(model, n, here)
    return pd.DataFrame({name: columns[name] for name in LIVES_COLUMNS})


def _in_2025(model: KortrijkModel) -> dict[str, Any]:
    persons, households, dwellings = model.base.persons, model.base.households, model.base.dwellings
    mine = persons["household"]
    home = np.where(mine >= 0, households["dwelling"][mine], -1)
    homes = len(households["key"])
    members = mine >= 0
    size = np.bincount(mine[members], minlength=homes)
    children = np.bincount(mine[members & (persons["role"] == Role.CHILD)], minlength=homes)
    first = households["first_member"]
    partner = persons["partner"][first]
    couple = (partner >= 0) & (mine[partner] == np.arange(homes))
    family = np.select(  # as the indicators count households
        [size == 1, couple & (children > 0), couple & (size == 2), ~couple & (children > 0)], [0, 2, 1, 3], 4
    )
    head = np.zeros(len(mine), np.int8)
    head[first] = 1
    wijk = model.geography.sector_wijk[dwellings["sector"][home]]
    return {
        "age_2025": _years(persons["birth_month"], 0),
        "wijk_2025": _words(np.where(home >= 0, wijk, -1), [w.name for w in model.geography.wijken]),
        "tenure_2025": _words(np.where(home >= 0, dwellings["tenure"][home], -1), TENURES),
        "family_2025": _words(np.where(members, family[mine], FAMILIES.index("nursing home")), FAMILIES),
        "head_2025": head,
    }


def _now(model: KortrijkModel, n: int, here: BoolArray) -> dict[str, Any]:
    persons: Any = model.state.tables.persons[:n]
    age, activity = _years(persons.birth_month, model.month), persons.activity
    works = activity == Activity.EMPLOYED
    zone = model.state.economy.work.zone[:n]
    inside = (zone >= 0) & (zone < len(model.geography.sectors))
    group = np.select(
        [age < 18, works & inside, works, activity == Activity.STUDENT, age >= 65, activity == Activity.UNEMPLOYED],
        range(6), 6,
    )  # fmt: skip
    return {
        "alive": _flag(persons.status != PersonStatus.DEAD),
        "lives_here": _flag(here),
        "age": age,
        "group": _words(np.where(here, group, -1), GROUPS),
        "health": _words(np.where(here, persons.health, -1), HEALTH),
    }


def _home(model: KortrijkModel, n: int, here: BoolArray) -> dict[str, Any]:
    t, month = model.state.tables, model.month
    mine = np.where(here, t.persons.household[:n], -1)
    inside = mine >= 0
    status, dwelling = t.households.status[mine], t.households.dwelling[mine]
    homeless = inside & (status == HouseholdStatus.HOMELESS)
    housed = inside & (status == HouseholdStatus.HOUSED) & (dwelling >= 0)
    s = summarise(t, month, model.environment.housing.grown_child_pays_share)
    tenure = t.dwellings.tenure[dwelling]
    mortgage = np.where(month < t.households.mortgage_until[mine], t.households.mortgage_eur_month[mine], 0.0)
    cost = np.where(tenure == Tenure.OWNER, mortgage, t.households.rent_eur_month[mine])
    income = s.income_eur_month[mine]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(housed & (income > 0.0), cost / income, np.nan)
    rooms = t.dwellings.rooms[dwelling]
    needed = _rooms_needed(s.adults, s.couple, s.children)[mine]
    fit = np.where(rooms < needed, 0, np.where(_too_large(rooms, needed), 2, 1))
    since = t.households.social_since[mine]
    waits = inside & (since > NEVER)
    tenant = housed & (tenure == Tenure.SOCIAL_RENT)
    return {
        "household_size": np.where(inside, t.households.members[mine], 0).astype(np.int16),
        "homeless": _flag(homeless),
        "tenure": _words(np.where(housed, tenure, -1), TENURES),
        "housing_cost_share": share.astype(np.float32),
        "home_fit": _words(np.where(housed, fit, -1), FITS),
        "life_cycle_home": _number(np.where(housed, t.dwellings.life_cycle_proof[dwelling] == 1, np.nan)),
        "waits_social": _flag(waits),
        "social_wait_months": _number(np.where(tenant, 0.0, np.where(waits, float(month) - since, np.nan))),
    }


def _care(model: KortrijkModel, n: int, here: BoolArray) -> dict[str, Any]:
    t, month = model.state.tables, model.month
    persons: Any = t.persons[:n]
    care: Any = t.care[:n]
    months = month - persons.birth_month
    resident = here & (persons.nursing_place >= 0)
    at_home = here & (persons.household >= 0)
    waits = at_home & (persons.nursing_applied > NEVER)
    needs = at_home & (months >= 600) & (persons.health != Health.GOOD)  # as the indicators count it
    alone = at_home & (months >= SENIOR_MONTHS)
    household = persons.household
    alone &= (t.households.members[household] == 1) & (t.households.dwelling[household] >= 0)
    gives = at_home & (care.given_month >= month - 1)
    # Whether a carer is overburdened stands with the one who is cared for, who may have come later.
    everybody: Any = t.persons[: int(t.counts[0])]
    all_care: Any = t.care[: int(t.counts[0])]
    cared = (everybody.status == PersonStatus.RESIDENT) & (everybody.household >= 0) & (all_care.carer >= 0)
    tired = all_care.carer[cared & (everybody.health != Health.GOOD) & (all_care.burdened_since > NEVER)]
    overburdened = np.zeros(n, bool)
    overburdened[tired[tired < n]] = True
    return {
        "in_nursing_home": _flag(resident),
        "waiting_nursing": _flag(waits),
        "nursing_wait_months": _number(
            np.where(resident, 0.0, np.where(waits, float(month) - persons.nursing_applied, np.nan))
        ),
        "unmet_hours_week": _number(np.where(here, np.where(needs, care.unmet_hours_week, 0.0), np.nan)),
        "given_hours_week": _number(np.where(here, np.where(gives, care.given_hours_week, 0.0), np.nan)),
        "overburdened": _flag(overburdened & here),
        "isolation": _number(np.where(at_home, np.where(alone, care.isolation, 0.0), np.nan)),
    }


def _travel(model: KortrijkModel, n: int, here: BoolArray) -> dict[str, Any]:
    mobility = model.state.mobility
    travel: Any = mobility.travel[:n]
    trips = mobility.trips[: N_SLOTS * n]
    home = travel.home.astype(np.int64)
    travels = here & (home >= 0)
    minutes = minutes_of_ways(model)
    per_day, zone, mode = (trips[name].reshape(n, N_SLOTS) for name in ("per_day", "zone", "mode"))
    made = (mode >= 0) & (zone >= 0) & travels[:, None]
    of_trip = np.where(made, minutes[np.where(made, home[:, None], 0), np.where(made, zone, 0), mode], 0.0)
    number = np.where(made, per_day, 0.0)
    work = Slot.WORK_OR_SCHOOL
    works = made[:, work] & (travel.studies == 0) & (model.state.economy.work.zone[:n] >= 0)
    sector = np.where(travels, home, 0)
    return {
        "trips_day": _number(np.where(travels, number.sum(axis=1), np.nan)),
        "km_day": _number(np.where(travels, (number * trips["km"].reshape(n, N_SLOTS)).sum(axis=1), np.nan)),
        "minutes_day": _number(np.where(travels, (number * of_trip).sum(axis=1), np.nan)),
        "active_minutes_day": _number(np.where(travels, travel.active_minutes, np.nan)),
        "work_minutes": _number(np.where(works, of_trip[:, work], np.nan)),
        "work_mode": _words(np.where(works, mode[:, work], -1), MODES),
        "ease_of_travel": _number(np.where(travels, mobility.sectors[sector, Access.EASE], np.nan)),
    }


def _rooms_needed(adults: Array, couple: Array, children: Array) -> Array:
    """Return the rooms that households need: the rule, looked up for every composition."""
    table = np.array(
        [
            [[rooms_needed(a, bool(c), k) for k in range(int(children.max(initial=0)) + 1)] for c in (0, 1)]
            for a in range(int(adults.max(initial=0)) + 1)
        ],
        np.int16,
    )
    return np.asarray(table[adults, couple, children])


def _too_large(rooms: Array, needed: Array) -> BoolArray:
    """Return which homes are too large: the same, by rooms and rooms needed."""
    most_rooms, most_needed = int(rooms.max(initial=0)) + 1, int(needed.max(initial=0)) + 1
    table = np.array([[bool(is_too_large(r, k)) for k in range(most_needed)] for r in range(most_rooms)])
    return np.asarray(table[rooms, needed])


def _years(birth_month: Array, month: int) -> Array:
    return np.asarray((month - birth_month.astype(np.int32)) // 12, np.int16)


def _flag(condition: Array) -> Array:
    return np.asarray(condition, np.int8)


def _number(values: Array) -> Array:
    return np.asarray(values, np.float32)


def _words(codes: Array, words: Sequence[str]) -> Any:
    """Return codes as words; -1 stands for none."""
    return pd.Categorical.from_codes(codes.astype(np.int64), dtype=pd.CategoricalDtype(list(words)))
