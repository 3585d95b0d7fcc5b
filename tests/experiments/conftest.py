from __future__ import annotations

import sys

import fake_city as fake_city_module
import pytest


@pytest.fixture
def fake_city(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a city of a handful of numbers in the place of the real one; nothing gets compiled."""
    monkeypatch.setitem(sys.modules, "kortrijk_sim.models.model", fake_city_module.as_module())
    monkeypatch.setattr("kortrijk_sim.compiling.is_compiled", lambda: True)
