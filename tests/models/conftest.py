"""A tenth of the city under some measures, for the tests of care; a twentieth, for those of travel."""

from __future__ import annotations

import pytest
from care_runs import MONTHS, SCALE

from kortrijk_sim.models.policy import Scenario


@pytest.fixture(scope="module")
def future(small_city):
    """Return a function that runs a tenth of the city for two years under some measures."""

    def run(*measures, months=MONTHS, **scenario):
        model = small_city(Scenario(measures=measures, **scenario), scale=SCALE)
        model.run_for(months)
        return model

    return run


@pytest.fixture(scope="module")
def unchanged(future):
    return future()


@pytest.fixture(scope="session")
def first_day(small_city):
    """Return a twentieth of the city on 1 January 2025. Read it or fork it, do not step it."""
    return small_city()


@pytest.fixture(scope="session")
def next_year(first_day):
    """Return a function that lets the first day go on under some measures until they have been noticed."""
    done = {}

    def run(*measures, months=13, **scenario):
        key = (measures, months, repr(sorted(scenario.items())))
        if key not in done:
            model = first_day.fork(Scenario(measures=measures, **scenario))
            model.run_for(months)
            done[key] = model
        return done[key]

    return run
