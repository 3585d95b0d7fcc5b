"""One seed, one future: in every process, after every fork, from every snapshot."""

from __future__ import annotations

import gc
import pickle
import subprocess
import sys
import weakref

import numpy as np
import pytest

from kortrijk_sim.errors import InputError
from kortrijk_sim.experiments.replications import lives
from kortrijk_sim.models.events import Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.policy import BuildHomes, Scenario

ELSEWHERE = """
from kortrijk_sim.models.model import KortrijkModel
model = KortrijkModel(rng=1, scale=0.05)
model.run_for(48)
print(model.state_hash())
"""


def after(model: KortrijkModel, months: int) -> str:
    for _ in range(months):
        model.step()
    return model.state_hash()


def test_two_processes_with_one_seed_come_to_the_same_city(four_years):
    other = subprocess.run([sys.executable, "-c", ELSEWHERE], capture_output=True, text=True, check=True)
    assert other.stdout.strip() == four_years.state_hash()


def test_two_models_with_one_seed_never_differ_and_two_seeds_soon_do(small_city):
    one, same, other = small_city(), small_city(), small_city(rng=2)
    assert one.state_hash() == same.state_hash()
    for _ in range(6):
        assert after(one, 1) == after(same, 1)
    assert after(other, 6) != one.state_hash()


def test_a_fork_continued_unchanged_stays_bit_identical(small_city):
    model = small_city()
    after(model, 7)
    twin = model.fork()
    assert twin.state_hash() == model.state_hash()
    assert after(twin, 9) == after(model, 9)
    assert twin.indicators.frame().equals(model.indicators.frame())


def test_the_original_does_not_feel_what_its_fork_does(small_city):
    model = small_city()
    after(model, 3)
    before, series = model.state_hash(), len(model.indicators.frame())
    after(model.fork(), 5)
    assert model.state_hash() == before
    assert len(model.indicators.frame()) == series
    assert model.month == 3


def test_a_fork_with_a_policy_differs_only_afterwards(small_city):
    model = small_city()
    after(model, 12)
    past = len(model.events)
    policy = Scenario(
        name="later", measures=(BuildHomes(from_="2026-03", until="2026-12", homes=400, programme="market"),)
    )
    changed = model.fork(policy)
    assert changed.state_hash() == model.state_hash()
    assert after(changed, 2) == after(model, 2), "the policy acts before its time"
    assert after(changed, 2) != after(model, 2)
    assert (changed.state.tables.log[:past] == model.state.tables.log[:past]).all()
    assert model.policy.measures == ()


def test_a_fork_gets_no_homes_of_the_years_before_it(small_city):
    model = small_city()
    after(model, 12)
    policy = Scenario(name="past", measures=(BuildHomes(from_=2025, until=2025, homes=400, programme="market"),))
    assert after(model.fork(policy), 4) == after(model, 4)


def test_a_snapshot_replays_to_the_same_city(small_city):
    model = small_city()
    after(model, 5)
    snapshot = model.snapshot()
    first = after(model, 6)
    model.restore(snapshot)
    assert model.month == 5
    assert after(model, 6) == first
    model.restore(snapshot)
    assert after(model, 6) == first, "a snapshot can be used once only"


def test_a_model_survives_being_pickled(small_city):
    model = small_city()
    after(model, 4)
    again = pickle.loads(pickle.dumps(model))
    assert again.state_hash() == model.state_hash()
    assert again.date == model.date
    assert after(again, 4) == after(model, 4)


def test_a_model_that_nobody_holds_is_forgotten(small_city):
    model = small_city()
    after(model, 2)
    assert len(model.agents) > 0
    reference = weakref.ref(model)
    agent = weakref.ref(next(iter(model.agents)))
    del model
    gc.collect()
    assert reference() is None
    assert agent() is None


def test_whoever_a_policy_does_not_reach_lives_the_same_life(small_city):
    home = BuildHomes(from_="2027-11", until="2027-11", homes=20, programme="life_cycle", wijk=("Kooigem",))
    without, with_it = small_city(), small_city(Scenario(name="one home", measures=(home,)))
    for _ in range(34):
        without.step()
        with_it.step()
    assert without.state_hash() == with_it.state_hash(), "nothing is built before November 2027"
    for _ in range(14):
        without.step()
        with_it.step()
    t = with_it.state.tables
    built = t.log[: int(t.counts[3])]
    assert ((built["kind"] == Kind.BUILT) & (built["value"] >= 100)).sum() == 1
    households = len(without.base.households["key"])
    same = lives(without, households) == lives(with_it, households)
    assert same.mean() > 0.95
    assert not same.all(), "somebody takes the home"


def test_health_and_death_of_those_who_stay_do_not_depend_on_homes(small_city):
    policy = Scenario(name="homes", measures=(BuildHomes(from_=2025, until=2026, homes=1500, programme="family"),))
    without, with_it = small_city(), small_city(policy)
    after(without, 24)
    after(with_it, 24)
    assert without.state_hash() != with_it.state_hash()
    dead = []
    for model in (without, with_it):
        t = model.state.tables
        n, log = len(model.base.persons["key"]), t.log[: int(t.counts[3])]
        who = log["person"][log["kind"] == Kind.DEATH]
        dead.append(set(who[who < n].tolist()))
    both = dead[0] & dead[1]
    assert len(both) / len(dead[0] | dead[1]) > 0.9


def test_a_run_ends_in_december_2040_and_says_so(small_city):
    model = small_city(Scenario(years=1), scale=0.02)
    after(model, 11)
    assert model.running
    after(model, 1)
    assert not model.running
    after(model, 180)
    assert str(model.date) == "2041-01-01"
    with pytest.raises(InputError, match="2040"):
        model.step()


@pytest.mark.parametrize("seed", [-1, 2**63, 1.5, True, "1"])
def test_a_seed_is_a_whole_number(seed):
    with pytest.raises(InputError, match="seed"):
        KortrijkModel(rng=seed, scale=0.05)


def test_a_city_without_a_seed_draws_one_and_says_which():
    city = KortrijkModel(rng=None, scale=0.05)
    again = KortrijkModel(rng=city.seed, scale=0.05)
    for model in (city, again):
        model.run_for(2)
    assert city.state_hash() == again.state_hash()


@pytest.mark.parametrize("scale", [0.0, 0.01, 1.2, float("nan")])
def test_a_city_is_neither_empty_nor_larger_than_itself(scale):
    with pytest.raises(InputError, match="scale"):
        KortrijkModel(scale=scale)


def test_numpy_seeds_are_the_same_seeds():
    assert KortrijkModel(rng=np.int64(5), scale=0.02).seed == 5
