"""The whole city of Kortrijk, person by person, from 2025 to 2040.

``run`` runs a scenario, ``load_scenario`` reads one, ``Scenario`` is one, ``compare`` compares the results of
several, and ``KortrijkModel`` is the city as a Mesa model. They are loaded when they are first used, so that
the command line answers at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kortrijk_sim.experiments.comparison import compare
    from kortrijk_sim.experiments.run import run
    from kortrijk_sim.experiments.scenario_files import load_scenario
    from kortrijk_sim.models.model import KortrijkModel
    from kortrijk_sim.models.policy import Scenario

__all__ = ["KortrijkModel", "Scenario", "compare", "load_scenario", "run"]

_HOME = {
    "KortrijkModel": "kortrijk_sim.models.model",
    "Scenario": "kortrijk_sim.models.policy",
    "compare": "kortrijk_sim.experiments.comparison",
    "load_scenario": "kortrijk_sim.experiments.scenario_files",
    "run": "kortrijk_sim.experiments.run",
}


def __getattr__(name: str) -> Any:
    """Load a name of the public API when it is first asked for."""
    if name == "__version__":
        return import_module("importlib.metadata").version("kortrijk-sim")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__, "__version__"])
