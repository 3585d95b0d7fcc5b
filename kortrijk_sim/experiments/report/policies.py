"""The measures of a future in a few lines: what kind, how often, when, where and how much in all."""

from __future__ import annotations

from typing import NamedTuple

from kortrijk_sim.experiments.report.texts import Texts
from kortrijk_sim.models.dated_measure import AnyMeasure
from kortrijk_sim.models.policy import END_YEAR, START_YEAR, Scenario

# Fields that add up over the measures of a kind.
QUANTITIES = (
    "homes",
    "nursing_places",
    "assisted_homes",
    "day_care_places",
    "rooms",
    "firms",
    "places",
    "managers",
    "points",
    "cars",
    "shared_cars",
    "shared_bikes",
    "charge_points",
    "bike_parking",
)
# Fields that say how strong a measure is: they do not add up, so their range is told.
STRENGTHS = (
    "share_reached",
    "share_granted",
    "share",
    "eur",
    "eur_month",
    "eur_per_year",
    "eur_hour",
    "eur_km",
    "homes_per_year",
    "places_per_year",
    "checks_per_year",
    "ratio",
    "kmh",
    "headway_minutes",
    "headway_ratio",
)
_WIJKEN_NAMED = 3


class MeasureLine(NamedTuple):
    """All measures of one kind."""

    what: str
    number: str
    when: str
    where: str
    amount: str


def measure_lines(scenario: Scenario, texts: Texts) -> list[MeasureLine]:
    """Return a line per kind of measure, in the order of the scenario."""
    kinds: dict[str, list[AnyMeasure]] = {}
    for measure in scenario.measures:
        kinds.setdefault(measure.measure, []).append(measure)
    return [_line(kind, measures, texts) for kind, measures in kinds.items()]


def _line(kind: str, measures: list[AnyMeasure], texts: Texts) -> MeasureLine:
    what = texts.known(f"measure.{kind}", kind.replace("_", " "))
    amounts = []
    for field in QUANTITIES:
        total = sum(int(getattr(measure, field, 0) or 0) for measure in measures)
        if total:
            amounts.append(texts(f"quantity.{field}", n=texts.number(total)))
    for field in STRENGTHS:
        values = [float(value) for measure in measures if (value := getattr(measure, field, None)) is not None]
        if values:
            amounts.append(_strength(field, min(values), max(values), texts))
    return MeasureLine(what, texts.number(len(measures)), _when(measures), _where(measures, texts), ", ".join(amounts))


def _strength(field: str, low: float, high: float, texts: Texts) -> str:
    """Return a strength, or from where to where it goes, in words."""

    def written(value: float) -> str:
        if field.startswith("share") or field.endswith("ratio"):
            return texts.percent(value)
        return texts.number(value, 0 if value == round(value) else 2)

    amount = written(low) if low == high else texts("differences.interval", low=written(low), high=written(high))
    return texts(f"strength.{field}", n=amount)


def _when(measures: list[AnyMeasure]) -> str:
    first = START_YEAR + min(measure.first_month for measure in measures) // 12
    last = min(END_YEAR, START_YEAR + max(measure.last_month for measure in measures) // 12)
    return str(first) if first == last else f"{first}–{last}"


def _where(measures: list[AnyMeasure], texts: Texts) -> str:
    wijken: list[str] = []
    for measure in measures:
        if not hasattr(measure, "wijk") and not hasattr(measure, "site"):
            return texts("policies.everywhere")
        found = getattr(measure, "wijk", None) or getattr(measure, "site", None) or getattr(measure, "name", None) or ()
        names = [found] if isinstance(found, str) else list(found)
        if not names:
            return texts("policies.everywhere")
        wijken += [name for name in names if name not in wijken]
    if len(wijken) <= _WIJKEN_NAMED:
        return ", ".join(wijken)
    placed = all(hasattr(measure, "wijk") and getattr(measure, "wijk", None) for measure in measures)
    return texts("policies.wijken" if placed else "policies.sites", n=len(wijken))
