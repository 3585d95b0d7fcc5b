"""The dice: fair, independent of each other, and the same for whoever asks again."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from kortrijk_sim import draws
from kortrijk_sim.models.dice import ONCE, Dice

words = st.integers(0, 2**64 - 1).map(np.uint64)
N = 40_000


def of(process: int, month: int = 0, seed: int = 1) -> np.uint64:
    return np.uint64(draws.stream(seed, process, month))


def plain_keys(n: int = N) -> np.ndarray:
    return np.arange(1, n + 1, dtype=np.uint64)


@pytest.mark.parametrize("keys", [plain_keys(), plain_keys() << np.uint64(40), plain_keys() * np.uint64(2**32 + 1)])
@pytest.mark.parametrize("alternative", [0, 1, 7, 4096])
def test_every_number_is_as_likely_as_any_other(keys, alternative):
    u = draws.uniforms(of(Dice.DEATH), keys, alternative)
    assert 0 < u.min() < u.max() < 1
    observed = np.histogram(u, bins=100, range=(0, 1))[0]
    assert stats.chisquare(observed).pvalue > 1e-4
    assert stats.kstest(u, "uniform").pvalue > 1e-4


def test_neighbouring_keys_know_nothing_of_each_other():
    u = draws.uniforms(of(Dice.BIRTH), plain_keys())
    for lag in (1, 2, 64, 1000):
        assert abs(np.corrcoef(u[:-lag], u[lag:])[0, 1]) < 4 / np.sqrt(N)


@pytest.mark.parametrize(
    "other",
    [
        of(Dice.UNION),
        of(Dice.DEATH, month=1),
        of(Dice.DEATH, month=191),
        of(Dice.DEATH, month=ONCE),
        of(Dice.DEATH, seed=2),
    ],
    ids=["process", "next month", "last month", "once", "seed"],
)
def test_processes_months_and_seeds_throw_their_own_dice(other):
    u, v = draws.uniforms(of(Dice.DEATH), plain_keys()), draws.uniforms(other, plain_keys())
    assert abs(np.corrcoef(u, v)[0, 1]) < 4 / np.sqrt(N)
    table = np.histogram2d(u, v, bins=10)[0]
    assert stats.chi2_contingency(table).pvalue > 1e-4


def test_alternatives_of_one_key_are_independent():
    columns = [draws.uniforms(of(Dice.TASTE), plain_keys(), a) for a in range(6)]
    for u, v in itertools.combinations(columns, 2):
        assert abs(np.corrcoef(u, v)[0, 1]) < 4 / np.sqrt(N)


def test_all_streams_of_a_run_are_different():
    streams = {int(of(d, month, seed)) for d in Dice for month in range(ONCE, 192) for seed in (0, 1, 2)}
    assert len(streams) == len(Dice) * 193 * 3


def test_no_two_processes_share_a_number():
    assert len({int(d) for d in Dice}) == len(Dice)


@given(words, words, st.integers(0, 1000))
def test_who_asks_again_gets_the_same_number(stream, key, alternative):
    u = draws.uniform(stream, key, alternative)
    assert 0 < u < 1
    assert draws.uniform(stream, key, alternative) == u
    assert draws.uniforms(stream, np.array([key, key]), alternative).tolist() == [u, u]


def test_the_number_of_a_key_does_not_depend_on_who_else_asks():
    keys = plain_keys(1000)
    everybody = draws.uniforms(of(Dice.INTENT), keys)
    rng = np.random.default_rng(0)
    order = rng.permutation(1000)[:137]
    assert (draws.uniforms(of(Dice.INTENT), keys[order]) == everybody[order]).all()


def test_the_dice_are_the_same_for_ever():
    # A change here changes every run ever made: it wants a new version of the package.
    assert int(draws.mix(np.uint64(0), np.uint64(0))) == 16294208416658607535
    assert int(draws.mix(np.uint64(1), np.uint64(2))) != int(draws.mix(np.uint64(2), np.uint64(1)))


@given(words, words)
def test_the_compiled_rule_is_the_written_rule(a, b):
    with np.errstate(over="ignore"):
        assert draws.mix.py_func(a, b) == draws.mix(a, b)


def test_gumbel_draws_have_the_moments_of_a_gumbel():
    stream = of(Dice.TASTE)
    g = np.array([draws.gumbel(stream, k) for k in plain_keys(20_000)])
    assert g.mean() == pytest.approx(np.euler_gamma, abs=0.03)
    assert g.var() == pytest.approx(np.pi**2 / 6, rel=0.05)
    assert stats.kstest(g, "gumbel_r").pvalue > 1e-4


def test_normal_draws_have_the_moments_of_a_normal():
    stream = of(Dice.STANDING, ONCE)
    z = np.array([draws.normal(stream, k) for k in plain_keys(20_000)])
    other = np.array([draws.normal(stream, k, 1) for k in plain_keys(20_000)])
    assert z.mean() == pytest.approx(0, abs=0.03)
    assert z.std() == pytest.approx(1, abs=0.02)
    assert stats.kstest(z, "norm").pvalue > 1e-4
    assert abs(np.corrcoef(z, other)[0, 1]) < 0.03


def test_the_best_of_gumbel_utilities_is_a_logit():
    utilities = np.array([0.0, 1.0, -0.5])
    stream = of(Dice.TASTE, 3)
    best = [
        int(np.argmax([u + draws.gumbel(stream, k, a) for a, u in enumerate(utilities)])) for k in plain_keys(8_000)
    ]
    observed = np.bincount(best, minlength=3) / 8_000
    np.testing.assert_allclose(observed, np.exp(utilities) / np.exp(utilities).sum(), atol=0.02)


def test_children_get_names_of_their_own():
    parents = plain_keys(2_000)
    names = {int(draws.child_key(p, order)) for p in parents for order in (1, 2, 3, 1001, 5000)}
    assert len(names) == 2_000 * 5
    assert not names & set(parents.tolist())
