"""Which figures a report shows, and how each is written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kortrijk_sim.experiments.report.texts import NONE, THIN, Texts
from kortrijk_sim.models.indicator_names import DEFINITIONS, DERIVED

# Of the headline figures: drawn by year, and drawn by wijk.
CHARTED = (
    "population",
    "price_index",
    "vacancy_share",
    "family_homes_freed",
    "under_occupied_share_65plus",
    "nursing_waiting",
    "unmet_hours_week",
    "vehicle_km",
    "mode_share_car",
)
MAPPED = ("population", "under_occupied_share_65plus", "unmet_hours_week", "cars_per_1000")
_UNITS = {definition.name: definition.unit for definition in (*DEFINITIONS, *DERIVED)}
_DECIMALS_MAX = 3
_SMALL = {"years", "homes", "months", "minutes/day", "trips/day", "km", "dwellings per 100"}


@dataclass(frozen=True)
class Form:
    """How an indicator is written.

    Attributes:
        factor: What a value is multiplied by.
        decimals: Of a value.
        decimals_change: Of a difference.
        unit: ``%`` or empty; differences of shares are in percentage points.
    """

    factor: float = 1.0
    decimals: int = 0
    decimals_change: int = 0
    unit: str = ""

    def value(self, texts: Texts, value: float) -> str:
        """Return a value as text."""
        written = texts.number(self.factor * value, self.decimals)
        return f"{written}{THIN}{self.unit}" if self.unit and written != NONE else written

    def change(self, texts: Texts, value: float, *, unit: bool = True) -> str:
        """Return a difference as text, with its sign."""
        written = texts.number(self.factor * value, self.decimals_change, sign=True)
        return f"{written}{THIN}{texts('pp')}" if unit and self.unit and written != NONE else written

    def fine_enough(self, changes: Sequence[float]) -> Form:
        """Return a form with decimals enough to tell the largest of some differences from zero."""
        most = max((abs(self.factor * change) for change in changes if math.isfinite(change)), default=0.0)
        needed = math.ceil(-math.log10(most)) if most > 0.0 else 0
        return replace(self, decimals_change=min(max(self.decimals_change, needed), _DECIMALS_MAX))

    def interval(self, texts: Texts, low: float, high: float) -> str:
        """Return an interval of a difference as text; empty when it is not known."""
        if not (low == low and high == high):
            return ""
        low_text, high_text = self.change(texts, low, unit=False), self.change(texts, high, unit=False)
        return texts("differences.interval", low=low_text, high=high_text)


def form_of(indicator: str) -> Form:
    """Return how an indicator is written, from its unit."""
    unit = _UNITS.get(indicator, "")
    if unit == "share":
        return Form(100.0, 1, 1, "%")
    if unit == "index":
        return Form(100.0, 1, 1)
    return Form(1.0, 1, 1) if unit in _SMALL else Form()


def label_of(texts: Texts, indicator: str) -> str:
    """Return what an indicator is called in a report."""
    return texts.known(f"indicator.{indicator}", indicator.replace("_", " "))
