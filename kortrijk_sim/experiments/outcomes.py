"""One figure of every run of an experiment: an indicator at a year and place, or what a policy changes in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from kortrijk_sim.errors import InputError, nearest

if TYPE_CHECKING:
    from kortrijk_sim.experiments.results import Result

CITY = "Kortrijk"
_WRITTEN = re.compile(r"([a-z][a-z0-9_]{0,79})@([0-9]{4})(?:@(.{1,60}))?")


class Outcome(NamedTuple):
    """A figure of a run.

    Attributes:
        indicator: Name of an indicator.
        year: Its value on 31 December, or the sum over the year of what is counted by the month.
        place: The city or one of its wijken.
        less: Name of a future: the difference from that one with the same dice instead of the value itself.
    """

    indicator: str
    year: int
    place: str = CITY
    less: str | None = None

    def __str__(self) -> str:
        """Write it as :func:`parse_outcome` reads it."""
        return f"{self.indicator}@{self.year}" + (f"@{self.place}" if self.place != CITY else "")


def parse_outcome(text: str) -> Outcome:
    """Read a figure as commands write it: ``price_index@2040`` or ``nursing_waiting@2035@Marke``.

    Raises:
        InputError: It is not written like this.
    """
    match = _WRITTEN.fullmatch(text.strip())
    if match is None:
        raise InputError(f"figure: '{text[:60]}'; valid: INDICATOR@YEAR or INDICATOR@YEAR@WIJK, as price_index@2040")
    return Outcome(match[1], int(match[2]), match[3] or CITY)


def parse_difference(text: str, scenarios: tuple[str, ...]) -> tuple[str, str]:
    """Read ``note-unchanged``: the future and the one that is subtracted.

    Raises:
        InputError: These are not two futures of the result.
    """
    for place, letter in enumerate(text):
        if letter == "-" and text[:place] in scenarios and text[place + 1 :] in scenarios:
            if text[:place] == text[place + 1 :]:
                break
            return text[:place], text[place + 1 :]
    raise InputError(f"difference: '{text[:80]}'; valid: FUTURE-OTHER with two of {', '.join(scenarios)}")


def outcome_values(result: Result, outcome: Outcome, scenario: str | None = None) -> pd.DataFrame:
    """Return a figure of every run.

    Args:
        result: The experiment.
        outcome: The figure.
        scenario: The future it is taken of; the base by default.

    Returns:
        One row per point of the design (index ``point``), one column per seed; nan where a run is missing or
        failed, or where the figure does not exist in it.

    Raises:
        InputError: There is no such indicator, year, place or future.
    """
    scenario = scenario if scenario is not None else result.manifest.base
    for name in (scenario, outcome.less):
        if name is not None and name not in result.manifest.scenarios:
            raise InputError(f"{result.folder}: no scenario '{name}'; {nearest(name, result.manifest.scenarios)}")
    frame = result.indicators([outcome.indicator], [outcome.place], [outcome.year])
    if frame.empty:
        _refuse(result, outcome)
    values = _of(result, frame, outcome.indicator, scenario)
    return values if outcome.less is None else values - _of(result, frame, outcome.indicator, outcome.less)


def _of(result: Result, frame: pd.DataFrame, indicator: str, scenario: str) -> pd.DataFrame:
    mine = frame[frame["scenario"] == scenario]
    table = mine.pivot(index="point", columns="seed", values=indicator).astype(np.float64)
    points = pd.Index(result.design()["point"].to_numpy(np.int64), name="point")
    return table.reindex(index=points, columns=pd.Index(result.manifest.seeds, name="seed"))


def _refuse(result: Result, outcome: Outcome) -> None:
    """Say whether it is the year or the place that is not in the result."""
    frame = result.indicators([outcome.indicator])
    places, years = list(dict.fromkeys(frame["place"])), frame["year"]
    if outcome.place not in places:
        raise InputError(f"figure: {outcome}: no place '{outcome.place}'; {nearest(outcome.place, places)}")
    raise InputError(f"figure: {outcome}: year {outcome.year}; valid: {years.min()} to {years.max()}")
