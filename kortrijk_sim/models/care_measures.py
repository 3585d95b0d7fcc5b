"""The measures of care: villages and homes that open, grow, change or close; care and carers at home.

A care site goes by its name: that of today's sites (``care_sites``) or of a village that the scenario opens.
Upper and lower case do not matter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.dated_measure import END_YEAR, AnyMeasure, Date, Label

if TYPE_CHECKING:
    from kortrijk_sim.city.geography import Geography

type Operator = Literal["city", "other"]
type Price = Literal["low", "middle", "high"]


def _site_name(value: str) -> str:
    name = " ".join(value.split())
    if not name:
        raise ValueError("holds nothing but spaces; valid: the name of a care site")
    return name


def site_key(name: str) -> str:
    """Return a site's name as names are compared: without regard to case and to the number of spaces."""
    return " ".join(name.casefold().split())


type SiteName = Annotated[Label, AfterValidator(_site_name)]
# Not `type` aliases: the bounds are to stand with the field, for messages and documentation.
Places = Annotated[int, Field(ge=0, le=2_000)]
Quality = Annotated[float, Field(ge=0, le=1)]


class SiteMeasure(AnyMeasure):
    """A measure that changes a care site for good, in the single month ``from``."""

    until: Date = Field(default=END_YEAR, exclude=True)

    @field_validator("until", mode="before")
    @classmethod
    def _no_end(cls, value: Any) -> Any:
        raise ValueError("ends nothing: a site stays as it was made; valid: only 'from', and close_care_site to close")

    @property
    def last_month(self) -> int:
        """The month in which the measure acts, months since 1 January 2025."""
        return self.first_month


class ExistingSiteMeasure(SiteMeasure):
    """A measure for a site of today or for a village that has opened."""

    site: SiteName = Field(description="name of the site")


class SiteWithPlaces(SiteMeasure):
    """A measure that brings places."""

    nursing_places: Places = Field(default=0, description="places in a nursing home")
    assisted_homes: Places = Field(default=0, description="assisted-living homes")
    day_care_places: Places = Field(default=0, description="places in a day-care centre")

    @model_validator(mode="after")
    def _brings_something(self) -> Self:
        if self.nursing_places + self.assisted_homes + self.day_care_places == 0:
            raise ValueError("brings no places; valid: nursing_places, assisted_homes or day_care_places above 0")
        return self


class OpenCareVillage(SiteWithPlaces):
    """A new care site: nursing places, assisted homes, day care and neighbourhood services together.

    Its place is one of ``wijk`` (its busiest statistical sector), ``sector`` (by code) or ``lon`` and ``lat``.
    ``quality`` is the pull it has on those who choose (0.5 is ordinary), ``price`` the class of its day price.
    Without ``services`` it is an ordinary care home instead of a village.
    """

    measure: Literal["open_care_village"] = "open_care_village"
    name: SiteName = Field(description="a name that no other site has")
    wijk: Label | None = Field(default=None, description="wijk of the site, by name or code")
    sector: Label | None = Field(default=None, description="statistical sector of the site, by code")
    lon: float | None = Field(default=None, ge=2.5, le=4.0, description="degrees east")
    lat: float | None = Field(default=None, ge=50.5, le=51.2, description="degrees north")
    operator: Operator = Field(default="city", description="who runs it: city or other")
    price: Price = Field(default="middle", description="day price: low, middle or high")
    quality: Quality = Field(default=0.7, description="0 to 1, 0.5 is ordinary")
    services: bool = Field(default=True, description="neighbourhood services on the site")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.lon is None) != (self.lat is None):
            raise ValueError("'lon' and 'lat' go together; valid: both, or a wijk or sector instead")
        given = [key for key in ("wijk", "sector", "lon") if getattr(self, key) is not None]
        if len(given) != 1:
            what = "has no place" if not given else f"has {len(given)} places"
            raise ValueError(f"{what}; valid: one of 'wijk', 'sector', or 'lon' with 'lat'")
        return self


class ExtendCareSite(ExistingSiteMeasure, SiteWithPlaces):
    """More places on a care site: one of today, or a village that the scenario has opened."""

    measure: Literal["extend_care_site"] = "extend_care_site"


