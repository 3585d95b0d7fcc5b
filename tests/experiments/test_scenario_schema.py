from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.experiments.scenario_files import load_scenario, ready_scenarios, scenario_to_toml
from kortrijk_sim.experiments.scenario_schema import scenario_schema
from kortrijk_sim.models.measures import MEASURES

BUILD = '[[measures]]\nmeasure = "build_homes"\nprogramme = "social"\n'
CLOSE = '[[measures]]\nmeasure = "close_care_site"\nsite = "De Zon"\nfrom = 2030\n'
GOOD = {
    "nothing at all": "",
    "a name as base": 'extends = "rotation"',
    "a month": BUILD + 'from = "2028-07"\nuntil = 2030\nhomes = 5',
    "one wijk": BUILD + 'from = 2028\nhomes = 5\nwijk = "Marke"',
    "all wijken": BUILD + 'from = 2028\nhomes = 5\nwijk = "all"',
    "whole euros": '[[measures]]\nmeasure = "notary_help"\nfrom = 2026\neur = 2500',
    "a site": CLOSE,
    "a schema hint": "#:schema scenario.schema.json\nyears = 3",
}
BAD = {
    "an unknown key": 'titel = "x"',
    "seventeen years": "years = 17",
    "an unknown measure": '[[measures]]\nmeasure = "bild_homes"\nfrom = 2026',
    "a measure without a kind": "[[measures]]\nfrom = 2026",
    "a measure without a date": BUILD + "homes = 5",
    "a key of another measure": BUILD + "from = 2026\nhomes = 5\neur = 9",
    "the Python name of a key": BUILD + "from_ = 2026\nhomes = 5",
    "text for a number": BUILD + 'from = 2026\nhomes = "many"',
    "too many homes": BUILD + "from = 2026\nhomes = 999999",
    "an unknown programme": '[[measures]]\nmeasure = "build_homes"\nprogramme = "palace"\nfrom = 2026\nhomes = 1',
    "the year 1999": BUILD + "from = 1999\nhomes = 5",
    "a thirteenth month": BUILD + 'from = "2026-13"\nhomes = 5',
    "a number for a wijk": BUILD + "from = 2026\nhomes = 5\nwijk = 8",
    "no wijk": BUILD + "from = 2026\nhomes = 5\nwijk = []",
    "an end of what is done to a site": CLOSE + "until = 2031",
    "a number for a base": "extends = 5",
    "no base": "extends = []",
    "one base twice": 'extends = ["care", "care"]',
    "an unknown kind left out": 'extends = "care"\nwithout = ["bild_homes"]',
    "an unknown parameter": "[parameters]\nwishful_thinking = 1.0",
    "text for a parameter": '[parameters]\ndeveloper_ratio = "half"',
    "an unknown switch": "[switches]\nkangaroo = true",
    "a number for a switch": "[switches]\nkangaroo_living = 1",
}


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", ready_scenarios())
def test_every_ready_made_scenario_fits_the_schema_as_it_stands_and_written_out(name: str, validator: Any) -> None:
    text = (resources.files("kortrijk_sim.experiments") / "scenarios" / f"{name}.toml").read_text("utf-8")
    validator.validate(tomllib.loads(text))
    validator.validate(tomllib.loads(scenario_to_toml(load_scenario(name))))


@pytest.mark.parametrize("case", sorted(GOOD))
def test_what_can_be_loaded_fits_the_schema(case: str, validator: Any, tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text(GOOD[case], encoding="utf-8")
    load_scenario(tmp_path / "own.toml")
    validator.validate(tomllib.loads(GOOD[case]))


@pytest.mark.parametrize("case", sorted(BAD))
def test_slips_do_not_fit_the_schema(case: str, validator: Any) -> None:
    assert not validator.is_valid(tomllib.loads(BAD[case]))


def test_every_measure_and_its_keys_are_explained() -> None:
    definitions = scenario_schema()["$defs"]
    for name, model in MEASURES.items():
        definition = definitions[model.__name__]
        assert definition["properties"]["measure"]["const"] == name
        assert len(definition["description"]) > 40
        assert "`" not in definition["description"]


def test_parameters_come_with_unit_and_range_from_the_tables_that_are_used(tmp_path: Path) -> None:
    offered = scenario_schema()["properties"]["parameters"]["properties"]
    assert set(offered) == set(Parameters(Tables()))
    assert "(dwellings)" in offered["land_houses"]["description"]
    assert "from 1500 to 4000" in offered["land_houses"]["description"]
    text = Tables().text("parameters_market").replace("land_houses,dwellings,2600", "land_houses,dwellings,2700")
    (tmp_path / "parameters_market.csv").write_text(text, encoding="utf-8")
    own = scenario_schema(Tables(tmp_path))["properties"]["parameters"]["properties"]
    assert own["land_houses"]["default"] == 2700
