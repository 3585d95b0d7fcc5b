"""Care sites that open, grow, become villages or close, as the measures of a scenario say."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from kortrijk_sim.agents.columns import MAX_SITES, SITE_COLUMNS
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.vocabulary import DwellingUse, Operator, SiteStatus
from kortrijk_sim.draws import mix
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.care_measures import (
    CloseCareSite,
    ConvertCareSite,
    ExtendCareSite,
    OpenCareVillage,
    SiteWithPlaces,
    position_of,
    site_key,
)
from kortrijk_sim.models.care_start import CareParams, staff_access
from kortrijk_sim.models.construction import BuildParams, Ground, Programme, add_homes
from kortrijk_sim.models.events import Kind, record
from kortrijk_sim.models.policy import Scenario
from kortrijk_sim.models.state import DWELLING_ROWS, SITE_ROWS, State

_FIRST_NUMBER = 3000  # of a batch of assisted homes; measures that build homes number theirs from 100
_PRICES = {"low": "price_low_eur_day", "middle": "price_middle_eur_day", "high": "price_high_eur_day"}


@dataclass(frozen=True)
class SiteSetting:
    """What a new or changed site needs to know besides the state.

    Attributes:
        care: Parameters of care.
        price_eur_day: Day price by class.
        staff_access_mean: Mean access of staff to today's nursing places, not yet relative.
        assisted: What assisted homes look like.
        ground: Where homes can stand.
        build: Parameters of construction.
    """

    care: CareParams
    price_eur_day: dict[str, float]
    staff_access_mean: float
    assisted: Programme
    ground: Ground
    build: BuildParams


def price_classes(parameters: Parameters) -> dict[str, float]:
    """Return the day price of each price class in EUR."""
    return {name: parameters.value(parameter) for name, parameter in _PRICES.items()}


class SiteWorks:
    """Carries out the measures of one month on the care sites.

    Args:
        state: The city.
        names: Name of each site by row; names of new sites are added.
        geography: The map.
        month: This month.
        scale: Share of the city that is simulated.
        dice: Stream of new homes.
        setting: Parameters.
    """

    def __init__(
        self,
        state: State,
        names: dict[int, str],
        geography: Geography,
        month: int,
        scale: float,
        dice: np.uint64,
        setting: SiteSetting,
    ) -> None:
        self._state, self._names, self._geography = state, names, geography
        self._month, self._scale, self._dice, self._setting = month, scale, dice, setting

    def carry_out(self, scenario: Scenario) -> None:
        """Open sites, then extend and convert, then close; in the order of the scenario within each."""
        for opening in scenario.of(OpenCareVillage, self._month):
            self._open(opening)
        for extension in scenario.of(ExtendCareSite, self._month):
            row = self._row(extension.site)
            self._add_places(row, extension)
            self._note(Kind.SITE_CHANGED, row)
        for conversion in scenario.of(ConvertCareSite, self._month):
            row, sites = self._row(conversion.site), self._state.tables.sites
            sites.services[row] = 1
            sites.quality[row] = conversion.quality
            if conversion.price is not None:
                sites.price_eur_day[row] = self._setting.price_eur_day[conversion.price]
            self._note(Kind.SITE_CHANGED, row)
        for closing in scenario.of(CloseCareSite, self._month):
            row = self._row(closing.site)
            self._state.tables.sites.status[row] = SiteStatus.CLOSED
            self._state.tables.sites.usable_places[row] = 0
            self._note(Kind.SITE_CLOSED, row)

    def _row(self, name: str) -> int:
        """Return the row of a site that stands; the check of the scenario has seen that it does."""
        rows = range(int(self._state.tables.counts[SITE_ROWS]))
        return next(row for row in rows if self._names[row] == name)

    def _open(self, measure: OpenCareVillage) -> None:
        t = self._state.tables
        row = int(t.counts[SITE_ROWS])
        if row >= MAX_SITES:
            raise InputError(f"open_care_village '{measure.name}': no more than {MAX_SITES} care sites fit")
        t.counts[SITE_ROWS] += 1
        for name, column in SITE_COLUMNS.items():
            t.sites[name][row] = column.fill
        sector, x_km, y_km = position_of(measure, self._geography)
        spelled = site_key(measure.name).encode()
        t.sites.key[row] = mix(np.uint64(zlib.crc32(spelled)), np.uint64(len(spelled)))
        t.sites.status[row] = SiteStatus.OPEN
        t.sites.operator[row] = Operator.CITY if measure.operator == "city" else Operator.OTHER
        t.sites.sector[row], t.sites.x_km[row], t.sites.y_km[row] = sector, x_km, y_km
        t.sites.opened_month[row] = self._month
        t.sites.price_eur_day[row] = self._setting.price_eur_day[measure.price]
        t.sites.quality[row] = measure.quality
        t.sites.services[row] = measure.services
        access = staff_access(t, x_km, y_km, self._setting.care)
        t.sites.staff_access[row] = access / max(self._setting.staff_access_mean, 1e-9)
        self._names[row] = measure.name
        self._add_places(row, measure)
        self._note(Kind.SITE_OPENED, row)

    def _add_places(self, row: int, measure: SiteWithPlaces) -> None:
        setting, sites = self._setting, self._state.tables.sites
        places = round(measure.nursing_places * self._scale)
        sites.nursing_places[row] += places
        sites.day_care_places[row] += round(measure.day_care_places * self._scale)
        # Part of the new jobs is filled before the doors open; the rest as on any other site.
        staff = setting.care.staff
        sites.staff_fte[row] += staff.staff_at_opening_share * staff.staff_heavy_fte * places
        homes = round(measure.assisted_homes * self._scale)
        if homes == 0:
            return
        already = int(sites.assisted_homes[row])
        sites.assisted_homes[row] += homes
        self._state.make_room(0, 0, homes, homes)
        t = self._state.tables
        first = int(t.counts[DWELLING_ROWS])
        sector = int(sites.sector[row])
        wijk = int(self._geography.sector_wijk[sector])
        # Apart from every other batch of homes of the month and wijk, also of the same site.
        looks = setting.assisted._replace(number=_FIRST_NUMBER + row + MAX_SITES * already)
        add_homes(t, self._month, self._dice, wijk, homes, sector, looks, setting.ground, setting.build)
        new = slice(first, int(t.counts[DWELLING_ROWS]))
        t.dwellings.use[new] = DwellingUse.ASSISTED
        t.dwellings.rent_eur_month[new] = setting.care.assisted.assisted_rent_eur_month
        t.dwellings.x_km[new], t.dwellings.y_km[new] = sites.x_km[row], sites.y_km[row]

    def _note(self, kind: Kind, row: int) -> None:
        self._state.make_room(0, 0, 0, 1)
        t = self._state.tables
        record(
            t.log, t.counts, self._month, kind.value, 0, 0, -1, -1, -1, -1, np.uint64(0), row,
            float(t.sites.nursing_places[row]),
        )  # fmt: skip
