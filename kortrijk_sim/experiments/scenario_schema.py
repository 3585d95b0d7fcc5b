"""The JSON Schema of a scenario file: what an editor needs to complete names, explain keys and mark slips.

It is made from the models that read scenarios, so it cannot fall behind them. What depends on several keys or on
the city (places, names of sites and lines, dates in order) is left to ``kortrijk-sim scenario check``.
"""

from __future__ import annotations

import inspect
from typing import Any

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.scenario_files import ready_scenarios
from kortrijk_sim.models.care_measures import SiteMeasure
from kortrijk_sim.models.measures import MEASURES
from kortrijk_sim.models.policy import SWITCHES, Scenario

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema(tables: Tables | None = None) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario file.

    Args:
        tables: Tables with the parameters and wijken that are offered; the package's own by default.
    """
    tables = tables if tables is not None else Tables()
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    schema = {"$schema": DRAFT, **schema, "title": "Scenario of kortrijk-sim", "description": _said(Scenario)}
    keys = schema["properties"]
    keys["extends"]["examples"] = ready_scenarios()
    keys["parameters"] = {**_parameters(tables), "description": keys["parameters"]["description"]}
    keys["switches"] = {
        "type": "object",
        "description": keys["switches"]["description"],
        "properties": {name: {"type": "boolean", "description": name.replace("_", " ")} for name in SWITCHES},
        "additionalProperties": False,
    }
    keys["measures"]["description"] = "what is done, when and where: one [[measures]] table each"
    wijken = [wijk.name for wijk in load_geography(tables).wijken]
    for name, model in MEASURES.items():
        _finish_measure(schema["$defs"][model.__name__], name, model, wijken)
    return schema


def _finish_measure(schema: dict[str, Any], name: str, model: type[Any], wijken: list[str]) -> None:
    """Say what a model does not: that a measure is named, what it is, and that sites have no end."""
    keys = schema["properties"]
    schema["title"], schema["description"] = name, _said(model)
    schema["required"] = ["measure", *schema.get("required", [])]
    keys["measure"] = {"const": name, "description": _said(model)}
    keys["from"] |= {"description": "year or month (2028 or '2028-07') in which it begins"}
    if issubclass(model, SiteMeasure):
        del keys["until"]
    else:
        keys["until"] |= {"description": "last year or month in which it holds; to the end of 2040 by default"}
    if "wijk" in keys:
        keys["wijk"] |= {"examples": wijken}
        keys["wijk"].setdefault("description", "a wijk, a list of wijken, or 'all'")


def _parameters(tables: Tables) -> dict[str, Any]:
    """Return the table of parameters: each name with unit, value, range and note."""
    known = {}
    for parameter in Parameters(tables).values():
        about = f"{parameter.note or parameter.name.replace('_', ' ')} ({parameter.unit})"
        span = f"{parameter.value:g}, from {parameter.low:g} to {parameter.high:g}, {parameter.kind}"
        known[parameter.name] = {"type": "number", "description": f"{about}: {span}", "default": parameter.value}
    return {"type": "object", "properties": known, "additionalProperties": False}


def _said(model: type[Any]) -> str:
    """Return the first sentence of a docstring as plain text."""
    first = (inspect.getdoc(model) or "").split("\n\n")[0]
    return " ".join(first.replace("``", "'").split())
