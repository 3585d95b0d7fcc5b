"""The measures of mobility: hubs, lines, cycle links, streets, prices, shared cars, chargers, services, freight.

Places are named as elsewhere: a wijk or a statistical sector. A measure holds from ``from`` to ``until``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.models.dated_measure import AnyMeasure, Label, PlacedMeasure

if TYPE_CHECKING:
    from kortrijk_sim.city.geography import Geography

type HubType = Literal["interregional", "regional", "local", "neighbourhood_network", "neighbourhood_proximity"]
type Comfort = Literal["poor", "mixed", "lane", "separate", "cycleway", "highway"]
type Vehicle = Literal["bus", "train"]

Share = Annotated[float, Field(ge=0, le=1)]
Many = Annotated[int, Field(ge=0, le=20_000)]


class OpenHub(AnyMeasure):
    """A mobility hub (Hoppin point): change of lines with less trouble, shared cars and bikes, chargers, bike parking.

    Its place is one of ``wijk`` (its busiest statistical sector) or ``sector`` (by code).
    """

    measure: Literal["open_hub"] = "open_hub"
    name: Label = Field(description="a name that no other hub has")
    wijk: Label | None = Field(default=None, description="wijk of the hub, by name or code")
    sector: Label | None = Field(default=None, description="statistical sector of the hub, by code")
    hub_type: HubType = Field(default="local", description="one of the five legal types")
    shared_cars: Many = Field(default=2, description="shared cars")
    shared_bikes: Many = Field(default=10, description="shared bikes")
    charge_points: Many = Field(default=4, description="public charge points")
    bike_parking: Many = Field(default=40, description="places for bikes")
    transfer_quality: Share = Field(default=0.7, description="0 to 1: the trouble of changing that it takes away")

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.wijk is None) == (self.sector is None):
            raise ValueError("wants one place; valid: one of 'wijk' or 'sector'")
        return self


class TransitService(AnyMeasure):
    """Another headway for a line, or for every bus or train: by minutes or as a share of today's."""

    measure: Literal["transit_service"] = "transit_service"
    line: Label = Field(description="code of a line, or 'all buses', 'all trains'")
    headway_minutes: float | None = Field(default=None, ge=2, le=180, description="minutes between two vehicles")
    headway_ratio: float | None = Field(default=None, ge=0.1, le=10, description="over today's headway")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.headway_minutes is None) == (self.headway_ratio is None):
            raise ValueError("wants one headway; valid: one of 'headway_minutes' or 'headway_ratio'")
        return self


class TransitLine(AnyMeasure):
    """A new bus line along statistical sectors or stations, in both directions, with stops at each."""

    measure: Literal["transit_line"] = "transit_line"
    name: Label = Field(description="a name that no other line has")
    stops: Annotated[tuple[Label, ...], Field(strict=False, min_length=2, max_length=60)] = Field(
        description="codes of sectors or stations, in order"
    )
    headway_minutes: float = Field(default=15, ge=2, le=180, description="minutes between two buses")
    kmh: float = Field(default=20, ge=8, le=60, description="commercial speed")


class TransitFare(AnyMeasure):
    """Another fare on all buses or all trains: a ratio over today's, where 0 is free."""

    measure: Literal["transit_fare"] = "transit_fare"
    vehicle: Vehicle = Field(default="bus", description="bus or train")
    ratio: float = Field(ge=0, le=5, description="over today's fare")


class CycleLink(AnyMeasure):
    """A cycle link between two statistical sectors, over water or railway where it bridges them."""

    measure: Literal["cycle_link"] = "cycle_link"
    start: Label = Field(description="code of a sector")
    end: Label = Field(description="code of a sector")
    comfort: Comfort = Field(default="highway", description="class of comfort")


class CycleComfort(PlacedMeasure):
    """Better cycling in wijken: every way there gets at least this class of comfort."""

    measure: Literal["cycle_comfort"] = "cycle_comfort"
    comfort: Comfort = Field(default="separate", description="class of comfort")


