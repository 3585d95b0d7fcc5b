from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kortrijk_sim.city.facts import Facts
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.targets import Measured, load_targets

HEAD = "fact,indicator,form,side,factor,note,source\n"
LINE = "homes_extra,dwellings,change,at least,1,,the note\n"


def tables_with(folder: Path, old: str, new: str) -> Tables:
    text = Tables().text("targets")
    assert old in text
    (folder / "targets.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    return Tables(folder)


def test_every_target_and_action_of_the_note_has_a_line_and_nothing_else_has() -> None:
    asked = [fact.name for fact in Facts(Tables()).note if fact.kind in ("target", "action")]
    assert len(asked) == 51
    assert [target.fact.name for target in load_targets()] == asked


def test_who_is_not_simulated_says_why() -> None:
    assert all(target.note for target in load_targets() if target.measured is None)


def test_what_the_model_provides_is_simulated_and_what_it_does_not_know_is_not() -> None:
    simulated = {target.fact.name for target in load_targets() if target.measured is not None}
    assert {"homes_extra", "social_homes_extra", "lifecycle_homes_extra", "nursing_places_extra"} <= simulated
    assert {"shared_cars_total", "charge_points_extra", "vehicle_km_2040", "city_care_market_share"} <= simulated
    # Travel of inhabitants is a part of all emissions: their targets cannot be judged by it.
    assert not {"co2_2030", "co2_2040", "co2_target_2030_intro"} & simulated


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("homes_extra,dwellings,", "homes_extra,dwelings,", ("homes_extra", "dwelings", "'dwellings'")),
        ("homes_extra,dwellings,change", "homes_extra,homes_built,change", ("homes_built", "by the month")),
        ("homes_extra,dwellings,change", "homes_extra,dwellings,growth", ("line ", "form", "growth")),
        ("homes_extra,dwellings,change,at least", "homes_extra,dwellings,change,above", ("line ", "side")),
        ("homes_extra,dwellings,change,at least,1", "homes_extra,dwellings,change,at least,0", ("factor 0",)),
        ("homes_extra,dwellings,change,at least,1", "homes_extra,dwellings,change,,1", ("or none of them",)),
        ("homes_extra,dwellings", "home_extra,dwellings", ("'home_extra'", "'homes_extra'")),
        ("homes_extra,dwellings", "population_2025,dwellings", ("'population_2025' is no target",)),
        ("social_homes_extra,", "homes_extra,", ("'homes_extra' stands twice",)),
        ("trees_2030,,,,,green is not in the model", "trees_2030,,,,,", ("why it is not",)),
        ("wind_2050,,,,", "wind_2050,dwellings,level,at least,1", ("wind_2050", "2050", "2025 to 2040")),
    ],
)
def test_a_line_that_does_not_fit_is_refused_in_one_sentence(
    old: str, new: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        load_targets(tables_with(tmp_path, old, new))
    sentence = str(caught.value)
    assert "targets.csv" in sentence
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_a_target_without_a_line_is_refused(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text(HEAD + LINE, encoding="utf-8")
    with pytest.raises(InputError, match="no line for fact 'co2_target_2030_intro'"):
        load_targets(Tables(tmp_path))


def test_a_level_a_change_and_a_reduction_are_read_from_an_indicator() -> None:
    runs = np.array([[200.0, 150.0, 250.0]])
    assert Measured("x", "level", "at least", 100.0).values(runs).tolist() == [[20_000.0, 15_000.0, 25_000.0]]
    assert Measured("x", "change", "at least", 1.0).values(runs).tolist() == [[0.0, -50.0, 50.0]]
    assert Measured("x", "change_percent", "at least", -1.0).values(runs).tolist() == [[0.0, 25.0, -25.0]]


def test_a_change_in_per_cent_of_nothing_is_unknown_and_reaches_no_goal() -> None:
    for side in ("at least", "at most"):
        measured = Measured("x", "change_percent", side, 1.0)
        values = measured.values(np.array([[0.0, 5.0]]))
        assert np.isnan(values).all()
        assert not measured.reached(values, 1.0).any()


def test_what_stands_on_the_line_has_reached_it_on_either_side() -> None:
    values = np.array([[1000.0 * (1 - 1e-12), 1000.0 * (1 + 1e-12), 999.9, 1000.1]])
    assert Measured("x", "level", "at least", 1.0).reached(values, 1000.0).tolist() == [[True, True, False, True]]
    assert Measured("x", "level", "at most", 1.0).reached(values, 1000.0).tolist() == [[True, True, True, False]]
