"""How a household decides about its home: signs, bounds and units of each rule."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kortrijk_sim.agents import household_rules as rules
from kortrijk_sim.agents.household_rules import HousingParams
from kortrijk_sim.agents.senior_rules import senior_moving_ratio
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables

P = Parameters(Tables()).select(HousingParams)
profiles = st.floats(0, 0.6)
rooms = st.integers(1, 11)
money = st.floats(0, 2_000_000)
incomes = st.floats(300, 20_000)


@pytest.mark.parametrize(
    ("adults", "couple", "children", "needed"),
    [
        (1, False, 0, 2),
        (2, True, 0, 2),
        (2, False, 0, 3),
        (2, True, 2, 4),
        (1, False, 1, 3),
        (3, True, 0, 3),
        (0, False, 1, 3),
    ],
)
def test_a_couple_shares_a_bedroom_and_each_child_has_one(adults, couple, children, needed):
    assert rules.rooms_needed.py_func(adults, couple, children) == needed


def test_one_spare_room_is_no_luxury():
    assert not rules.is_too_large.py_func(4, 3)
    assert rules.is_too_large.py_func(5, 3)


@given(rooms, rooms, *[st.booleans()] * 4)
def test_mismatch_is_never_negative_and_grows_with_each_reason(have, needed, children, stairs, widowed, born):
    m = rules.mismatch.py_func
    now = m(have, needed, children, stairs, widowed, born, P)
    assert now >= 0
    assert m(have, needed, children, True, widowed, born, P) >= now
    assert m(have, needed, children, stairs, True, born, P) >= now
    assert m(have, needed, children, stairs, widowed, True, P) >= now
    if have < needed:
        assert m(have - 1, needed, children, stairs, widowed, born, P) >= now
    if have > needed and not children:
        assert m(have + 1, needed, children, stairs, widowed, born, P) >= now


@pytest.mark.parametrize(
    "reason",
    [
        {"rooms": 2},
        {"rooms": 6},
        {"stairs_and_limitation": True},
        {"widowed_recently": True},
        {"child_born_recently": True},
    ],
)
def test_each_reason_to_move_counts(reason):
    content = {
        "rooms": 4, "needed": 3, "has_children": False, "stairs_and_limitation": False, "widowed_recently": False,
        "child_born_recently": False,
    }  # fmt: skip
    assert rules.mismatch.py_func(**content, p=P) == 0
    assert rules.mismatch.py_func(**(content | reason), p=P) > 0


def test_empty_rooms_do_not_bother_a_family_with_children():
    assert rules.mismatch.py_func(9, 4, True, False, False, False, P) == 0


@given(profiles, st.floats(0, 4), st.floats(0, 4), st.floats(0, 2))
def test_looking_for_a_home_has_a_probability_that_rises_with_mismatch(profile, mismatch, ratio, years):
    p = rules.moving_probability.py_func
    now = p(profile, mismatch, ratio, years)
    assert 0 <= now <= 1
    assert p(profile, mismatch + 0.5, ratio, years) >= now
    assert p(profile, mismatch, ratio + 0.5, years) >= now
    assert p(profile, mismatch, ratio, years + 0.5) >= now


@given(st.floats(0, 0.94))
def test_without_mismatch_a_year_gives_the_profile_itself(profile):
    assert rules.moving_probability.py_func(profile, 0.0, 1.0, 1.0) == pytest.approx(profile, abs=1e-12)


@given(profiles, st.floats(0, 2), st.floats(0.1, 3))
def test_twelve_months_of_looking_make_a_year(profile, mismatch, ratio):
    monthly = rules.moving_probability.py_func(profile, mismatch, ratio, 1 / 12)
    yearly = rules.moving_probability.py_func(profile, mismatch, ratio, 1.0)
    assert 1 - (1 - monthly) ** 12 == pytest.approx(yearly, abs=1e-9)


@given(st.floats(0, 1), st.floats(1, 3))
def test_moving_help_only_ever_helps(willingness, help_ratio):
    ratio = senior_moving_ratio.py_func
    unreached = ratio(willingness, False, help_ratio, P)
    assert unreached in (1.0, P.senior_unwilling_ratio)
    assert ratio(willingness, True, help_ratio, P) == help_ratio >= unreached
    assert ratio(min(willingness, 0.55), False, help_ratio, P) == 1.0, "56 % of seniors would move"


@given(st.floats(0.001, 0.12), st.floats(12, 360))
def test_paying_the_annuity_repays_the_loan(rate, months):
    months = float(int(months))
    loan = rules.annuity_factor_months.py_func(rate, months)
    assert loan <= months + 1e-9
    monthly = (1 + rate) ** (1 / 12) - 1
    left = loan
    for _ in range(int(months)):
        left = left * (1 + monthly) - 1
    assert left == pytest.approx(0, abs=1e-5)


def test_without_interest_a_euro_a_month_repays_its_months():
    assert rules.annuity_factor_months.py_func(0.0, 240.0) == 240.0


@given(st.floats(18, 100))
def test_a_bank_lends_for_five_to_twenty_five_years(age):
    months = rules.mortgage_months.py_func(age, P)
    assert 60 <= months <= 12 * P.mortgage_term_years
    assert rules.mortgage_months.py_func(age + 1, P) <= months


@given(incomes, money, st.floats(60, 300))
def test_more_income_or_more_means_never_buy_less(income, equity, months):
    price = rules.affordable_price_eur.py_func
    now = price(income, equity, months, P)
    assert now >= 0
    assert price(income + 100, equity, months, P) >= now
    assert price(income, equity + 1000, months, P) >= now
    loan = now * (1 + P.purchase_tax_share) - equity
    assert loan <= P.loan_to_value_max * now + 1e-6 * (now + 1), "the bank lends at most its share of the value"
    ceiling = P.payment_to_income_max * income * rules.annuity_factor_months.py_func(P.mortgage_rate_per_year, months)
    assert loan <= ceiling + 1e-6 * (ceiling + 1), "the bank wants its share of income to suffice"


def test_who_owes_more_than_they_own_buys_nothing():
    assert rules.affordable_price_eur.py_func(9000.0, -1.0, 240.0, P) == 0


@given(incomes, st.floats(0, 1000))
def test_a_premium_adds_to_the_rent_a_family_can_pay(income, premium):
    rent = rules.affordable_rent_eur_month.py_func
    assert rent(income, premium, P) - rent(income, 0.0, P) == pytest.approx(premium)
    assert rent(income, 0.0, P) == pytest.approx(P.rent_to_income_max * income)


@given(st.floats(200, 3000), st.floats(0, 4000))
def test_dear_rents_make_buyers_and_dear_homes_make_tenants(rent, owning):
    wants = rules.buying_probability.py_func
    now = wants(rent, owning, P)
    assert 0 <= now <= 1
    assert wants(rent + 100, owning, P) >= now >= wants(rent, owning + 100, P)


home = {
    "rooms": 4, "needed": 3, "log_cost_to_income": -1.2, "distance_km": 1.0, "same_kind": False, "senior": True,
    "life_cycle_proof": False, "house": True, "has_children": True, "epc": 3, "accessibility": 0.0,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "better"),
    [
        ({"rooms": 2}, False),
        ({"rooms": 9}, False),
        ({"log_cost_to_income": -0.5}, False),
        ({"distance_km": 4.0}, False),
        ({"same_kind": True}, True),
        ({"life_cycle_proof": True}, True),
        ({"house": False}, False),
        ({"epc": 0}, True),
        ({"accessibility": 1.0}, True),
    ],
)
def test_each_trait_of_a_home_counts_in_the_right_direction(change, better):
    utility = rules.dwelling_utility.py_func
    before, after = utility(**home, p=P), utility(**(home | change), p=P)
    assert bool(after > before) is better
    assert after != before


def test_only_seniors_ask_for_a_life_cycle_proof_home():
    young = home | {"senior": False}
    utility = rules.dwelling_utility.py_func
    assert utility(**(young | {"life_cycle_proof": True}), p=P) == utility(**young, p=P)


@given(st.floats(-12, 2))
def test_the_utility_of_a_nearly_free_home_stays_finite(log_cost):
    assume(log_cost < 1.5)
    assert abs(rules.dwelling_utility.py_func(**(home | {"log_cost_to_income": log_cost}), p=P)) < 100