class ConvertCareSite(ExistingSiteMeasure):
    """An ordinary care home becomes a care village: it gets neighbourhood services and another quality.

    Without ``price`` the day price stays what it was.
    """

    measure: Literal["convert_care_site"] = "convert_care_site"
    quality: Quality = Field(default=0.7, description="0 to 1, 0.5 is ordinary")
    price: Price | None = Field(default=None, description="day price: low, middle or high")


class CloseCareSite(ExistingSiteMeasure):
    """A care site closes: nobody is admitted any more, residents move to other sites as places come free.

    Who lives in one of its assisted homes may stay; those that fall vacant are not let again.
    """

    measure: Literal["close_care_site"] = "close_care_site"


class GrowHomeCare(AnyMeasure):
    """More hours of home care than under unchanged policy, while the measure holds; several that hold add up.

    Care that is to grow step by step is written as several of them, each a step.
    """

    measure: Literal["grow_home_care"] = "grow_home_care"
    share: float = Field(gt=0, le=3, description="extra hours as a share: 0.2 is a fifth more")


class SupportCarers(AnyMeasure):
    """Respite and advice for a share of the informal carers, who are overburdened less often."""

    measure: Literal["support_carers"] = "support_carers"
    share_reached: float = Field(gt=0, le=1, description="share of the informal carers")


class PlacesAdded(NamedTuple):
    """How much room a scenario adds to the care sites of a city."""

    nursing: int
    assisted: int
    day_care: int


def places_added(measures: Iterable[AnyMeasure]) -> PlacesAdded:
    """Return the places that measures open or add; those of sites that close are not taken off."""
    bringing = [measure for measure in measures if isinstance(measure, SiteWithPlaces)]
    return PlacesAdded(
        sum(measure.nursing_places for measure in bringing),
        sum(measure.assisted_homes for measure in bringing),
        sum(measure.day_care_places for measure in bringing),
    )


def position_of(measure: OpenCareVillage, geography: Geography) -> tuple[int, float, float]:
    """Return where a village lies: number of its statistical sector, km east and north of the station.

    A village given by wijk lies at the anchor of the wijk's sector with most households; one given by
    coordinates belongs to the sector of its wijk with the nearest anchor.

    Raises:
        InputError: The wijk or sector is unknown, or the point lies outside the city; the message starts with
            the key.
    """
    sectors = geography.sectors
    if measure.lon is not None and measure.lat is not None:
        return _position_at(measure.lon, measure.lat, geography)
    if measure.wijk is not None:
        try:
            wijk = geography.wijk_number(measure.wijk)
        except InputError as error:
            raise InputError(f"wijk: {error}") from error
        number = max(_sectors_of(wijk, geography), key=lambda n: sectors[n].households)
    else:
        codes = [sector.code for sector in sectors]
        if measure.sector not in codes:
            raise InputError(f"sector: no sector '{measure.sector}'; {nearest(str(measure.sector), codes)}")
        number = codes.index(measure.sector)
    return number, sectors[number].x_km, sectors[number].y_km


def _position_at(lon: float, lat: float, geography: Geography) -> tuple[int, float, float]:
    wijk = geography.wijk_at(lon, lat)
    if wijk is None:
        west, south = (min(float(ring[:, axis].min()) for ring in geography.outlines) for axis in (0, 1))
        east, north = (max(float(ring[:, axis].max()) for ring in geography.outlines) for axis in (0, 1))
        raise InputError(
            f"lon, lat: {lon:g}, {lat:g} lies outside the city; valid: a point of Kortrijk, "
            f"between {west:.3f} and {east:.3f}, {south:.3f} and {north:.3f}"
        )
    x_km, y_km = geography.project(lon, lat)
    number = min(
        _sectors_of(wijk, geography),
        key=lambda n: math.dist((x_km, y_km), (geography.sectors[n].x_km, geography.sectors[n].y_km)),
    )
    return number, x_km, y_km


def _sectors_of(wijk: int, geography: Geography) -> list[int]:
    """Return the numbers of the sectors of a wijk; of all where a user's map gives it none."""
    numbers = range(len(geography.sectors))
    return [number for number in numbers if geography.sectors[number].wijk == wijk] or list(numbers)
