"""Vacancy chains: each starts once, passes on from home to home, and can be followed."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from kortrijk_sim.models.events import Cause, Kind


@pytest.fixture(scope="module")
def log(four_years):
    t = four_years.state.tables
    return t.log[: int(t.counts[3])]


@pytest.fixture(scope="module")
def starts(four_years, log):
    """Return the dwelling with which each chain starts."""
    found = {}
    for event in log[np.isin(log["kind"], (Kind.VACATED, Kind.BUILT, Kind.USE_CHANGED))]:
        first = event["kind"] == Kind.BUILT or (event["kind"] == Kind.VACATED and event["position"] == 0)
        if first or (event["kind"] == Kind.USE_CHANGED and event["cause"] == Cause.BACK_ON_MARKET):
            home = event["destination"] if event["kind"] == Kind.BUILT else event["origin"]
            assert int(event["chain"]) not in found, "a chain starts twice"
            found[int(event["chain"])] = (int(event["month"]), int(home))
    base = four_years.base.dwellings
    if "chain" in base:
        vacant = base["household"] < 0
        found |= {int(c): (0, int(d)) for d, c in zip(np.flatnonzero(vacant), base["chain"][vacant], strict=True)}
    return found


def moves(log):
    taken = log[(log["kind"] == Kind.MOVED) & (log["chain"] != 0)]
    assert len(taken) > 200
    return taken


def test_every_move_fills_a_vacancy_whose_chain_has_started_before(log, starts, four_years):
    vacant_at_start = set(np.flatnonzero(four_years.base.dwellings["household"] < 0).tolist())
    for move in moves(log):
        if int(move["chain"]) in starts:
            month, home = starts[int(move["chain"])]
            assert month <= move["month"]
            if move["position"] == 0:
                assert home == move["destination"]
        else:
            assert move["position"] > 0 or int(move["destination"]) in vacant_at_start


def test_positions_rise_by_one_along_a_chain(log):
    by_chain = defaultdict(list)
    for move in moves(log):
        by_chain[int(move["chain"])].append(int(move["position"]))
    assert max(len(positions) for positions in by_chain.values()) >= 3
    for positions in by_chain.values():
        assert positions == list(range(positions[0], positions[0] + len(positions)))


def test_who_moves_within_the_city_hands_the_home_on_in_the_same_chain(log):
    left = {
        (int(e["chain"]), int(e["position"])): int(e["origin"])
        for e in log[(log["kind"] == Kind.VACATED) & (log["position"] > 0)]
    }
    inside = [m for m in moves(log) if m["origin"] >= 0]
    assert len(inside) > 100
    for move in inside:
        assert left[int(move["chain"]), int(move["position"]) + 1] == move["origin"]
        assert move["origin"] != move["destination"]


def test_a_home_that_falls_vacant_is_taken_by_its_own_chain(log):
    vacated = {(int(e["chain"]), int(e["position"])): int(e["origin"]) for e in log[log["kind"] == Kind.VACATED]}
    for move in moves(log):
        place = int(move["chain"]), int(move["position"])
        if place in vacated:
            assert vacated[place] == move["destination"]


def test_a_chain_ends_with_who_leaves_no_home_in_the_city(log, four_years):
    ended = sum(1 for move in log[log["kind"] == Kind.MOVED] if move["origin"] < 0)
    city = four_years.indicators.frame().query("place == 'Kortrijk'")
    assert city["chains_closed"].sum() == ended


def test_a_family_home_counts_as_freed_only_when_a_senior_household_leaves_a_house(log, four_years):
    t = four_years.state.tables
    taken = log[log["kind"] == Kind.FREED_HOME_TAKEN]
    assert len(taken) > 10
    assert (t.dwellings.kind[taken["destination"]] != 3).all(), "an apartment is no family home"
    assert (t.dwellings.rooms[taken["destination"]] >= 4).all()
    frame = four_years.indicators.frame().query("place == 'Kortrijk'")
    passed_on = frame[["family_homes_to_families", "family_homes_to_young", "family_homes_to_others"]].sum().sum()
    assert passed_on == len(taken)
    assert passed_on <= frame["family_homes_freed"].sum()


def test_chains_with_the_region_are_longer_than_within_the_city(four_years):
    last = four_years.indicators.frame().query("place == 'Kortrijk'").iloc[-1]
    assert 1.0 <= last["chain_length_city"] < last["chain_length_region"]
