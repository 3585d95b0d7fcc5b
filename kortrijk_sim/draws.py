"""The dice: every draw is a pure function of seed, process, month, key and alternative.

Two scenarios with one seed therefore differ only where the policy acts: a person who is not touched meets
the same numbers in both futures, whatever happens to anybody else. No sequential random stream exists
anywhere in the model.

The mixing function is SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number
generators"); the idea of drawing by event is Klein et al., arXiv 2409.02086.
"""

from __future__ import annotations

import math

import numpy as np

from kortrijk_sim.arrays import FloatArray, KeyArray
from kortrijk_sim.compiling import kernel, rule

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_TO_UNIT = 1.0 / 9007199254740992.0  # 2 ** -53
_HALF = 0.5 / 9007199254740992.0


@rule
def mix(a: np.uint64, b: np.uint64) -> np.uint64:
    """Mix two 64-bit words into one; the order matters."""
    z = np.uint64(a) + _GOLDEN * (np.uint64(b) + np.uint64(1))
    z = (z ^ (z >> _S30)) * _MIX_1
    z = (z ^ (z >> _S27)) * _MIX_2
    return z ^ (z >> _S31)


@rule
def stream(seed: int, process: int, month: int) -> np.uint64:
    """Return the key of all draws that one process makes in one month.

    Args:
        seed: Seed of the run.
        process: Number of the process, see ``kortrijk_sim.models.dice.Dice``.
        month: Months since 1 January 2025; -1 for what is drawn once in a life.
    """
    return mix(mix(np.uint64(seed), np.uint64(process)), np.uint64(month + 1))


@rule
def uniform(stream: np.uint64, key: np.uint64, alternative: int = 0) -> float:
    """Return a number in the open interval (0, 1) for one key and alternative."""
    z = mix(mix(stream, key), np.uint64(alternative))
    return float(z >> _S11) * _TO_UNIT + _HALF


@rule
def gumbel_of(u: float) -> float:
    """Turn a uniform draw into a standard Gumbel draw."""
    return -math.log(-math.log(u))


@kernel
def gumbel_ceilings(parts: int) -> FloatArray:
    """Return what Gumbel draws do not exceed whose uniform draw lies in each of equal parts of (0, 1)."""
    ceilings = np.full(parts + 1, np.inf)
    for part in range(parts - 1):
        ceilings[part] = gumbel_of((part + 1) / parts) + 1.0e-9  # above any error of rounding
    return ceilings


@rule
def gumbel(stream: np.uint64, key: np.uint64, alternative: int = 0) -> float:
    """Return a standard Gumbel draw: the unexplained part of a utility."""
    return gumbel_of(uniform(stream, key, alternative))


@rule
def normal(stream: np.uint64, key: np.uint64, alternative: int = 0) -> float:
    """Return a standard normal draw (Box-Muller, cosine branch)."""
    u = uniform(stream, key, 2 * alternative)
    v = uniform(stream, key, 2 * alternative + 1)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@kernel
def uniforms(stream: np.uint64, keys: KeyArray, alternative: int = 0) -> FloatArray:
    """Return one number in (0, 1) per key, shape (n,)."""
    out = np.empty(keys.shape[0], np.float64)
    for i in range(keys.shape[0]):
        out[i] = uniform(stream, keys[i], alternative)
    return out


@rule
def child_key(parent: np.uint64, order: int) -> np.uint64:
    """Return the key of something that comes from something else: a child, a new household, a new home."""
    return mix(np.uint64(parent), np.uint64(order) + np.uint64(0x5EED))


@kernel
def child_keys(parents: KeyArray, order: int) -> KeyArray:
    """Return :func:`child_key` of every parent, shape (n,)."""
    out = np.empty(parents.shape[0], np.uint64)
    for i in range(parents.shape[0]):
        out[i] = child_key(parents[i], order)
    return out
