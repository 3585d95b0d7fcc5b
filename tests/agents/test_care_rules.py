"""Care by rule: signs, bounds and units of need, carers, requests for a place, choice, isolation and staff."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortrijk_sim.agents import care_rules as rules
from kortrijk_sim.agents.care_rules import AssistedParams, CarerParams, NursingParams, StaffParams
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import CarerKind, Health

PARAMETERS = Parameters(Tables())
CARER = PARAMETERS.select(CarerParams)
NURSING = PARAMETERS.select(NursingParams)
ASSISTED = PARAMETERS.select(AssistedParams)
STAFF = PARAMETERS.select(StaffParams)

CARERS = [kind for kind in CarerKind if kind != CarerKind.NONE]
CHILDREN = [CarerKind.DAUGHTER, CarerKind.SON, CarerKind.CHILD_OUTSIDE]
ages = st.floats(50, 105)
yes = st.booleans()
health = st.sampled_from(list(Health))
frail = st.sampled_from([Health.LIGHT, Health.HEAVY, Health.DEMENTIA])
minutes = st.floats(0, 120)
hours = st.floats(0, 80)
shares = st.floats(0, 1)
prices = st.floats(0, 300)
incomes = st.floats(0, 10_000)


# --- need ----------------------------------------------------------------------------------------------


@given(ages, yes, yes)
def test_need_rises_with_each_step_of_health_and_is_nothing_in_good_health(age, male, alone):
    need = [rules.need_hours_week.py_func(age, male, alone, state, CARER) for state in Health]
    assert need[Health.GOOD] == 0
    assert need == sorted(set(need))
    assert need[-1] < 24 * 7, "nobody needs more hours than a week has"


@given(ages, yes, yes, frail)
def test_need_rises_with_age_until_a_hundred_with_living_alone_and_for_women(age, male, alone, state):
    need = rules.need_hours_week.py_func
    assert need(age, male, alone, state, CARER) <= need(age + 1, male, alone, state, CARER)
    assert need(age, male, False, state, CARER) <= need(age, male, True, state, CARER)
    assert need(age, True, alone, state, CARER) <= need(age, False, alone, state, CARER)
    assert need(100.0, male, alone, state, CARER) == need(110.0, male, alone, state, CARER)


def test_the_hours_of_need_are_those_of_a_man_of_eighty_who_does_not_live_alone():
    need = [rules.need_hours_week.py_func(80.0, True, False, state, CARER) for state in Health]
    expected = [0.0, CARER.need_light_hours_week, CARER.need_heavy_hours_week, CARER.need_dementia_hours_week]
    assert need == pytest.approx(expected)


# --- who cares -----------------------------------------------------------------------------------------


@given(yes, minutes, yes, yes, ages, yes, frail)
def test_a_child_cares_more_when_near_when_the_parent_is_old_alone_or_frail_and_when_a_daughter(
    daughter, way, employed, busy, age, alone, state
):
    def utility(**change):
        case = {
            "daughter": daughter,
            "minutes": way,
            "employed": employed,
            "busy": busy,
            "parent_age_years": age,
            "parent_alone": alone,
            "health": state,
        } | change
        return rules.child_carer_utility.py_func(**case, p=CARER)

    assert utility(minutes=way + 10) < utility()
    assert utility(parent_age_years=age + 5) >= utility()
    assert utility(daughter=True) >= utility(daughter=False)
    assert utility(parent_alone=True) >= utility(parent_alone=False)
    assert utility(employed=True) <= utility(employed=False)
    assert utility(busy=True) <= utility(busy=False)
    assert utility(health=Health.HEAVY) >= utility(health=Health.LIGHT)
    assert utility(health=Health.HEAVY) == utility(health=Health.DEMENTIA)


def test_ten_minutes_cost_ten_times_the_utility_of_a_minute():
    here = rules.child_carer_utility.py_func(True, 0.0, True, False, 85.0, True, 2, CARER)
    there = rules.child_carer_utility.py_func(True, 10.0, True, False, 85.0, True, 2, CARER)
    assert here - there == pytest.approx(10 * CARER.carer_per_minute)


@pytest.mark.parametrize("rule", [rules.partner_carer_utility, rules.other_carer_utility])
def test_heavy_need_brings_partners_and_others_to_care(rule):
    light, heavy, dementia = (rule.py_func(state, CARER) for state in (1, 2, 3))
    assert light < heavy == dementia


@given(frail)
def test_a_partner_comes_before_a_child_next_door_and_a_child_before_a_neighbour(state):
    child = rules.child_carer_utility.py_func(True, 0.0, False, False, 80.0, False, state, CARER)
    assert rules.partner_carer_utility.py_func(state, CARER) > child
    assert child > rules.other_carer_utility.py_func(state, CARER)


# --- how many hours ------------------------------------------------------------------------------------


@given(st.sampled_from(CARERS), hours, yes, minutes, yes, yes)
def test_a_carer_never_gives_more_than_the_need_and_less_with_a_job_or_when_overburdened(
    kind, need, same_home, way, employed, burdened
):
    given_hours = rules.informal_hours_week.py_func
    now = given_hours(kind, need, same_home, way, employed, burdened, CARER)
    assert 0 <= now <= need
    assert given_hours(kind, need + 1, same_home, way, employed, burdened, CARER) >= now
    assert given_hours(kind, need, same_home, way, True, burdened, CARER) <= given_hours(
        kind, need, same_home, way, False, burdened, CARER
    )
    assert given_hours(kind, need, same_home, way, employed, True, CARER) <= given_hours(
        kind, need, same_home, way, employed, False, CARER
    )
    assert given_hours(kind, need, same_home, way + 5, employed, burdened, CARER) <= now


@given(hours, minutes)
def test_nobody_gives_nothing_and_a_child_far_away_little(need, way):
    given_hours = rules.informal_hours_week.py_func
    assert given_hours(CarerKind.NONE, need, True, 0.0, False, False, CARER) == 0
    for kind in CHILDREN:
        far = given_hours(kind, need, False, 600.0, False, False, CARER)
        assert far <= CARER.carer_child_hours_week * math.exp(-600.0 / CARER.carer_hours_minutes) + 1e-12
        assert given_hours(kind, need, True, way, False, False, CARER) >= given_hours(
            kind, need, False, way, False, False, CARER
        )


def test_a_partner_can_give_most_and_a_neighbour_least():
    most = {
        kind: rules.informal_hours_week.py_func(kind, 1000.0, kind == CarerKind.PARTNER, 0.0, False, False, CARER)
        for kind in CARERS
    }
    assert most[CarerKind.PARTNER] == max(most.values())
    assert most[CarerKind.OTHER] == min(most.values())
    assert most[CarerKind.DAUGHTER] == most[CarerKind.SON]


# --- when it is too much -------------------------------------------------------------------------------


@given(hours, yes, yes)
def test_carers_are_overburdened_by_hours_and_a_job_and_relieved_by_support(given_hours, employed, relieved):
    hazard = rules.overburdened_per_year.py_func
    now = hazard(given_hours, employed, relieved, CARER)
    assert 0 <= now <= 0.9
    assert hazard(given_hours + 5, employed, relieved, CARER) >= now
    assert hazard(given_hours, True, relieved, CARER) >= hazard(given_hours, False, relieved, CARER)
    assert hazard(given_hours, employed, True, CARER) <= hazard(given_hours, employed, False, CARER)


def test_fifteen_hours_a_week_overburden_the_share_of_the_table():
    hazard = rules.overburdened_per_year.py_func(15.0, False, False, CARER)
    assert hazard == pytest.approx(CARER.burden_at_15_hours_per_year)


@given(minutes, health, yes)
def test_day_care_is_for_those_near_with_dementia_or_a_tired_carer(way, state, burdened):
    utility = rules.day_care_utility.py_func
    assert utility(way + 5, state, burdened, CARER) < utility(way, state, burdened, CARER)
    assert utility(way, Health.DEMENTIA, burdened, CARER) >= utility(way, Health.HEAVY, burdened, CARER)
    assert utility(way, state, True, CARER) >= utility(way, state, False, CARER)


# --- who asks for a nursing home -----------------------------------------------------------------------

SENIOR = {
    "age_years": 82.0,
    "male": False,
    "alone": False,
    "health": Health.HEAVY,
    "life_cycle_home": False,
    "carer_near": False,
    "day_care": False,
    "unmet_share": 0.0,
    "alignment": 0.1,
}


def asks(**change) -> float:
    return rules.nursing_entry_per_year.py_func(**(SENIOR | change), p=NURSING)


@given(
    st.fixed_dictionaries(
        {
            "age_years": st.floats(65, 115),
            "male": yes,
            "alone": yes,
            "health": health,
            "life_cycle_home": yes,
            "carer_near": yes,
            "day_care": yes,
            "unmet_share": shares,
            "alignment": st.floats(0, 10),
        }
    )
)
def test_nursing_homes_are_asked_for_by_the_old_the_lonely_the_frail_and_those_whom_nobody_helps(who):
    now = asks(**who)
    assert 0 <= now <= rules.ENTRY_MAX_PER_YEAR < 1
    assert asks(**who | {"age_years": who["age_years"] + 1}) >= now
    assert asks(**who | {"unmet_share": 1.0}) >= now
    assert asks(**who | {"alone": True}) >= asks(**who | {"alone": False})
    assert asks(**who | {"alignment": who["alignment"] * 1.1}) >= now
    for spared in ("life_cycle_home", "carer_near", "day_care"):
        assert asks(**who | {spared: True}) <= asks(**who | {spared: False}), spared
    by_health = [asks(**who | {"health": state}) for state in Health]
    assert by_health == sorted(by_health)
    assert by_health[Health.HEAVY] == by_health[Health.DEMENTIA], "dementia counts as heavy need"


@pytest.mark.parametrize(
    ("change", "ratio"),
    [
        ({"alone": True}, NURSING.nursing_alone_ratio),
        ({"life_cycle_home": True}, NURSING.nursing_life_cycle_home_ratio),
        ({"carer_near": True}, NURSING.nursing_carer_near_ratio),
        ({"day_care": True}, NURSING.nursing_day_care_ratio),
        ({"unmet_share": 1.0}, 1.0 + NURSING.nursing_unmet_ratio),
        ({"unmet_share": 0.5}, 1.0 + 0.5 * NURSING.nursing_unmet_ratio),
        ({"health": Health.GOOD}, NURSING.nursing_good_health_ratio / NURSING.nursing_heavy_ratio),
        ({"health": Health.LIGHT}, NURSING.nursing_light_ratio / NURSING.nursing_heavy_ratio),
        ({"alignment": 0.2}, 2.0),
        ({"age_years": 83.0}, math.exp(NURSING.nursing_women_growth_per_year)),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_each_ratio_is_the_one_of_the_table(change, ratio):
    assert asks(**change) / asks() == pytest.approx(ratio)


def test_the_ratios_point_the_way_their_names_say():
    assert NURSING.nursing_alone_ratio > 1
    assert NURSING.nursing_good_health_ratio < NURSING.nursing_light_ratio < NURSING.nursing_heavy_ratio
    assert NURSING.nursing_unmet_ratio >= 0
    for spared in ("life_cycle_home", "carer_near", "day_care"):
        assert 0 < getattr(NURSING, f"nursing_{spared}_ratio") < 1


def test_men_and_women_follow_their_own_line_by_age():
    for male, sex in ((True, "men"), (False, "women")):
        level = getattr(NURSING, f"nursing_{sex}_log_at_80")
        at_80 = asks(age_years=80.0, male=male, alignment=1.0) / NURSING.nursing_heavy_ratio
        assert at_80 == pytest.approx(math.exp(level))


# --- who goes first, and where -------------------------------------------------------------------------


def test_a_crisis_goes_before_heavy_need_and_heavy_need_before_all_others():
    seen = set()
    for state, alone, has_carer, burdened in itertools.product(Health, *[(False, True)] * 3):
        level = rules.urgency.py_func(state, alone, has_carer, burdened)
        crisis = burdened or (alone and not has_carer)
        assert level == (0 if state < Health.HEAVY else 2 if crisis else 1)
        seen.add(level)
    assert seen == {0, 1, 2}


@given(minutes, minutes, prices, incomes, shares)
def test_a_place_is_liked_when_near_home_and_family_affordable_and_good(home, family, price, income, quality):
    like = rules.nursing_place_utility.py_func
    now = like(home, family, price, income, quality, NURSING)
    assert like(home + 1, family, price, income, quality, NURSING) < now
    assert like(home, family + 1, price, income, quality, NURSING) < now
    assert like(home, family, price + 1, income, quality, NURSING) <= now
    assert like(home, family, price, income + 100, quality, NURSING) >= now
    assert like(home, family, price, income, quality + 0.1, NURSING) > now


@given(st.floats(0, 300), st.floats(1, 2000))
def test_only_the_price_above_the_income_counts_per_hundred_euros_a_month(price, gap):
    like = rules.nursing_place_utility.py_func
    month = price * rules.DAYS_PER_MONTH
    free = like(0.0, 0.0, 0.0, 0.0, 0.5, NURSING)
    assert like(0.0, 0.0, price, month + gap, 0.5, NURSING) == free, "who can pay does not mind the price"
    dear = like(0.0, 0.0, (month + gap) / rules.DAYS_PER_MONTH, month, 0.5, NURSING)
    assert free - dear == pytest.approx(NURSING.nursing_price_per_100_eur * gap / 100.0, rel=1e-6, abs=1e-9)


@given(minutes)
def test_visits_are_a_probability_that_falls_with_the_way(way):
    visit = rules.weekly_visit_probability.py_func
    assert 0 < visit(way + 5, NURSING) < visit(way, NURSING) < 1


# --- alone ---------------------------------------------------------------------------------------------


@given(yes, yes, yes, health, shares)
def test_isolation_is_lowered_by_family_carer_day_care_and_a_good_village_near(near, carer, day_care, state, quality):
    case = {"child_near": near, "has_carer": carer, "day_care": day_care, "health": state, "village_quality": quality}

    def isolated(**change):
        return rules.isolation_probability.py_func(**(case | change), p=CARER)

    assert 0 < isolated() < 1
    for company in ("child_near", "has_carer", "day_care"):
        assert isolated(**{company: True}) <= isolated(**{company: False}), company
    assert isolated(village_quality=1.0) <= isolated() <= isolated(village_quality=0.0)
    assert isolated(health=Health.HEAVY) > isolated(health=Health.LIGHT) == isolated(health=Health.GOOD)


# --- assisted homes and staff --------------------------------------------------------------------------


@given(minutes, yes, st.floats(0, 3000), incomes, yes, shares, yes)
def test_an_assisted_home_draws_those_near_alone_in_a_poor_home_and_a_village_draws_more(
    way, alone, rent, income, proof, quality, village
):
    case = {
        "minutes": way,
        "alone": alone,
        "rent_eur_month": rent,
        "income_eur_month": income,
        "life_cycle_home": proof,
        "quality": quality,
        "village": village,
    }

    def utility(**change):
        return rules.assisted_home_utility.py_func(**(case | change), p=ASSISTED)

    assert utility(minutes=way + 1) < utility()
    assert utility(alone=True) >= utility(alone=False)
    assert utility(rent_eur_month=rent + 100) <= utility()
    assert utility(income_eur_month=income + 100) >= utility()
    assert utility(life_cycle_home=True) <= utility(life_cycle_home=False)
    assert utility(quality=quality + 0.1) > utility()
    assert utility(village=True) >= utility(village=False)


def test_a_rent_of_a_third_of_the_income_is_no_burden():
    utility = rules.assisted_home_utility.py_func
    free = utility(5.0, True, 0.0, 3000.0, False, 0.5, False, ASSISTED)
    assert utility(5.0, True, 1000.0, 3000.0, False, 0.5, False, ASSISTED) == free
    dearer = utility(5.0, True, 1200.0, 3000.0, False, 0.5, False, ASSISTED)
    assert free - dearer == pytest.approx(2 * ASSISTED.assisted_rent_per_100_eur)


def test_heavier_need_asks_for_more_staff_but_never_for_more_than_one_each():
    staff = [rules.staff_fte.py_func(state, STAFF) for state in Health]
    assert staff[Health.GOOD] == staff[Health.LIGHT] < staff[Health.HEAVY] < staff[Health.DEMENTIA]
    assert staff[0] > 0
    assert staff[-1] <= 1


@pytest.mark.parametrize(
    ("rule", "arguments"),
    [
        (rules.need_hours_week, (83.0, False, True, 2, CARER)),
        (rules.child_carer_utility, (True, 12.0, True, False, 83.0, True, 2, CARER)),
        (rules.informal_hours_week, (2, 20.0, False, 12.0, True, False, CARER)),
        (rules.overburdened_per_year, (12.0, True, False, CARER)),
        (rules.nursing_entry_per_year, (83.0, False, True, 2, False, True, False, 0.4, 1.2, NURSING)),
        (rules.nursing_place_utility, (9.0, 12.0, 70.0, 1600.0, 0.6, NURSING)),
        (rules.isolation_probability, (True, False, False, 2, 0.7, CARER)),
        (rules.assisted_home_utility, (6.0, True, 950.0, 1700.0, False, 0.6, True, ASSISTED)),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_compiled_rule_says_what_the_plain_one_says(rule, arguments):
    assert rule(*arguments) == pytest.approx(rule.py_func(*arguments), rel=1e-12)
