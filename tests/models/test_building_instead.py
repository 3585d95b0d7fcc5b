"""Homes of a measure on top of the market, or in the place of its homes."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.measures import BuildHomes
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import Scenario


def built_in_a_year(measures: tuple[BuildHomes, ...]) -> tuple[int, int]:
    """Return the homes finished in 2025: those of measures, and those of developers."""
    model = KortrijkModel(Scenario(name="test", measures=measures), rng=1, scale=0.2)
    model.run_for(12)
    log = model.state.tables.log[: len(model.events)]
    built = log[log["kind"] == Kind.BUILT]
    return int((built["value"] >= 100).sum()), int((built["value"] < 100).sum())


def plan(share: float) -> BuildHomes:
    return BuildHomes(from_=2025, until=2025, homes=200, programme="apartment", replaces_market=share)


def test_homes_instead_of_the_market_leave_the_number_of_homes_as_it_was():
    _, developers = built_in_a_year(())
    policy, left = built_in_a_year((plan(1.0),))
    assert policy == 40
    assert left == developers - 40


def test_homes_on_top_leave_what_is_under_way_alone():
    _, developers = built_in_a_year(())
    assert built_in_a_year((plan(0.0),)) == (40, developers)


def test_a_measure_cannot_take_the_place_of_more_than_is_under_way():
    huge = BuildHomes(from_=2025, until=2025, homes=20_000, programme="apartment", replaces_market=1.0)
    model = KortrijkModel(Scenario(name="test", measures=(huge,)), rng=1, scale=0.05)
    model.run_for(12)
    assert (np.asarray(model.state.tables.markets.pipeline) >= 0).all()
