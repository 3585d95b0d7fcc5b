"""Measures in a few lines add up to what the scenario holds."""

from __future__ import annotations

import pytest

from kortrijk_sim.experiments.report.policies import QUANTITIES, STRENGTHS, measure_lines
from kortrijk_sim.experiments.report.texts import Texts
from kortrijk_sim.experiments.scenario_files import load_scenario, ready_scenarios
from kortrijk_sim.models.policy import MEASURES


def test_nursing_places_of_the_care_scenario_add_up() -> None:
    lines = {line.what: line for line in measure_lines(load_scenario("care"), Texts("nl"))}
    assert lines["Zorgdorpen"].amount == "370 woonzorgplaatsen, 166 assistentiewoningen, 40 plaatsen dagopvang"
    assert lines["Zorgdorpen"].number == "4" and lines["Zorgsites uitbreiden"].where == "De Zon"
    assert lines["Meer thuiszorg"].when == "2026–2040" and lines["Steun voor mantelzorgers"].where == "hele stad"


@pytest.mark.parametrize("name", ready_scenarios())
@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_measure_of_every_ready_scenario_has_its_line(name: str, language: str) -> None:
    scenario = load_scenario(name)
    texts = Texts(language)
    lines = measure_lines(scenario, texts)
    assert [line.what for line in lines] == [
        texts(f"measure.{kind}") for kind in dict.fromkeys(measure.measure for measure in scenario.measures)
    ]
    assert sum(int(line.number) for line in lines) == len(scenario.measures)
    assert all(line.when and line.where for line in lines)


def test_the_fields_that_are_told_are_fields_of_measures() -> None:
    fields = {field for measure in MEASURES.values() for field in measure.model_fields}
    assert set(QUANTITIES) | set(STRENGTHS) <= fields
