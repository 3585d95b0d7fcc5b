"""Cities that many tests look at: built once, never changed by a test that only looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

SMALL = 0.05  # a twentieth of the city: about 4,000 people


@pytest.fixture(scope="session")
def parameters() -> Parameters:
    return Parameters(Tables())


@pytest.fixture(scope="session")
def small_city() -> Callable[..., KortrijkModel]:
    """Return a maker of small cities: arguments as for KortrijkModel."""
    from kortrijk_sim.models.model import KortrijkModel  # noqa: PLC0415 - loads the kernels

    def make(scenario: object = None, *, rng: int = 1, scale: float = SMALL) -> KortrijkModel:
        return KortrijkModel(scenario, rng=rng, scale=scale)

    return make


@pytest.fixture(scope="session")
def four_years(small_city: Callable[..., KortrijkModel]) -> KortrijkModel:
    """Return a small city on 1 January 2029. Read it, do not step it."""
    model = small_city()
    for _ in range(48):
        model.step()
    return model
