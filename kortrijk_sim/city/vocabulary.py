"""The codes that columns hold: one enumeration per concept.

Numba reads members of an ``IntEnum`` as plain integers, so kernels and tables share these names.
"""

from __future__ import annotations

from enum import IntEnum


class Sex(IntEnum):
    """Sex as registered."""

    FEMALE = 0
    MALE = 1


class PersonStatus(IntEnum):
    """Whether a row of the person table stands for somebody who lives here."""

    UNUSED = 0
    RESIDENT = 1
    DEAD = 2
    LEFT = 3


class Role(IntEnum):
    """Position of a person in the household."""

    ADULT = 0  # one of the household's heads: alone, partner, lone parent
    CHILD = 1  # son or daughter of a head, of any age
    OTHER = 2  # relative or non-relative who lives with the household


class Activity(IntEnum):
    """Main activity."""

    INFANT = 0
    PUPIL = 1
    STUDENT = 2
    EMPLOYED = 3
    UNEMPLOYED = 4
    AT_HOME = 5
    RETIRED = 6


class Health(IntEnum):
    """Need of help in daily life."""

    GOOD = 0
    LIGHT = 1
    HEAVY = 2
    DEMENTIA = 3


class CarerKind(IntEnum):
    """Who mainly cares for somebody at home without being paid."""

    NONE = 0
    PARTNER = 1
    DAUGHTER = 2
    SON = 3
    CHILD_OUTSIDE = 4  # a son or daughter who lives outside the city
    OTHER = 5  # another relative, a friend, a neighbour


class SiteStatus(IntEnum):
    """Whether a care site takes people in."""

    UNUSED = 0
    OPEN = 1
    CLOSED = 2  # takes nobody in; those inside move elsewhere as places fall free


class Operator(IntEnum):
    """Who runs a care site."""

    OTHER = 0
    CITY = 1


class Leaving(IntEnum):
    """Why a member looks for a home of their own."""

    NO = 0
    NEST = 1  # leaves the parental home
    SPLIT = 2  # leaves a partner
    UNION = 3  # moves in with a new partner; both still live with their parents


class HouseholdStatus(IntEnum):
    """Whether a row of the household table stands for a household."""

    UNUSED = 0
    HOUSED = 1
    HOMELESS = 2
    DISSOLVED = 3
    LEFT = 4


class Tenure(IntEnum):
    """How a household holds its dwelling, and how a vacant one is offered."""

    OWNER = 0
    PRIVATE_RENT = 1
    SOCIAL_RENT = 2


class DwellingStatus(IntEnum):
    """Whether a row of the dwelling table stands for a dwelling."""

    UNUSED = 0
    STANDING = 1
    DEMOLISHED = 2


class DwellingKind(IntEnum):
    """Type of dwelling, as in the cadastral building stock (R1, R2, R3, R4, R5 + R6)."""

    TERRACED = 0
    SEMI_DETACHED = 1
    DETACHED = 2
    APARTMENT = 3
    OTHER = 4


class DwellingUse(IntEnum):
    """What a dwelling is used for; only main residences are on the housing market."""

    MAIN_RESIDENCE = 0
    SECOND_HOME = 1
    STUDENT_LET = 2
    NEGLECTED = 3  # on the inventory of vacant and neglected dwellings
    ASSISTED = 4  # let with care within call, only to older people


class Scheme(IntEnum):
    """Form in which a dwelling is sold or let."""

    MARKET = 0
    COHOUSING = 1
    LAND_TRUST = 2
    COOPERATIVE = 3
    RENT_TO_BUY = 4


class Period(IntEnum):
    """Construction period, as in the cadastral building stock."""

    BEFORE_1900 = 0
    FROM_1900_TO_1918 = 1
    FROM_1919_TO_1945 = 2
    FROM_1946_TO_1961 = 3
    FROM_1962_TO_1970 = 4
    FROM_1971_TO_1981 = 5
    FROM_1982_TO_1991 = 6
    FROM_1992_TO_2001 = 7
    FROM_2002_TO_2011 = 8
    AFTER_2011 = 9


class Epc(IntEnum):
    """Energy label of a dwelling."""

    A = 0
    B = 1
    C = 2
    D = 3
    E = 4
    F = 5


class StudentStatus(IntEnum):
    """Whether a row of the student table stands for somebody who studies here."""

    GONE = 0
    ENROLLED = 1
    STAYING = 2  # has graduated, wants to stay and looks for a home


class StudentLiving(IntEnum):
    """Where a student in higher education sleeps in term time."""

    AT_HOME_IN_CITY = 0
    COMMUTES = 1
    ROOM = 2
    FLAT = 3  # a small flat that is let to students
    UNHOUSED = 4  # wanted a room, found none, and travels from home however far that is


class FirmStatus(IntEnum):
    """Whether a row of the firm table stands for a local unit that is open."""

    UNUSED = 0
    OPEN = 1
    CLOSED = 2


class Mode(IntEnum):
    """Main mode of a trip."""

    WALK = 0
    BIKE = 1
    E_BIKE = 2
    BUS = 3
    TRAIN = 4  # with any bus before or after it
    BIKE_AND_TRAIN = 5
    PARK_AND_RIDE = 6  # car to a station or hub, then bus or train
    CAR = 7  # as driver, combustion engine
    ELECTRIC_CAR = 8  # as driver
    PASSENGER = 9
    SHARED_CAR = 10
    SHARED_BIKE = 11


class Purpose(IntEnum):
    """What a trip is made for; a trip back home counts with the trip out."""

    WORK = 0
    EDUCATION = 1
    SHOPPING = 2
    SERVICES = 3  # errands, doctor, town hall, bringing and collecting others
    LEISURE = 4
    VISITS = 5
    CARE = 6  # care for, or visits to, family who cannot do without


class Slot(IntEnum):
    """The six places of a person's travel: work and education share the first."""

    WORK_OR_SCHOOL = 0
    SHOPPING = 1
    SERVICES = 2
    LEISURE = 3
    VISITS = 4
    CARE = 5


class Bike(IntEnum):
    """The best bike somebody owns."""

    NONE = 0
    BIKE = 1
    E_BIKE = 2
