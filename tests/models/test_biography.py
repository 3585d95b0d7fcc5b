"""Lives as sentences: what happened to somebody, in the order in which it happened."""

from __future__ import annotations

import re

import numpy as np
import pytest

from kortrijk_sim.city.vocabulary import Sex
from kortrijk_sim.models.biography import _MONTHS
from kortrijk_sim.models.events import Kind


def who(model, kind: Kind, nth: int = 0) -> int:
    """Return a person to whom something happened."""
    t = model.state.tables
    log = t.log[: int(t.counts[3])]
    return int(log["person"][log["kind"] == kind][nth])


def dates(lines: list[str]) -> list[int]:
    found = []
    for line in lines:
        month, year = re.match(r"(\w+) (\d{4}): ", line).groups()
        found.append(12 * int(year) + _MONTHS.index(month))
    return found


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        (Kind.BIRTH, "is born."),
        (Kind.DEATH, "dies at"),
        (Kind.UNION, "moves in with a new partner."),
        (Kind.SPLIT, "and the partner part."),
        (Kind.LEFT_NEST, "leaves"),
        (Kind.ARRIVED, "comes to live in Kortrijk."),
        (Kind.LEFT_CITY, "leaves Kortrijk."),
        (Kind.MOVED, "moves"),
        (Kind.NURSING_APPLIED, "asks for a place in a nursing home."),
        (Kind.NURSING_REFUSED, "and refuses it."),
        (Kind.NURSING_GAVE_UP, "leaves the waiting list after"),
        (Kind.NURSING_ENTERED, "of waiting."),
        (Kind.VISITS_CHANGED, "every week."),
        (Kind.CARER_FOUND, "starts to care for"),
        (Kind.CARER_LOST, "no longer cares for"),
        (Kind.CARER_OVERBURDENED, "and is overburdened"),
        (Kind.DAY_CARE_STARTED, "starts to go to day care at"),
        (Kind.HEALTH, "help|dementia"),
    ],
)
def test_each_event_of_a_life_has_its_sentence(four_years, kind, sentence):
    times = int((four_years.state.tables.log["kind"][: four_years.state.tables.counts[3]] == kind).sum())
    assert times > 0
    for nth in range(min(times, 5)):
        person = who(four_years, kind, nth)
        lines = four_years.biography(person=person)
        assert any(re.search(sentence, line) for line in lines), lines
        she = four_years.state.tables.persons.sex[person] == Sex.FEMALE
        words = {"She", "her", "They"} if she else {"He", "him", "They"}
        assert all(words & set(re.findall(r"\w+", line)) for line in lines), lines


def test_every_life_is_told_in_order_of_time_and_ends_with_a_full_stop(four_years):
    t = four_years.state.tables
    told = 0
    for person in np.unique(t.log.person[: int(t.counts[3])])[1:400]:
        lines = four_years.biography(person=int(person))
        assert lines
        assert dates(lines) == sorted(dates(lines))
        assert all(line.endswith(".") and "  " not in line for line in lines)
        told += len(lines)
    assert told > 500


@pytest.mark.parametrize(("kind", "end"), [(Kind.DEATH, "dies at"), (Kind.LEFT_CITY, "leaves Kortrijk")])
def test_a_life_here_ends_with_death_or_departure(four_years, kind, end):
    for nth in range(60):
        lines = four_years.biography(person=who(four_years, kind, nth))
        assert end in lines[-1], lines


def test_who_lives_in_a_nursing_home_moves_no_more(four_years):
    for nth in range(20):
        lines = four_years.biography(person=who(four_years, Kind.NURSING_ENTERED, nth))
        entry = next(i for i, line in enumerate(lines) if " enters " in line)
        assert not [line for line in lines[entry:] if "moves" in line or "start" in line], lines


def test_a_move_tells_the_home_its_price_and_its_wijk(four_years):
    t = four_years.state.tables
    log = t.log[: int(t.counts[3])]
    moves = log[(log["kind"] == Kind.MOVED) & (log["origin"] >= 0)]
    names = [wijk.name for wijk in four_years.geography.wijken]
    for move in moves[:30]:
        lines = [line for line in four_years.biography(household=int(move["household"])) if "moves from" in line]
        assert lines
        assert all(sum(name in line for name in names) >= 1 for line in lines)
        assert all(re.search(r"EUR|social landlord|Housing First", line) for line in lines), lines


def test_a_baby_is_told_of_in_the_household_it_is_born_into(four_years):
    t = four_years.state.tables
    log = t.log[: int(t.counts[3])]
    household = int(log["household"][log["kind"] == Kind.BIRTH][0])
    assert any("A child is born." in line for line in four_years.biography(household=household))


def test_somebody_to_whom_nothing_happened_has_an_empty_life(four_years):
    t = four_years.state.tables
    n = int(t.counts[3])
    quiet = set(range(len(four_years.base.persons["key"]))) - set(t.log.person[:n].tolist())
    busy = set(t.log.household[:n].tolist())
    person = next(p for p in sorted(quiet) if int(t.persons.household[p]) not in busy)
    assert four_years.biography(person=person) == []


def test_a_biography_is_of_a_person_or_of_a_household(four_years):
    for wrong in ({}, {"person": 1, "household": 1}):
        with pytest.raises(ValueError, match="a person or a household"):
            four_years.biography(**wrong)


def test_an_agent_tells_the_same_life(four_years):
    household = next(iter(four_years.agents))
    assert household.biography() == four_years.biography(household=household.row)
