"""The ready-made scenarios do what they say: small cities, few years, signs."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from kortrijk_sim.experiments.board import board_of_run
from kortrijk_sim.experiments.scenario_files import load_scenario
from kortrijk_sim.experiments.yearly import yearly_of
from kortrijk_sim.models.model import KortrijkModel

YEARS, SEEDS = 4, (1, 2)
LAST = 2024 + YEARS
CENTRE = "Kortrijk Centrum"

type Runs = Callable[[str], pd.DataFrame]


def run(name: str, seed: int, years: int) -> KortrijkModel:
    model = KortrijkModel(load_scenario(name), rng=seed, scale=0.05)
    model.run_for(12 * years)
    return model


@pytest.fixture(scope="module")
def runs() -> Runs:
    """Return the mean over seeds of a scenario's indicators, by year and place; each scenario is run once."""
    found: dict[str, pd.DataFrame] = {}

    def of(name: str) -> pd.DataFrame:
        if name not in found:
            frames = pd.concat([yearly_of(run(name, seed, YEARS)) for seed in SEEDS])
            found[name] = frames.groupby(["year", "place"], sort=False).mean()
        return found[name]

    return of


def test_double_ageing_brings_more_very_old_people_and_more_care_and_leaves_the_first_day_alone(runs: Runs) -> None:
    ageing, unchanged = runs("double_ageing"), runs("unchanged")
    for name in ("persons_80plus", "persons_65plus", "need_heavy", "unmet_hours_week"):
        assert ageing.loc[(LAST, "Kortrijk"), name] > 1.01 * unchanged.loc[(LAST, "Kortrijk"), name], name
    assert ageing.loc[(LAST, "Kortrijk"), "persons_0_17"] < unchanged.loc[(LAST, "Kortrijk"), "persons_0_17"]
    for name in ("population", "persons_80plus", "persons_0_17"):
        assert ageing.loc[(2024, "Kortrijk"), name] == unchanged.loc[(2024, "Kortrijk"), name]


def test_expensive_energy_makes_people_drive_less_and_cycle_and_walk_more(runs: Runs) -> None:
    dear, unchanged = runs("expensive_energy").loc[(LAST, "Kortrijk")], runs("unchanged").loc[(LAST, "Kortrijk")]
    assert dear["vehicle_km_per_person"] < 0.98 * unchanged["vehicle_km_per_person"]
    assert dear["mode_share_sustainable"] > unchanged["mode_share_sustainable"]
    assert dear["co2_travel"] < unchanged["co2_travel"]


def test_all_in_the_centre_fills_the_centre_and_leaves_the_rest_with_fewer_homes(runs: Runs) -> None:
    centre, rotation = runs("all_in_centre"), runs("rotation")

    def built(frame: pd.DataFrame, place: str) -> float:
        return float(frame.loc[(LAST, place), "dwellings"] - frame.loc[(2024, place), "dwellings"])

    assert built(centre, CENTRE) > built(rotation, CENTRE) + 300
    elsewhere = [built(f, "Kortrijk") - built(f, CENTRE) for f in (centre, rotation)]
    assert elsewhere[0] < elsewhere[1] - 300
    assert built(centre, "Kortrijk") == pytest.approx(built(rotation, "Kortrijk"), abs=200)
    assert centre.loc[(LAST, CENTRE), "population"] > rotation.loc[(LAST, CENTRE), "population"]


def test_the_note_does_what_its_three_programmes_do(runs: Runs) -> None:
    note, unchanged = runs("note").loc[(LAST, "Kortrijk")], runs("unchanged").loc[(LAST, "Kortrijk")]
    for name in ("social_homes", "life_cycle_homes", "nursing_places", "shared_cars", "charge_points", "hubs"):
        assert note[name] > unchanged[name], name
    assert note["student_rooms"] > unchanged["student_rooms"]
    assert note["home_care_hours_week"] > unchanged["home_care_hours_week"]
    assert note["life_cycle_homes"] == pytest.approx(
        runs("rotation").loc[(LAST, "Kortrijk"), "life_cycle_homes"], abs=60
    )


def test_no_home_is_finished_after_2030_when_permits_end_in_time() -> None:
    model = run("no_building_after_2030", 1, 7)
    built = yearly_of(model).query("place == 'Kortrijk'").set_index("year")["homes_built"]
    assert built[2030] > 0
    assert built[2031] == 0
    last = model.indicators.frame().query("place == 'Kortrijk' and homes_built > 0")["month"].max()
    assert last in (71, 72)  # a row closes the month before it: December 2030, or the month before if none came then


def test_a_run_under_way_has_its_board() -> None:
    rows = {row.target: row for row in board_of_run(yearly_of(run("care", 1, 4)))}
    assert rows["nursing_places_extra"].verdict in ("on course", "behind")
    assert rows["nursing_places_extra"].value == pytest.approx(
        30, abs=20
    )  # De Zon in 2028, whole places of a small city
    assert rows["shared_cars_total"].verdict == "behind"
    assert rows["co2_2040"].verdict == "not simulated"
