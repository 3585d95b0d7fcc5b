"""Lines of the tables that the network is read from."""

from __future__ import annotations

import math
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kortrijk_sim.city.network.network import NO_FOOT, Comfort, HubType, LineKind, NodeKind, Road

MAX_LINK_KM = 250  # catches metres; Brussels and the coast are within 100
MAX_HEADWAY_MINUTES = 1440  # once a day


class SourcedRow(BaseModel):
    """A line that says where it comes from."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False, str_strip_whitespace=True)

    source: str = Field(min_length=3)


class PlaceRow(SourcedRow):
    """A point within a day's reach of Kortrijk; the bounds catch swapped coordinates."""

    lon: float = Field(ge=1.0, le=7.0)
    lat: float = Field(ge=49.0, le=52.5)


class OutsideZoneRow(PlaceRow):
    """A line of ``outside_zones``."""

    name: str = Field(min_length=2, max_length=80)
    population: int = Field(ge=0)
    jobs: int = Field(ge=0)
    students_home_weight: float = Field(ge=0)


class NodeRow(PlaceRow):
    """A line of ``network_nodes``."""

    node: str = Field(min_length=1, max_length=40)
    name: str = Field(default="", max_length=80)
    kind: NodeKind
    zone: str = ""


class LinkRow(SourcedRow):
    """A line of ``network_links``."""

    a: str = Field(min_length=1)
    b: str = Field(min_length=1)
    km: float | None = Field(default=None, gt=0, le=MAX_LINK_KM)
    road: Road
    kmh: float = Field(default=0.0, ge=0, le=130)
    walk: bool
    bike: bool
    comfort: Comfort | None = None
    lanes: float = Field(default=0.0, ge=0, le=8)
    crossing: str = ""

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        if self.a == self.b:
            raise ValueError(f"the link leads from '{self.a}' to itself")
        if (self.road == "none") != (self.kmh == 0):
            raise ValueError(f"a road of class '{self.road}' cannot have kmh {self.kmh:g}")
        if self.bike != (self.comfort is not None):
            raise ValueError("comfort is given exactly where bike is 1")
        if self.walk and self.road in NO_FOOT:
            raise ValueError(f"nobody walks on a road of class '{self.road}'")
        if self.bike and self.road == "motorway":
            raise ValueError("nobody cycles on a motorway")
        if self.road == "none" and not self.walk and not self.bike:
            raise ValueError("nobody can use this link")
        return self


class LineRow(SourcedRow):
    """A line of ``transit_lines``."""

    line: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=120)
    kind: LineKind
    headway_minutes: float = Field(gt=0, le=MAX_HEADWAY_MINUTES)
    headway_evening_minutes: float | None = Field(default=None, gt=0, le=MAX_HEADWAY_MINUTES)
    fare_class: str = Field(min_length=1)

    @property
    def evening(self) -> float:
        """Headway in the evening, inf when nothing runs."""
        return math.inf if self.headway_evening_minutes is None else self.headway_evening_minutes


class StopRow(SourcedRow):
    """A line of ``transit_stops``."""

    line: str
    sequence: int = Field(ge=0)
    node: str
    minutes: float | None = Field(default=None, ge=0, le=300)


class HubRow(SourcedRow):
    """A line of ``hubs``."""

    code: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=2, max_length=80)
    node: str
    hub_type: HubType
    shared_cars: int = Field(ge=0)
    shared_bikes: int = Field(ge=0)
    charge_points: int = Field(ge=0)
    bike_parking: int = Field(ge=0)
    transfer_quality: float = Field(ge=0, le=1)


class SectorServicesRow(SourcedRow):
    """A line of ``sector_services``."""

    code: str
    charge_points: int = Field(ge=0)
    schools_basic: int = Field(ge=0)
    schools_secondary: int = Field(ge=0)
    green: bool
    parking_eur_hour: float = Field(ge=0)
    parking_minutes: float = Field(ge=0)
    car_free_share: float = Field(ge=0, le=1)
    shops_weight: float = Field(ge=0)
    leisure_weight: float = Field(ge=0)
    care_weight: float = Field(ge=0)


class KnownDistanceRow(SourcedRow):
    """A line of ``known_distances``."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field(alias="from", min_length=1)
    to: str = Field(min_length=1)
    mode: str = Field(pattern="^(walk|bike|car|bus|train)$")
    km: float | None = Field(default=None, gt=0)
    minutes: float | None = Field(default=None, gt=0)
    tolerance_share: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.km is None and self.minutes is None:
            raise ValueError(f"neither km nor minutes from '{self.from_}' to '{self.to}'")
        return self


class BarrierRow(PlaceRow):
    """A line of ``network_barriers``: one point of a polyline."""

    barrier: str = Field(min_length=1)
    point: int = Field(ge=0)
