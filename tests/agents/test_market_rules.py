"""How homes are priced and built: scarcity makes them dear, plenty makes them cheap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kortrijk_sim.agents import market_rules as rules
from kortrijk_sim.agents.market_rules import MarketParams
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.tables import Tables

P = Parameters(Tables()).select(MarketParams)
vacancies = st.floats(0, 0.4)
structural = st.floats(0.02, 0.08)


@given(vacancies, structural)
def test_prices_rise_when_homes_are_scarce_and_fall_when_many_stand_vacant(vacancy, rest):
    growth = rules.price_growth_per_year.py_func(vacancy, rest, P)
    assert abs(growth) <= P.price_change_max_per_year
    if vacancy < rest:
        assert growth > 0
    elif vacancy > rest:
        assert growth < 0


@given(structural)
def test_prices_rest_at_the_structural_vacancy(rest):
    assert rules.price_growth_per_year.py_func(rest, rest, P) == pytest.approx(0, abs=1e-12)


@given(vacancies, st.floats(0, 0.05), structural)
def test_a_vacancy_more_never_makes_homes_dearer(vacancy, more, rest):
    growth = rules.price_growth_per_year.py_func
    assert growth(vacancy + more, rest, P) <= growth(vacancy, rest, P) + 1e-12


@given(structural)
def test_the_price_rule_has_no_steps(rest):
    growth = rules.price_growth_per_year.py_func
    for corner in (0.9 * rest, rest, 2.0 * rest):
        assert growth(corner - 1e-9, rest, P) == pytest.approx(growth(corner + 1e-9, rest, P), abs=1e-6)


@given(st.integers(0, 50), st.floats(1e-9, 1 - 1e-9))
def test_several_bidders_raise_the_price_and_one_does_not(bidders, u):
    factor = rules.bid_up.py_func(bidders, u, P)
    assert 1 <= factor <= P.bid_up_ratio**4 + 1e-12
    if bidders < 2:
        assert factor == 1
    else:
        assert factor >= P.bid_up_ratio * (1 - 1e-12)
        assert rules.bid_up.py_func(bidders + 1, u, P) >= factor


@given(st.floats(-5, 5), st.floats(1.3, 1.8), st.floats(0.5, 0.9))
def test_a_price_cut_is_a_cut_of_at_most_thirty_per_cent(z, mean, sd):
    assert 0.7 - 1e-12 <= rules.price_cut.py_func(z, mean, sd, 0.3) < 1


@given(vacancies, st.floats(0, 0.05))
def test_developers_build_less_where_more_stands_vacant(vacancy, more):
    starts = rules.developer_starts_share_per_year.py_func
    assert 0 <= starts(vacancy + more, P) <= starts(vacancy, P)


def test_developers_do_not_jump_at_the_vacancy_where_their_rule_bends():
    starts = rules.developer_starts_share_per_year.py_func
    below, above = starts(P.developer_alpha - 1e-9, P), starts(P.developer_alpha + 1e-9, P)
    assert below == pytest.approx(above, rel=1e-5)
    assert above == pytest.approx(P.developer_ratio * P.developer_base_share_per_year, rel=1e-5)


def test_without_developers_nothing_is_started():
    idle = Parameters(Tables()).override({"developer_ratio": 0.0}).select(MarketParams)
    assert rules.developer_starts_share_per_year.py_func(0.01, idle) == 0
