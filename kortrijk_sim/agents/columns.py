"""The columns that hold the city's state: what each means, in which unit, and which process writes it.

A table is a NumPy record array with one row per person, household, dwelling, student or firm; a column is
read and written as ``persons.health``. Records keep what belongs to one person side by side in memory, and
let a compiled kernel take a whole table as one argument. Rows are never reused, so a row number names
somebody for the whole run; keys name them in every run.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Column(NamedTuple):
    """Description of one column."""

    dtype: type[np.generic]
    fill: float
    unit: str
    meaning: str
    writer: str


type Persons = np.recarray[Any, Any]
type Households = np.recarray[Any, Any]
type Dwellings = np.recarray[Any, Any]
type Care = np.recarray[Any, Any]  # a row per row of the person table
type Sites = np.recarray[Any, Any]
type Students = np.recarray[Any, Any]
type Travel = np.recarray[Any, Any]  # a row per row of the person table
type Trips = np.recarray[Any, Any]  # six rows per row of the person table, see Slot
type Fleet = np.recarray[Any, Any]  # a row per row of the household table
type Firms = np.recarray[Any, Any]
type Work = np.recarray[Any, Any]  # a row per row of the person table
type SectorCounts = np.recarray[Any, Any]  # a row per statistical sector


def empty_table(spec: dict[str, Column], rows: int) -> np.recarray[Any, Any]:
    """Return a table of unused rows.

    Columns stand in order of size, so that every value is aligned without padding between them.

    Args:
        spec: The columns by name.
        rows: Number of rows.
    """
    order = sorted(spec, key=lambda name: -np.dtype(spec[name].dtype).itemsize)
    dtype = np.dtype([(name, spec[name].dtype) for name in order], align=True)
    table = np.zeros(rows, dtype=dtype).view(np.recarray)
    for name in order:
        if spec[name].fill:
            table[name] = spec[name].fill
    return table


NEVER = -9999  # in a column of months: it has not happened
MAX_SITES = 127  # rows of care sites stand in 8 bits

_MONTH = "months since 1 January 2025"

PERSON_COLUMNS: dict[str, Column] = {
    "key": Column(np.uint64, 0, "", "name of the person in every run with this seed", "synthesis"),
    "status": Column(np.int8, 0, "PersonStatus", "whether the row is a resident", "demography"),
    "sex": Column(np.int8, 0, "Sex", "sex as registered", "demography"),
    "birth_month": Column(np.int16, 0, _MONTH, "month of birth", "demography"),
    "household": Column(np.int32, -1, "row", "household lived in, -1 in a nursing home", "demography"),
    "next_member": Column(np.int32, -1, "row", "next member of the same household", "demography"),
    "role": Column(np.int8, 0, "Role", "position in the household", "demography"),
    "partner": Column(np.int32, -1, "row", "partner, -1 without", "demography"),
    "mother": Column(np.int32, -1, "row", "mother, -1 unknown or never lived here", "demography"),
    "father": Column(np.int32, -1, "row", "father, -1 unknown or never lived here", "demography"),
    "children_born": Column(np.int8, 0, "children", "children ever born to a woman", "demography"),
    "union_since": Column(np.int16, -9999, _MONTH, "start of the present union", "demography"),
    "widowed_since": Column(np.int16, -9999, _MONTH, "when the last partner died", "demography"),
    "arrived_month": Column(np.int16, -9999, _MONTH, "when the person came to live here", "migration"),
    "activity": Column(np.int8, 0, "Activity", "main activity", "income"),
    "income_eur_month": Column(np.float32, 0, "EUR/month", "net personal income, prices of 2025", "income"),
    "health": Column(np.int8, 0, "Health", "need of help in daily life", "health"),
    "leaving": Column(np.int8, 0, "Leaving", "why the person looks for a home apart", "demography"),
    "leaving_since": Column(np.int16, -9999, _MONTH, "since when", "demography"),
    "nursing_place": Column(np.int8, -1, "row of sites", "nursing home lived in, -1 none", "care"),
    "nursing_since": Column(np.int16, -9999, _MONTH, "month of entry", "care"),
    "nursing_applied": Column(np.int16, -9999, _MONTH, "on the waiting list since, -9999 not", "care"),
}

CARE_COLUMNS: dict[str, Column] = {
    "first_child": Column(np.int32, -1, "row", "youngest known child, of any age", "demography"),
    "next_of_mother": Column(np.int32, -1, "row", "next older child of the same mother", "demography"),
    "next_of_father": Column(np.int32, -1, "row", "next older child of the same father", "demography"),
    "carer": Column(np.int32, -1, "row", "main informal carer, -1 none or outside the city", "care"),
    "need_hours_week": Column(np.float32, 0, "hours/week", "help needed at home", "care"),
    "informal_hours_week": Column(np.float32, 0, "hours/week", "care received from the informal carer", "care"),
    "home_care_hours_week": Column(
        np.float32, 0, "hours/week", "care received from home nursing and home help", "care"
    ),
    "unmet_hours_week": Column(np.float32, 0, "hours/week", "care needed that nobody gives", "care"),
    "given_hours_week": Column(np.float32, 0, "hours/week", "informal care given, in the month of given_month", "care"),
    "family_minutes": Column(np.float32, -1, "minutes", "by car to the nearest child in the city, -1 none", "care"),
    "isolation": Column(np.float32, 0, "probability", "of being isolated if living alone, seen once a year", "care"),
    "given_month": Column(np.int16, -9999, _MONTH, "last month in which the person gave care", "care"),
    "burdened_since": Column(np.int16, -9999, _MONTH, "the informal carer is overburdened since, -9999 not", "care"),
    "carer_kind": Column(np.int8, 0, "CarerKind", "who mainly cares without pay", "care"),
    "health_seen": Column(np.int8, 0, "Health", "need of help when a carer was last looked for", "care"),
    "day_care": Column(np.int8, -1, "row of sites", "day-care centre visited, -1 none", "care"),
    "nursing_refused": Column(np.int8, 0, "flag", "has refused a nursing place", "care"),
    "visitors": Column(np.int8, 0, "persons", "family members who visit every week", "care"),
}

SITE_COLUMNS: dict[str, Column] = {
    "key": Column(np.uint64, 0, "", "name of the site in every run", "care sites"),
    "x_km": Column(np.float32, 0, "km", "east of the station of Kortrijk", "care sites"),
    "y_km": Column(np.float32, 0, "km", "north of the station of Kortrijk", "care sites"),
    "price_eur_day": Column(np.float32, 0, "EUR/day", "day price of a nursing place", "care sites"),
    "quality": Column(np.float32, 0, "share", "pull on those who choose, 0.5 ordinary", "care sites"),
    "jobs_fte": Column(np.float32, 0, "FTE", "care jobs that the nursing places ask for", "care staff"),
    "staff_fte": Column(np.float32, 0, "FTE", "care jobs that are filled", "care staff"),
    "staff_access": Column(np.float32, 1, "ratio", "how easily staff is found, 1 on average", "care sites"),
    "sector": Column(np.int16, 0, "sector", "statistical sector", "care sites"),
    "opened_month": Column(np.int16, -9999, _MONTH, "opened by a measure, -9999 before", "care sites"),
    "nursing_places": Column(np.int16, 0, "places", "nursing places", "care sites"),
    "assisted_homes": Column(np.int16, 0, "dwellings", "assisted homes built or let here", "care sites"),
    "day_care_places": Column(np.int16, 0, "places", "day-care places", "care sites"),
    "usable_places": Column(np.int16, 0, "places", "for inhabitants, as far as there is staff", "care staff"),
    "held_places": Column(np.int16, 0, "places", "in use, or left this month and not yet offered", "nursing homes"),
    "residents": Column(np.int16, 0, "persons", "who live in the nursing home", "nursing homes"),
    "day_guests": Column(np.int16, 0, "persons", "who visit the day-care centre", "care at home"),
    "status": Column(np.int8, 0, "SiteStatus", "open or closed", "care sites"),
    "operator": Column(np.int8, 0, "Operator", "who runs it", "care sites"),
    "services": Column(np.int8, 0, "flag", "neighbourhood services: a care village", "care sites"),
}

HOUSEHOLD_COLUMNS: dict[str, Column] = {
    "key": Column(np.uint64, 0, "", "name of the household in every run with this seed", "demography"),
    "status": Column(np.int8, 0, "HouseholdStatus", "housed, homeless, dissolved or left", "demography"),
    "first_member": Column(np.int32, -1, "row", "first member; a head", "demography"),
    "members": Column(np.int16, 0, "persons", "number of members", "demography"),
    "dwelling": Column(np.int32, -1, "row", "home, -1 without", "housing"),
    "since_month": Column(np.int16, 0, _MONTH, "when the household moved in", "housing"),
    "seeking": Column(np.int8, 0, "flag", "looks for another home", "housing"),
    "seeking_since": Column(np.int16, -9999, _MONTH, "since when", "housing"),
    "social_since": Column(np.int16, -9999, _MONTH, "on the social waiting list since, -9999 not", "social"),
    "savings_eur": Column(np.float32, 0, "EUR", "savings", "housing"),
    "mortgage_eur_month": Column(np.float32, 0, "EUR/month", "mortgage payment", "housing"),
    "mortgage_until": Column(np.int16, -9999, _MONTH, "last month of the mortgage", "housing"),
    "rent_eur_month": Column(np.float32, 0, "EUR/month", "rent paid, 0 for owners", "housing"),
    "moves": Column(np.int16, 0, "moves", "moves within the city so far", "housing"),
}

DWELLING_COLUMNS: dict[str, Column] = {
    "key": Column(np.uint64, 0, "", "name of the dwelling in every run with this seed", "construction"),
    "status": Column(np.int8, 0, "DwellingStatus", "standing or demolished", "construction"),
    "kind": Column(np.int8, 0, "DwellingKind", "type of dwelling", "construction"),
    "use": Column(
        np.int8, 0, "DwellingUse", "main residence, second home, student let, neglected, assisted", "vacancy"
    ),
    "tenure": Column(np.int8, 0, "Tenure", "how it is held, or offered when vacant", "vacancy"),
    "scheme": Column(np.int8, 0, "Scheme", "form in which it is sold or let", "construction"),
    "rooms": Column(np.int8, 0, "rooms", "living rooms and bedrooms", "construction"),
    "period": Column(np.int8, 0, "Period", "construction period", "construction"),
    "epc": Column(np.int8, 0, "Epc", "energy label", "construction"),
    "life_cycle_proof": Column(np.int8, 0, "flag", "fit for every stage of life", "construction"),
    "sector": Column(np.int16, 0, "sector", "statistical sector", "construction"),
    "x_km": Column(np.float32, 0, "km", "east of the station of Kortrijk", "construction"),
    "y_km": Column(np.float32, 0, "km", "north of the station of Kortrijk", "construction"),
    "value_eur": Column(np.float32, 0, "EUR", "price at the base year's price level", "construction"),
    "rent_eur_month": Column(np.float32, 0, "EUR/month", "rent at the base year's rent level", "construction"),
    "ask_factor": Column(np.float32, 1, "ratio", "asking price over the market level", "prices"),
    "household": Column(np.int32, -1, "row", "household that lives here, -1 none", "housing"),
    "vacant_since": Column(np.int16, -9999, _MONTH, "vacant since", "housing"),
    "chain": Column(np.uint64, 0, "", "vacancy chain this vacancy belongs to, 0 none", "housing"),
    "chain_position": Column(np.int16, 0, "links", "homes before this one in the chain", "housing"),
    "freed_by_senior": Column(np.int8, 0, "flag", "family home that a senior household left", "housing"),
    "built_month": Column(np.int16, -9999, _MONTH, "completed", "construction"),
}

STUDENT_COLUMNS: dict[str, Column] = {
    "key": Column(np.uint64, 0, "", "name of the student", "students"),
    "person": Column(np.int32, -1, "row", "resident who studies, -1 from outside", "students"),
    "dwelling": Column(np.int32, -1, "row", "small flat lived in, -1 none", "students"),
    "home_zone": Column(np.int16, -1, "zone", "zone of the parental home", "students"),
    "sector": Column(np.int16, -1, "sector", "statistical sector slept in, -1 outside", "students"),
    "since": Column(np.int16, 0, _MONTH, "month of enrolment, or of graduation for those who stay", "students"),
    "status": Column(np.int8, 0, "StudentStatus", "enrolled, gone or staying", "students"),
    "institution": Column(np.int8, 0, "institution", "row of the table institutions", "students"),
    "living": Column(np.int8, 0, "StudentLiving", "where the student sleeps", "students"),
    "city_years": Column(np.int8, 0, "years", "academic years lived in the city", "students"),
}

FIRM_COLUMNS: dict[str, Column] = {
    "key": Column(np.uint64, 0, "", "name of the local unit", "firms"),
    "jobs": Column(np.int32, 0, "jobs", "positions at this place, filled or vacant", "firms"),
    "residents": Column(np.int32, 0, "jobs", "positions filled by inhabitants of the city", "jobs"),
    "commuters": Column(np.int32, 0, "jobs", "positions filled from outside the city", "jobs"),
    "founded": Column(np.int16, -9999, _MONTH, "month in which it opened", "firms"),
    "closed": Column(np.int16, -9999, _MONTH, "month in which it closed, -9999 open", "firms"),
    "moved": Column(np.int16, -9999, _MONTH, "last move within the city", "firms"),
    "sector": Column(np.int16, 0, "sector", "statistical sector", "firms"),
    "nace": Column(np.int8, 0, "NACE section", "row of the table industries", "firms"),
    "status": Column(np.int8, 0, "FirmStatus", "open or closed", "firms"),
    "hosted": Column(np.int8, 0, "flag", "has a place in business space for scale-ups", "firms"),
}

WORK_COLUMNS: dict[str, Column] = {
    "firm": Column(np.int32, -1, "row", "firm worked at, -1 none or outside the city", "jobs"),
    "student": Column(np.int32, -1, "row", "row of the student table, -1 none", "students"),
    "zone": Column(np.int16, -1, "zone", "zone of the workplace, -1 without work", "jobs"),
    "since": Column(np.int16, -9999, _MONTH, "worked there since, -9999 without work", "jobs"),
}

SECTOR_COLUMNS: dict[str, Column] = {
    "student_rooms": Column(np.int32, 0, "rooms", "student rooms", "students"),
    "rooms_let": Column(np.int32, 0, "rooms", "of those: let", "students"),
    "flat_students": Column(np.int32, 0, "persons", "students who live in a small flat here", "students"),
    "home_students": Column(np.int32, 0, "persons", "students who live at home here", "students"),
    "students": Column(np.int32, 0, "persons", "students enrolled at a campus here", "students"),
    "unhoused": Column(np.int32, 0, "persons", "of those: wanted a room and found none", "students"),
    "firms": Column(np.int32, 0, "local units", "open local units", "jobs"),
    "births": Column(np.int32, 0, "local units", "opened this month", "jobs"),
    "closures": Column(np.int32, 0, "local units", "closed this month", "firms"),
    "jobs": Column(np.int32, 0, "jobs", "positions, filled or vacant", "jobs"),
    "residents": Column(np.int32, 0, "jobs", "filled by inhabitants of the city", "jobs"),
    "commuters": Column(np.int32, 0, "jobs", "filled from outside the city", "jobs"),
}

TRAVEL_COLUMNS: dict[str, Column] = {
    "active_minutes": Column(np.float32, 0, "minutes/day", "walked and cycled on all trips", "travel"),
    "looked": Column(np.int16, -9999, _MONTH, "when the way of travelling was last reconsidered", "travel"),
    "home": Column(np.int16, -1, "zone", "zone of the home when last reconsidered, -1 does not travel", "travel"),
    "licence": Column(np.int8, 0, "flag", "may drive a car", "travel means"),
    "bike": Column(np.int8, 0, "Bike", "best bike owned", "travel means"),
    "transit_pass": Column(np.int8, 0, "flag", "has a pass for buses and trains", "travel means"),
    "age_group": Column(np.int8, 0, "row", "age group when last reconsidered", "travel"),
    "studies": Column(np.int8, 0, "flag", "the first slot is education", "travel"),
    "kind": Column(np.int32, -1, "", "what the modes can tell of the person, see ``kind_of_traveller``", "travel"),
    "at_hand": Column(np.int8, -1, "row", "0 with, 1 without a car when last reconsidered", "travel"),
}

TRIP_COLUMNS: dict[str, Column] = {
    "per_day": Column(np.float32, 0, "trips/day", "mean number of trips, there and back, over all days", "travel"),
    "km": Column(np.float32, 0, "km", "length of one trip", "travel"),
    "car_km": Column(np.float32, 0, "km", "of which at the wheel of a car", "travel"),
    "active_minutes": Column(np.float32, 0, "minutes", "of which on foot or by bike", "travel"),
    "zone": Column(np.int16, -1, "zone", "destination, -1 none", "travel"),
    "mode": Column(np.int8, -1, "Mode", "main mode, -1 none", "travel"),
}

FLEET_COLUMNS: dict[str, Column] = {
    "looked": Column(np.int16, -9999, _MONTH, "when the household last reconsidered its cars", "travel means"),
    "cars": Column(np.int8, 0, "cars", "cars at its disposal", "travel means"),
    "electric": Column(np.int8, 0, "cars", "of those: battery electric", "travel means"),
    "company": Column(np.int8, 0, "cars", "of those: from an employer", "travel means"),
    "charger": Column(np.int8, 0, "flag", "can charge at home", "travel means"),
    "sharing": Column(np.int8, 0, "flag", "member of a car-sharing scheme", "travel means"),
}
