from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography, load_geography
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.policy import (
    MEASURES,
    MONTHS,
    BuildHomes,
    LargeFamilyPremium,
    NotaryHelp,
    Scenario,
    check_scenario,
    homes_before,
    homes_due,
    month_number,
    wijk_of_homes,
)


@pytest.fixture(scope="module")
def geography() -> Geography:
    return load_geography(Tables())


def homes(number: int = 100, **more: object) -> BuildHomes:
    return BuildHomes.model_validate({"from": 2026, "homes": number, "programme": "social", **more})


def test_a_year_starts_in_january_and_ends_in_december() -> None:
    assert (month_number(2025), month_number("2025-07"), month_number(2040, closing=True)) == (0, 6, 191)


@pytest.mark.parametrize("wrong", [1999, 2024, 2041, "2024-12", "2041-01", "2030-13", "2030-7", "soon", True])
def test_a_date_outside_the_simulated_years_is_refused(wrong: int | str) -> None:
    with pytest.raises(ValueError, match="valid"):
        month_number(wrong)


@given(st.integers(1, 20_000), st.integers(0, MONTHS - 1), st.integers(0, MONTHS - 1))
def test_every_home_is_finished_exactly_once_and_evenly(number: int, one: int, other: int) -> None:
    first, last = sorted((one, other))
    measure = homes(
        number,
        **{
            "from": f"{2025 + first // 12}-{first % 12 + 1:02d}",
            "until": f"{2025 + last // 12}-{last % 12 + 1:02d}",
        },
    )
    per_month = [homes_due(measure, month) for month in range(MONTHS)]
    assert sum(per_month) == number
    assert sum(per_month[:first]) == 0
    assert sum(per_month[last + 1 :]) == 0
    assert max(per_month[first : last + 1]) - min(per_month[first : last + 1]) <= 1


def test_homes_finished_before_a_month_are_the_sum_of_those_due_until_then() -> None:
    measure = homes(137, until="2031-05")
    due = np.cumsum([homes_due(measure, month) for month in range(MONTHS)])
    assert [homes_before(measure, month + 1) for month in range(MONTHS)] == due.tolist()


@given(number=st.integers(1, 3000))
def test_homes_for_the_whole_city_are_shared_by_households(geography: Geography, number: int) -> None:
    wijk = wijk_of_homes(homes(number), geography)
    assert wijk.shape == (number,)
    households = np.bincount(geography.sector_wijk, weights=[s.households for s in geography.sectors], minlength=14)
    fair = number * households / households.sum()
    assert np.abs(np.bincount(wijk, minlength=14) - fair).max() < 1


def test_halfway_through_each_wijk_has_about_half_of_its_homes(geography: Geography) -> None:
    wijk = wijk_of_homes(homes(1000), geography)
    half, whole = np.bincount(wijk[:500], minlength=14), np.bincount(wijk, minlength=14)
    assert np.abs(half - whole / 2).max() <= 1


def test_homes_placed_in_one_wijk_all_stand_there(geography: Geography) -> None:
    marke = geography.wijk_number("Marke")
    assert set(wijk_of_homes(homes(40, wijk="Marke"), geography).tolist()) == {marke}


def test_a_measure_holds_from_its_first_to_its_last_month_and_in_no_other() -> None:
    scenario = Scenario(measures=(homes(5, **{"from": "2027-03", "until": 2028}),))
    assert [month for month in range(MONTHS) if scenario.active(month)] == list(range(26, 48))
    assert list(scenario.of(NotaryHelp)) == []
    assert list(scenario.of(BuildHomes, 25)) == []
    assert list(scenario.of(BuildHomes, 26)) == list(scenario.measures)


def test_without_an_end_a_measure_builds_at_the_same_pace_whatever_the_horizon() -> None:
    short, long = Scenario(years=5, measures=(homes(),)), Scenario(measures=(homes(),))
    assert [homes_due(short.measures[0], m) for m in range(60)] == [homes_due(long.measures[0], m) for m in range(60)]


def test_only_life_cycle_homes_are_proof_unless_it_is_said() -> None:
    assert homes(programme="life_cycle").proof
    assert not homes().proof
    assert homes(life_cycle_proof=True).proof
    assert not homes(programme="life_cycle", life_cycle_proof=False).proof