class CarFreeZone(AnyMeasure):
    """Sectors that cars do not cross; those who live or shop there reach its edge and walk on."""

    measure: Literal["car_free_zone"] = "car_free_zone"
    sectors: Annotated[tuple[Label, ...], Field(strict=False, min_length=1, max_length=113)] = Field(
        description="codes of sectors"
    )


class SlowStreets(PlacedMeasure):
    """Low-traffic wijken: a lower speed for cars on every street that is no main road."""

    measure: Literal["slow_streets"] = "slow_streets"
    kmh: float = Field(default=20, ge=5, le=70, description="speed of cars")


class Parking(PlacedMeasure):
    """Price and supply of parking on the street: dearer or scarcer parking makes the car less attractive."""

    measure: Literal["parking"] = "parking"
    eur_hour: float | None = Field(default=None, ge=0, le=20, description="EUR an hour")
    supply_ratio: float = Field(default=1.0, ge=0.05, le=5, description="places over today's")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.eur_hour is None and self.supply_ratio == 1.0:
            raise ValueError("changes nothing; valid: 'eur_hour', or 'supply_ratio' other than 1")
        return self


class KilometreCharge(AnyMeasure):
    """A charge per kilometre driven, for every car and wherever it drives; passengers feel a part of it."""

    measure: Literal["kilometre_charge"] = "kilometre_charge"
    eur_km: float = Field(ge=0, le=2, description="EUR per km")


class ChargePoints(PlacedMeasure):
    """More public charge points, evenly from ``from`` to ``until``, spread over inhabitants."""

    measure: Literal["charge_points"] = "charge_points"
    points: int = Field(ge=1, le=50_000, description="charge points in all")


class SharedCars(PlacedMeasure):
    """More shared cars, evenly from ``from`` to ``until``, spread over inhabitants."""

    measure: Literal["shared_cars"] = "shared_cars"
    cars: int = Field(ge=1, le=20_000, description="shared cars in all")


class ServicesNearHubs(AnyMeasure):
    """Shops, services and leisure settle near hubs: a share of what the city offers moves there."""

    measure: Literal["services_near_hubs"] = "services_near_hubs"
    share: Share = Field(description="share of shops, services and leisure that moves")


class FreightOutOfCore(AnyMeasure):
    """Goods are handed over at the edge: a share of vans and lorries stays out of the core."""

    measure: Literal["freight_out_of_core"] = "freight_out_of_core"
    share: Share = Field(description="share of vans and lorries that stays out")


class MobilityBudget(AnyMeasure):
    """Employers offer a budget for any way of travelling instead of a car with free fuel."""

    measure: Literal["mobility_budget"] = "mobility_budget"
    share_reached: Share = Field(description="share of employees with a company car who take it")


class CloseCrossing(AnyMeasure):
    """A bridge or tunnel is closed to everybody: walkers, cyclists and cars go another way, and buses too."""

    measure: Literal["close_crossing"] = "close_crossing"
    name: Label = Field(description="name of the crossing, see 'network show'")


def sector_of(text: str, geography: Geography, where: str) -> int:
    """Return the number of a statistical sector from its code or name.

    Raises:
        InputError: No sector is called so; names the nearest one.
    """
    wanted = text.strip().casefold()
    for number, sector in enumerate(geography.sectors):
        if wanted in (sector.code.casefold(), sector.name.casefold()):
            return number
    names = [sector.name for sector in geography.sectors] + [sector.code for sector in geography.sectors]
    raise InputError(f"{where}: no sector '{text}'; {nearest(text, names)}")


def sector_of_hub(measure: OpenHub, geography: Geography, where: str) -> int:
    """Return the sector a hub stands in; of a wijk its busiest."""
    if measure.sector is not None:
        return sector_of(measure.sector, geography, where)
    wijk = geography.wijk_number(measure.wijk or "")
    inside = [n for n, sector in enumerate(geography.sectors) if sector.wijk == wijk]
    return max(inside, key=lambda n: (geography.sectors[n].households, -n))
