"""The draws of the synthesis: one stream per question, keyed by who is asked."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numba import njit
from scipy.special import ndtri

from kortrijk_sim import draws
from kortrijk_sim.arrays import Array, FloatArray, KeyArray


class Stream(IntEnum):
    """Process numbers of the synthesis; those below 900 belong to the monthly schedule."""

    PERSON = 900
    HOUSEHOLD = 901
    DWELLING = 902
    STUDENT = 903
    FIRM = 904
    BIRTH = 910
    COUPLE = 911
    SIBSHIP = 912
    OTHERS = 913
    KIN = 914
    UNION = 915
    ARRIVAL = 916
    ACTIVITY = 917
    INCOME = 918
    HEALTH = 919
    NURSING = 920
    USE = 930
    PLACE = 931
    ENERGY = 932
    ROOMS = 933
    VALUE = 934
    TENURE = 935
    KIND = 936
    HOME = 937
    STAY = 938
    WEALTH = 939
    WAITING = 940
    STUDIES = 950
    JOBS = 951
    CARE_SITE = 960


class Dice:
    """All draws of one synthesis.

    Args:
        seed: Seed of the city.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def stream(self, process: Stream) -> np.uint64:
        """Return the key of all draws of one question."""
        return np.uint64(draws.stream(self.seed, int(process), -1))

    def keys(self, process: Stream, n: int) -> KeyArray:
        """Return the keys of n new things, shape (n,)."""
        return _keys(self.stream(process), n)

    def uniforms(self, process: Stream, keys: Array, alternative: int = 0) -> FloatArray:
        """Return one number in (0, 1) per key, shape (n,)."""
        return draws.uniforms(self.stream(process), keys, alternative)

    def normals(self, process: Stream, keys: Array, alternative: int = 0) -> FloatArray:
        """Return one standard normal number per key, shape (n,)."""
        return np.asarray(ndtri(self.uniforms(process, keys, alternative)), np.float64)


@njit(cache=True)
def _keys(stream: np.uint64, n: int) -> KeyArray:
    out = np.empty(n, np.uint64)
    for i in range(n):
        out[i] = draws.mix(stream, np.uint64(i))
    return out
