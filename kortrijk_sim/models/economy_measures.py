"""The measures for students, firms and jobs: rooms, staying, starters, growth, acquisition, social employment."""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field

from kortrijk_sim.models.dated_measure import AnyMeasure, Label, PlacedMeasure

type Section = Literal[
    "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S"
]  # fmt: skip
SECTIONS: tuple[str, ...] = get_args(Section.__value__)


class StudentRooms(PlacedMeasure):
    """New student rooms, opened evenly over the months; they are let from the next September.

    Without ``sector`` they come where the wijken of the measure have student rooms today, or homes where they
    have none.
    """

    measure: Literal["student_rooms"] = "student_rooms"
    rooms: int = Field(ge=1, le=10_000, description="rooms over the whole period")
    sector: Label | None = Field(default=None, description="statistical sector of the site, by code")


class StayingSupport(AnyMeasure):
    """Support for graduates who want to stay: homes, a welcome, a network. The reached share stays more often."""

    measure: Literal["staying_support"] = "staying_support"
    share_reached: float = Field(gt=0, le=1, description="share of the graduates from outside")


class Internships(AnyMeasure):
    """Internships with firms of the city during the studies: interns stay more often."""

    measure: Literal["internships"] = "internships"
    share_reached: float = Field(gt=0, le=1, description="share of the graduates from outside")


class StarterPremium(AnyMeasure):
    """A premium for everybody who starts a firm: somewhat more local units open."""

    measure: Literal["starter_premium"] = "starter_premium"
    eur: float = Field(gt=0, le=50_000, description="EUR per new local unit")


class RoomForScaleUps(PlacedMeasure):
    """Business space for young firms that grow, opened evenly over the months: who moves in grows faster."""

    measure: Literal["room_for_scale_ups"] = "room_for_scale_ups"
    firms: int = Field(ge=1, le=2_000, description="firms that fit, over the whole period")
    sector: Label | None = Field(default=None, description="statistical sector of the site, by code")


class AcquireFirms(PlacedMeasure):
    """Firms brought from elsewhere, evenly over the months, each with a number of positions."""

    measure: Literal["acquire_firms"] = "acquire_firms"
    firms: int = Field(ge=1, le=2_000, description="firms over the whole period")
    jobs_each: int = Field(ge=1, le=2_000, description="positions per firm")
    section: Section | None = Field(default=None, description="NACE section, by default the city's own mix")
    sector: Label | None = Field(default=None, description="statistical sector of the site, by code")


class SmeManager(AnyMeasure):
    """Account managers for small and middle-sized firms: those they follow close less and grow more.

    They also bring in a few firms a year from elsewhere.
    """

    measure: Literal["sme_manager"] = "sme_manager"
    managers: int = Field(ge=1, le=50, description="full-time managers")


class SocialEmployment(PlacedMeasure):
    """Places in social employment at large firms, opened evenly over the months, each for somebody without work."""

    measure: Literal["social_employment"] = "social_employment"
    places: int = Field(ge=1, le=5_000, description="places over the whole period")
