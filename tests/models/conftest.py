"""A tenth of the city under some measures, for the tests of care."""

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
