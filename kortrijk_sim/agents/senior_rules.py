"""What is particular to older people on the housing market: willingness to move."""

from __future__ import annotations

from kortrijk_sim.agents.household_rules import HousingParams
from kortrijk_sim.compiling import rule


@rule
def senior_moving_ratio(willingness: float, reached_by_help: bool, help_ratio: float, p: HousingParams) -> float:
    """Factor on the moving hazard of a household aged 65 or older.

    ``willingness`` is a number in (0, 1) drawn once in a life: below the willing share the household would
    move from a home that no longer fits, above it intent is damped. Moving help makes those it reaches
    willing and multiplies their intent.

    Source: 56 % would move if the home no longer fits (Woonsurvey 2018, Vlaamse Ouderenraad).
    """
    ratio = 1.0 if willingness < p.senior_willing_share or reached_by_help else p.senior_unwilling_ratio
    return ratio * help_ratio if reached_by_help else ratio
