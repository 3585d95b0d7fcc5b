"""What the measures of a scenario add up to, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kortrijk_sim.models.care_measures import SiteWithPlaces
from kortrijk_sim.models.economy_measures import AcquireFirms, RoomForScaleUps, SocialEmployment, StudentRooms
from kortrijk_sim.models.measures import BuildHomes, Measure
from kortrijk_sim.models.mobility_measures import ChargePoints, CycleLink, OpenHub, SharedCars, TransitLine

# One and many of what is counted, by theme, in the order in which it is said.
_THEMES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("Homes", (("home", "homes"), ("life-cycle-proof", "life-cycle-proof"), ("social", "social"))),
    (
        "Care",
        (
            ("nursing place", "nursing places"),
            ("assisted home", "assisted homes"),
            ("day-care place", "day-care places"),
        ),
    ),
    (
        "Travel",
        (
            ("hub", "hubs"),
            ("shared car", "shared cars"),
            ("charge point", "charge points"),
            ("cycle link", "cycle links"),
            ("new line", "new lines"),
        ),
    ),
    ("Students", (("student room", "student rooms"),)),
    (
        "Firms and jobs",
        (
            ("firm from elsewhere", "firms from elsewhere"),
            ("position in them", "positions in them"),
            ("firm with room to grow", "firms with room to grow"),
            ("place in social employment", "places in social employment"),
        ),
    ),
)


def totals(measures: Iterable[Measure]) -> dict[str, int]:
    """Return how much of everything countable measures bring in all, by its name for one; nothing is left out.

    What closes or is replaced is not taken off.
    """
    found = Counter({one: 0 for _, kinds in _THEMES for one, _ in kinds})
    for measure in measures:
        for one, amount in _brought(measure):
            found[one] += amount
    return dict(found)


def said(measures: Iterable[Measure]) -> list[tuple[str, str]]:
    """Return the totals of measures in words: a theme and what it gets; themes that get nothing are left out."""
    found = totals(measures)
    lines = []
    for theme, kinds in _THEMES:
        parts = [f"{found[one]:,} {one if found[one] == 1 else many}" for one, many in kinds if found[one]]
        if parts:
            lines.append((theme, ", ".join(parts)))
    return lines


def _brought(measure: Measure) -> Iterator[tuple[str, int]]:
    match measure:
        case BuildHomes():
            yield "home", measure.homes
            yield "life-cycle-proof", measure.homes if measure.proof else 0
            yield "social", measure.homes if measure.programme == "social" else 0
        case SiteWithPlaces():
            yield "nursing place", measure.nursing_places
            yield "assisted home", measure.assisted_homes
            yield "day-care place", measure.day_care_places
        case OpenHub():
            yield "hub", 1
            yield "shared car", measure.shared_cars
            yield "charge point", measure.charge_points
        case SharedCars():
            yield "shared car", measure.cars
        case ChargePoints():
            yield "charge point", measure.points
        case CycleLink():
            yield "cycle link", 1
        case TransitLine():
            yield "new line", 1
        case StudentRooms():
            yield "student room", measure.rooms
        case AcquireFirms():
            yield "firm from elsewhere", measure.firms
            yield "position in them", measure.firms * measure.jobs_each
        case RoomForScaleUps():
            yield "firm with room to grow", measure.firms
        case SocialEmployment():
            yield "place in social employment", measure.places