def test_the_digest_follows_what_determines_a_run_and_nothing_else() -> None:
    base = Scenario(measures=(homes(),))
    same = Scenario(
        name="other",
        title="Another name",
        measures=(homes(**{"from": "2026-01", "until": "2040-12", "life_cycle_proof": False}),),
    )
    assert base.digest() == same.digest()
    different = [
        Scenario(measures=(homes(101),)),
        Scenario(measures=(homes(wijk="Marke"),)),
        Scenario(measures=(homes(until="2040-11"),)),
        Scenario(measures=(homes(life_cycle_proof=True),)),
        Scenario(years=15, measures=(homes(),)),
        Scenario(measures=(homes(),), switches={"kangaroo_living": False}),
        Scenario(measures=(homes(),), parameters={"a": 1.0}),
        Scenario(),
    ]
    assert len({base.digest(), *(s.digest() for s in different)}) == len(different) + 1


def test_all_couplings_are_on_unless_switched_off() -> None:
    scenario = Scenario(switches={"kangaroo_living": False})
    assert not scenario.switch("kangaroo_living")
    assert scenario.switch("care_entry_frees_home")
    assert all(Scenario().switches.values())


@pytest.mark.parametrize(
    "nonsense",
    [
        {"homes": 0},
        {"homes": -3},
        {"homes": 20_001},
        {"homes": 2.5},
        {"homes": "5"},
        {"homes": True},
        {"programme": "castle"},
        {"from": 1999},
        {"until": 2025},
        {"wijk": []},
        {"colour": "red"},
    ],
)
def test_nonsense_in_a_building_measure_is_refused(nonsense: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        homes(**nonsense)


@pytest.mark.parametrize("kind", sorted(MEASURES))
def test_every_measure_says_what_it_does_and_has_bounds(kind: str) -> None:
    model = MEASURES[kind]
    assert model.__doc__
    assert len(model.__doc__) > 60
    for name, field in model.model_fields.items():
        if field.annotation in (int, float):
            limits = {type(limit).__name__ for limit in field.metadata}
            assert "Le" in limits, name
            assert limits & {"Ge", "Gt"}, name


def test_more_homes_than_the_city_has_are_refused() -> None:
    with pytest.raises(ValidationError, match="homes in all"):
        Scenario(measures=(homes(20_000), homes(20_000), homes(20_000)))


def test_a_premium_of_infinite_euros_is_refused() -> None:
    with pytest.raises(ValidationError):
        LargeFamilyPremium.model_validate({"from": 2026, "eur_month": float("inf")})


def test_wijken_get_their_full_name_however_they_were_written(geography: Geography) -> None:
    scenario = Scenario(measures=(homes(wijk="heule centrum"),))
    checked = check_scenario(scenario, geography, Parameters(Tables()))
    assert checked.measures[0].wijk == ("Heule Centrum",)


def test_an_unknown_wijk_is_named_with_its_key_and_the_nearest_one(geography: Geography) -> None:
    scenario = Scenario(measures=(homes(), homes(wijk="Heul Centrum")))
    with pytest.raises(InputError, match=r"measures\[1\]\.wijk .*did you mean 'Heule Centrum'"):
        check_scenario(scenario, geography, Parameters(Tables()))


def test_a_building_site_outside_its_wijk_is_refused(geography: Geography) -> None:
    sector = geography.sectors[0]
    elsewhere = next(w for i, w in enumerate(geography.wijken) if i != sector.wijk).name
    scenario = Scenario(measures=(homes(wijk=elsewhere, sector=sector.code),))
    with pytest.raises(InputError, match=r"measures\[0\]\.sector"):
        check_scenario(scenario, geography, Parameters(Tables()))


def test_a_building_site_lies_in_the_wijk_of_its_sector(geography: Geography) -> None:
    sector = geography.sectors[40]
    scenario = Scenario(measures=(homes(sector=sector.code),))
    checked = check_scenario(scenario, geography, Parameters(Tables())).measures[0]
    assert isinstance(checked, BuildHomes)
    assert set(wijk_of_homes(checked, geography).tolist()) == {sector.wijk}


def test_an_unknown_parameter_is_named(geography: Geography) -> None:
    with pytest.raises(InputError, match=r"parameters\.wishful_thinking"):
        check_scenario(Scenario(parameters={"wishful_thinking": 1.0}), geography, Parameters(Tables()))
