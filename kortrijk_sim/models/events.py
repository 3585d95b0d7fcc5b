"""The event log: every birth, death, move, purchase and placement is a row.

Indicators, vacancy chains, biographies and Sankey diagrams are read from it and from nothing else.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numba
import numpy as np

from kortrijk_sim.compiling import shared


class Kind(IntEnum):
    """What happened."""

    BIRTH = 0
    DEATH = 1
    UNION = 2
    SPLIT = 3
    LEFT_NEST = 4
    ARRIVED = 5
    LEFT_CITY = 6
    MOVED = 7  # a household takes a dwelling; cause says how, chain and position which vacancy it fills
    VACATED = 8  # a dwelling falls vacant; cause says why
    BUILT = 9
    DEMOLISHED = 10
    SOUGHT = 11  # a household starts to look for another home
    GAVE_UP = 12
    NURSING_APPLIED = 13
    NURSING_ENTERED = 14
    SOCIAL_LISTED = 15
    SOCIAL_DROPPED = 16
    LOST_HOME = 17
    JOINED_KIN = 18  # a senior household joins a child's: kangaroo living
    HEALTH = 19
    ACTIVITY = 20
    USE_CHANGED = 21  # dwelling to or from the market: neglected, second home, let
    FREED_HOME_TAKEN = 22  # a family home that a senior household left has new people
    BOUGHT_RENTED = 23  # rent-to-buy: the tenant becomes owner
    CARER_FOUND = 24  # value: CarerKind
    CARER_LOST = 25  # value: CarerKind of the carer who cannot go on or stops
    CARER_OVERBURDENED = 26  # value: hours a week
    DAY_CARE_STARTED = 27  # position: site
    NURSING_REFUSED = 28  # position: site; value: months waited
    NURSING_GAVE_UP = 29
    NURSING_TRANSFERRED = 30  # from a site that closes; position: the new site
    VISITS_CHANGED = 31  # value: family members who visit every week; position: site
    SITE_OPENED = 32  # position: site; value: nursing places
    SITE_CHANGED = 33  # extended or made a village; position: site; value: nursing places
    SITE_CLOSED = 34  # position: site
    JOB_LOST = 35  # the firm closed or cut positions; value: row of the firm
    GRADUATE_STAYED = 36  # a graduate from outside found a home in the city
    CARS_CHANGED = 37  # a household has more or fewer cars; value: now, position: before
    WAY_CHANGED = 38  # somebody goes to work or school by another mode; value: Mode, position: mode before


# Their position is the row of a care site, -1 for none: of a death, the nursing home in which somebody died.
CARE_KINDS = (
    Kind.DEATH,
    Kind.NURSING_APPLIED,
    Kind.NURSING_ENTERED,
    *(kind for kind in Kind if Kind.CARER_FOUND <= kind <= Kind.SITE_CLOSED),
)


class Cause(IntEnum):
    """Why or how it happened."""

    NONE = 0
    DEATH = 1
    NURSING = 2
    LEFT_CITY = 3
    MOVE = 4
    UNION = 5
    LOST_HOME = 6
    KANGAROO = 7
    NEW_BUILD = 8
    BACK_ON_MARKET = 9
    BOUGHT = 10
    RENTED = 11
    SOCIAL = 12
    HOUSING_FIRST = 13
    NEST = 14
    SPLIT = 15
    ARRIVAL = 16
    PARTNER_OUTSIDE = 17
    BIRTH = 18
    RENT_TO_BUY = 19
    KIN_OUTSIDE = 20
    ASSISTED = 21  # rent of an assisted home
    FIRM_CLOSED = 22
    JOBS_CUT = 23


class Profile(IntEnum):
    """What kind of household took part."""

    NONE = 0
    FAMILY = 1  # with children under 18
    YOUNG = 2  # head under 40, no children
    MIDDLE = 3  # head 40 to 64, no children
    SENIOR = 4  # head 65 or older, no children
    FREED_FAMILY_HOME = 5  # on VACATED: a senior household left a family home


type Events = np.recarray[Any, Any]  # the first ``counts[3]`` rows are filled

EVENT_DTYPES: dict[str, type[np.generic]] = {
    "month": np.int16,
    "kind": np.int8,
    "cause": np.int8,
    "profile": np.int8,
    "person": np.int32,
    "household": np.int32,
    "origin": np.int32,
    "destination": np.int32,
    "chain": np.uint64,
    "position": np.int16,
    "value": np.float32,
}

EVENT_DTYPE = np.dtype(
    [(name, EVENT_DTYPES[name]) for name in sorted(EVENT_DTYPES, key=lambda n: -np.dtype(EVENT_DTYPES[n]).itemsize)],
    align=True,
)

EVENT_UNITS: dict[str, str] = {
    "month": "months since 1 January 2025",
    "kind": "Kind",
    "cause": "Cause",
    "profile": "Profile",
    "person": "key",
    "household": "key",
    "origin": "key of the dwelling left",
    "destination": "key of the dwelling taken",
    "chain": "vacancy chain",
    "position": "links before this one in the chain",
    "site": "key of the care site in events of care",
    "value": "EUR or EUR/month, age or state, by kind",
}


LOG_TYPE = numba.types.Array(numba.from_dtype(EVENT_DTYPE), 1, "C")
_INT, _KEY, _COUNTS = numba.int64, numba.uint64, numba.int64[::1]


@shared(numba.void(LOG_TYPE, _COUNTS, *[_INT] * 8, _KEY, _INT, numba.float64))
def record(
    log: Events,
    counts: np.ndarray,
    month: int,
    kind: int,
    cause: int,
    profile: int,
    person: int,
    household: int,
    origin: int,
    destination: int,
    chain: np.uint64,
    position: int,
    value: float,
) -> None:
    """Append one event."""
    row = counts[3]
    counts[3] += 1
    log.month[row] = month
    log.kind[row] = kind
    log.cause[row] = cause
    log.profile[row] = profile
    log.person[row] = person
    log.household[row] = household
    log.origin[row] = origin
    log.destination[row] = destination
    log.chain[row] = chain
    log.position[row] = position
    log.value[row] = value


@shared(numba.void(LOG_TYPE, _COUNTS, *[_INT] * 4, _KEY, numba.float64))
def note_home(
    log: Events, counts: np.ndarray, month: int, kind: int, cause: int, dwelling: int, chain: np.uint64, value: float
) -> None:
    """Append an event that concerns a dwelling in which nobody lives."""
    record(log, counts, month, kind, cause, 0, -1, -1, dwelling, -1, chain, 0, value)


@shared(numba.void(LOG_TYPE, _COUNTS, *[_INT] * 5))
def note(log: Events, counts: np.ndarray, month: int, kind: int, cause: int, person: int, household: int) -> None:
    """Append an event that concerns a person and a household and no dwelling."""
    record(log, counts, month, kind, cause, 0, person, household, -1, -1, np.uint64(0), 0, 0.0)


@shared(numba.void(LOG_TYPE, _COUNTS, *[_INT] * 5, numba.float64))
def note_care(
    log: Events, counts: np.ndarray, month: int, kind: int, person: int, household: int, site: int, value: float
) -> None:
    """Append an event of care; the care site stands where chains have their position, -1 without one."""
    record(log, counts, month, kind, 0, 0, person, household, -1, -1, np.uint64(0), site, value)


@shared(numba.void(LOG_TYPE, _COUNTS, *[_INT] * 5, numba.float64))
def note_travel(
    log: Events, counts: np.ndarray, month: int, kind: int, person: int, household: int, before: int, now: float
) -> None:
    """Append an event of travel: what was and what is."""
    record(log, counts, month, kind, 0, 0, person, household, -1, -1, np.uint64(0), before, now)
