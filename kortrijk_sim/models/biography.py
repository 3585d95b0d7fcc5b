"""Lives as sentences, read from the event log."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.vocabulary import Activity, CarerKind, DwellingKind, DwellingUse, Health, Mode, Sex
from kortrijk_sim.models.events import Cause, Kind
from kortrijk_sim.models.state import Tables

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_KINDS = {
    DwellingKind.TERRACED: "terraced house", DwellingKind.SEMI_DETACHED: "semi-detached house",
    DwellingKind.DETACHED: "detached house", DwellingKind.APARTMENT: "apartment", DwellingKind.OTHER: "home",
}  # fmt: skip
_ACTIVITIES = {
    Activity.STUDENT: "starts to study", Activity.EMPLOYED: "finds a job", Activity.UNEMPLOYED: "looks for work",
    Activity.AT_HOME: "stops working", Activity.RETIRED: "retires",
}  # fmt: skip
_HEALTH = {
    Health.GOOD: "manages without help again", Health.LIGHT: "needs some help in daily life",
    Health.HEAVY: "needs much help every day", Health.DEMENTIA: "lives with dementia",
}  # fmt: skip
_CARERS = {
    CarerKind.PARTNER: "the partner", CarerKind.DAUGHTER: "a daughter", CarerKind.SON: "a son",
    CarerKind.CHILD_OUTSIDE: "a child from outside the city", CarerKind.OTHER: "a relative, friend or neighbour",
}  # fmt: skip
_CARS = ("no car", "one car", "two cars", "three cars or more")
_WAYS = {
    Mode.WALK: "on foot", Mode.BIKE: "by bike", Mode.E_BIKE: "by e-bike", Mode.BUS: "by bus", Mode.TRAIN: "by train",
    Mode.BIKE_AND_TRAIN: "by bike and train", Mode.PARK_AND_RIDE: "by car and then bus or train",
    Mode.CAR: "by car", Mode.ELECTRIC_CAR: "by electric car", Mode.PASSENGER: "as a passenger",
    Mode.SHARED_CAR: "with a shared car", Mode.SHARED_BIKE: "with a shared bike",
}  # fmt: skip


class Biographer:
    """Reads lives from the state and its event log.

    Args:
        tables: The state.
        geography: Names of the wijken.
        site_names: Name of each care site by row.
    """

    def __init__(self, tables: Tables, geography: Geography, site_names: Mapping[int, str]) -> None:
        self._t = tables
        self._geography = geography
        self._site_names = site_names

    def home(self, dwelling: int) -> str:
        """Return a dwelling in words: kind, rooms, wijk."""
        d = self._t.dwellings
        wijk = self._geography.wijken[self._geography.sectors[int(d.sector[dwelling])].wijk].name
        proof = "life-cycle-proof " if d.life_cycle_proof[dwelling] else ""
        kind = _KINDS[DwellingKind(int(d.kind[dwelling]))]
        if d.use[dwelling] == DwellingUse.ASSISTED:
            kind, proof = "assisted home", ""
        article = "an" if not proof and kind[0] in "aeiou" else "a"
        rooms = int(d.rooms[dwelling])
        return f"{article} {proof}{kind} with {rooms} room{'' if rooms == 1 else 's'} in {wijk}"

    def person(self, row: int) -> list[str]:
        """Return one person's life as sentences in order of time."""
        log, n = self._t.log, int(self._t.counts[3])
        pronoun = "She" if self._t.persons.sex[row] == Sex.FEMALE else "He"
        mine = np.flatnonzero(log.person[:n] == row)
        households = self._households_of(row, mine)
        shared = [
            event
            for household, first, last in households
            for event in np.flatnonzero(log.household[:n] == household)
            if first <= log.month[event] <= last and log.person[event] != row
            and log.kind[event] in (Kind.MOVED, Kind.SOUGHT, Kind.LOST_HOME, Kind.SOCIAL_LISTED, Kind.CARS_CHANGED)
        ]  # fmt: skip
        events = sorted({*mine.tolist(), *(int(e) for e in shared)})
        return [line for event in events if (line := self._sentence(event, pronoun, row))]

    def household(self, row: int) -> list[str]:
        """Return what happened to a household as sentences in order of time."""
        log, n = self._t.log, int(self._t.counts[3])
        events = np.flatnonzero(log.household[:n] == row)
        lines = [line for event in events if (line := self._sentence(int(event), "The household", -1))]
        return list(dict.fromkeys(lines))  # what several members live through together is told once

    def _households_of(self, row: int, mine: np.ndarray) -> list[tuple[int, int, int]]:
        """Return the households a person has lived in: row, first and last month."""
        log = self._t.log
        now = int(self._t.persons.household[row])
        changes = [
            (int(log.month[e]), int(log.household[e]))
            for e in mine
            if log.household[e] >= 0 and log.kind[e] not in (Kind.NURSING_ENTERED,)
        ]
        if not changes:
            return [(now, 0, 9999)] if now >= 0 else []  # nothing happened to this person alone
        spans: list[tuple[int, int, int]] = []
        for i, (month, household) in enumerate(changes):
            if spans and spans[-1][0] == household:
                continue
            if spans:
                spans[-1] = (spans[-1][0], spans[-1][1], month)
            spans.append((household, 0 if i == 0 else month, 9999))
        ends = [int(log.month[e]) for e in mine if log.kind[e] in (Kind.DEATH, Kind.LEFT_CITY, Kind.NURSING_ENTERED)]
        if now < 0 and ends:
            spans[-1] = (spans[-1][0], spans[-1][1], ends[0] - 1)
        if now >= 0 and spans[-1][0] != now:
            # Since when is not known: not before anything that happened to the person in the former household.
            since = max(changes[-1][0], spans[-1][1])
            spans[-1] = (spans[-1][0], spans[-1][1], since)
            spans.append((now, since, 9999))
        return spans

    def _sentence(self, event: int, who: str, row: int) -> str:
        log = self._t.log
        kind, cause, value = Kind(int(log.kind[event])), Cause(int(log.cause[event])), float(log.value[event])
        month = int(log.month[event])
        when = f"{_MONTHS[month % 12]} {2025 + month // 12}: "
        origin, destination = int(log.origin[event]), int(log.destination[event])
        text = ""
        if kind == Kind.BIRTH:
            text = f"{who} is born." if row >= 0 else "A child is born."
        elif kind == Kind.DEATH:
            text = f"{who} dies at {int(value)}." if row >= 0 else f"A member dies at {int(value)}."
        elif kind == Kind.UNION:
            text = f"{who} moves in with a new partner." if row >= 0 else "A new couple forms."
        elif kind == Kind.SPLIT:
            text = f"{who} and the partner part." if row >= 0 else "A couple parts."
        elif kind == Kind.LEFT_NEST:
            why = {Cause.SPLIT: "the shared home", Cause.UNION: "for a partner's home"}.get(cause, "the parental home")
            text = f"{who} leaves {why}."
        elif kind == Kind.ARRIVED:
            text = f"{who} comes to live in Kortrijk."
        elif kind == Kind.LEFT_CITY:
            text = f"{who} leaves Kortrijk."
        elif kind == Kind.SOUGHT:
            text = f"{'They start' if row >= 0 else who + ' starts'} to look for another home."
        elif kind == Kind.GAVE_UP:
            text = f"{who} gives up looking."
        elif kind == Kind.MOVED:
            how = {
                Cause.BOUGHT: f"bought for {value:,.0f} EUR",
                Cause.RENTED: f"rented at {value:,.0f} EUR a month",
                Cause.ASSISTED: f"rented at {value:,.0f} EUR a month",
                Cause.SOCIAL: f"let by the social landlord after {value / 12:.1f} years on the list",
                Cause.HOUSING_FIRST: "through Housing First",
            }.get(cause, "")
            left = f" from {self.home(origin)}" if origin >= 0 else ""
            link = int(log.position[event])
            chain = "" if link == 0 else f" It is home number {link + 1} in a vacancy chain."
            text = f"{who} moves{left} to {self.home(destination)}, {how}.{chain}"
        elif kind == Kind.LOST_HOME:
            text = f"{who} loses the home: the rent was too high."
        elif kind == Kind.SOCIAL_LISTED:
            text = f"{who} goes on the waiting list for a social home."
        elif kind == Kind.SOCIAL_DROPPED:
            text = f"{who} drops off the social waiting list."
        elif kind == Kind.BOUGHT_RENTED:
            text = f"{who} buys the rented home."
        elif kind == Kind.JOINED_KIN:
            text = f"{who} goes to live with a child, in a dependent unit."
        elif kind == Kind.HEALTH and row >= 0:
            text = f"{who} {_HEALTH[Health(int(value))]}."
        elif kind == Kind.ACTIVITY and row >= 0 and Activity(int(value)) in _ACTIVITIES:
            text = f"{who} {_ACTIVITIES[Activity(int(value))]}."
        elif kind == Kind.JOB_LOST and row >= 0:
            text = f"{who} loses the job: the firm {'closes' if cause == Cause.FIRM_CLOSED else 'cuts positions'}."
        elif kind == Kind.CARS_CHANGED:
            text = f"{'They have' if row >= 0 else who + ' has'} {_CARS[min(int(value), 3)]} now."
        elif kind == Kind.WAY_CHANGED and row >= 0:
            before = _WAYS[Mode(int(log.position[event]))]
            text = f"{who} now goes to work or school {_WAYS[Mode(int(value))]} instead of {before}."
        elif kind == Kind.GRADUATE_STAYED and row >= 0:
            text = f"{who} has studied in Kortrijk and stays."
        elif row >= 0:
            text = self._care(event, kind, int(value), who)
        return when + text if text else ""

    def _care(self, event: int, kind: Kind, value: int, who: str) -> str:
        """Return an event of care of one person in words, empty for other events."""
        them = "her" if who == "She" else "him"
        row = int(self._t.log.position[event])
        site = self._site_names.get(row, "a care site")
        if kind == Kind.CARER_FOUND:
            return f"{_CARERS[CarerKind(value)].capitalize()} starts to care for {them}."
        if kind == Kind.CARER_LOST:
            return f"{_CARERS[CarerKind(value)].capitalize()} no longer cares for {them}."
        if kind == Kind.CARER_OVERBURDENED:
            return f"Who cares for {them} gives {_count(value, 'hour')} a week and is overburdened."
        if kind == Kind.DAY_CARE_STARTED:
            return f"{who} starts to go to day care at {site}."
        if kind == Kind.NURSING_APPLIED:
            return f"{who} asks for a place in a nursing home."
        if kind == Kind.NURSING_REFUSED:
            return f"{who} is offered a place in {site} after {_count(value, 'month')} and refuses it."
        if kind == Kind.NURSING_GAVE_UP:
            return f"{who} leaves the waiting list after {_count(value, 'month')}."
        if kind == Kind.NURSING_ENTERED:
            return f"{who} enters {site} after {_count(value, 'month')} of waiting."
        if kind == Kind.NURSING_TRANSFERRED:
            return f"{who} moves from {self._site_names.get(value, 'a site')}, which closes, to {site}."
        if kind == Kind.VISITS_CHANGED:
            if value == 0:
                return f"Nobody of the family visits {them} every week."
            return (
                f"One of the family visits {them} every week."
                if value == 1
                else f"{value} of the family visit {them} every week."
            )
        return ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
