"""Today's care sites as columns, and which of the city's apartments are let as assisted homes."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.care_sites import CareSite, load_care_sites
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.inputs import Inputs
from kortrijk_sim.city.vocabulary import DwellingKind, DwellingUse, Operator, SiteStatus, Tenure
from kortrijk_sim.errors import InputError

SENIOR_YEARS = 65
LARGEST_ROOMS = 4  # assisted homes are small


def site_columns(inputs: Inputs, sites: list[CareSite], dice: Dice) -> dict[str, Array]:
    """Return the columns of the table of care sites, in the order of the table ``care_sites``.

    Raises:
        InputError: There are no nursing places at all.
    """
    n = len(sites)
    if not any(site.nursing_places for site in sites):
        # The base year has residents of nursing homes, who have to live somewhere.
        raise InputError(f"{inputs.tables.path('care_sites')}: no nursing places; valid: at least one site with some")
    return {
        "key": dice.keys(Stream.CARE_SITE, n),
        "x_km": np.array([site.x_km for site in sites], np.float32),
        "y_km": np.array([site.y_km for site in sites], np.float32),
        "price_eur_day": np.array([site.price_eur_day for site in sites], np.float32),
        "quality": np.array([site.quality for site in sites], np.float32),
        "sector": np.array([site.sector for site in sites], np.int16),
        "nursing_places": scaled([site.nursing_places for site in sites], inputs.scale),
        "assisted_homes": scaled([site.assisted_homes for site in sites], inputs.scale),
        "day_care_places": scaled([site.day_care_places for site in sites], inputs.scale),
        "status": np.full(n, SiteStatus.OPEN, np.int8),
        "operator": np.array([Operator.CITY if s.operator == "city" else Operator.OTHER for s in sites], np.int8),
        "services": np.array([site.services for site in sites], np.int8),
    }


def scaled(numbers: list[int], ratio: float) -> Array:
    """Return whole numbers in proportion; their running total is the rounded running total."""
    total = np.round(np.cumsum(np.array([0, *numbers], np.float64)) * ratio)
    return np.diff(total).astype(np.int16)


def let_assisted_homes(
    inputs: Inputs,
    sites: list[CareSite],
    homes: Array,
    persons: dict[str, Array],
    households: dict[str, Array],
    dwellings: dict[str, Array],
) -> None:
    """Make the small apartments let to older people near a site its assisted homes.

    The register tells no assisted home from another apartment, so the base city's homes, people and rents
    stay as they are: each site takes the nearest apartments whose tenants are all aged 65 or older, and
    after those the nearest vacant ones.

    Args:
        inputs: Parameters.
        sites: Today's care sites.
        homes: Assisted homes of each site, scaled.
        persons: Columns of persons.
        households: Columns of households.
        dwellings: Columns of dwellings; ``use``, ``life_cycle_proof`` and rents are changed.
    """
    household = dwellings["household"]
    lived_in = household >= 0
    at_home = persons["household"] >= 0
    youngest = np.full(households["key"].size, 120)
    np.minimum.at(youngest, persons["household"][at_home], -persons["birth_month"][at_home].astype(np.int64) // 12)
    old = np.zeros(household.size, bool)
    old[lived_in] = youngest[household[lived_in]] >= SENIOR_YEARS
    small = households["members"][household] <= 2
    free = (
        (dwellings["kind"] == DwellingKind.APARTMENT)
        & (dwellings["use"] == DwellingUse.MAIN_RESIDENCE)
        & (dwellings["tenure"] == Tenure.PRIVATE_RENT)
        & (dwellings["rooms"] <= LARGEST_ROOMS)
        & (~lived_in | (old & small))
    )
    rent = np.float32(inputs.p("assisted_rent_eur_month"))
    for site, number in zip(sites, homes, strict=True):
        vacant = round(float(number) * inputs.p("assisted_vacant_share"))
        for wanted, pool in ((int(number) - vacant, free & lived_in), (vacant, free & ~lived_in)):
            rows = np.flatnonzero(pool)
            taken = rows[np.argsort(_distance_km(dwellings, rows, site), kind="stable")[:wanted]]
            dwellings["use"][taken] = DwellingUse.ASSISTED
            dwellings["life_cycle_proof"][taken] = 1
            dwellings["rent_eur_month"][taken] = rent
            tenants = household[taken][household[taken] >= 0]
            households["rent_eur_month"][tenants] = rent
            free[taken] = False


def _distance_km(dwellings: dict[str, Array], rows: Array, site: CareSite) -> FloatArray:
    return np.hypot(dwellings["x_km"][rows] - site.x_km, dwellings["y_km"][rows] - site.y_km)


def read_sites(inputs: Inputs) -> list[CareSite]:
    """Return today's care sites."""
    return load_care_sites(inputs.tables, inputs.geography)
