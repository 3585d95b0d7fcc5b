"""Designs: which values of levers and uncertainties an experiment runs, point by point.

The plans themselves come from SALib (Latin hypercube, Morris, Saltelli on a Sobol sequence); a factorial is every
combination, and a file is the user's own list.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal, NamedTuple, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.errors import InputError
from kortrijk_sim.models.dated_measure import Record

MAX_POINTS = 1_000_000
MAX_CELLS = 20_000_000  # points times factors: what fits in the memory of an ordinary machine with room to spare
_EDGE = 1e-9  # 2/3 of three values is the third one, whichever way the division was rounded

# Which keys say something about which kind of design; 'kind' itself belongs to all.
_KEYS = {
    "factorial": {"levels"},
    "lhs": {"samples", "seed"},
    "morris": {"trajectories", "levels", "seed"},
    "sobol": {"samples", "seed", "second_order"},
    "file": {"file"},
}


class Factor(NamedTuple):
    """What a design varies.

    Attributes:
        name: Name of the lever or of the parameter.
        kind: A lever is the city's to choose, an uncertainty is not.
        low, high: Ends of its range.
        values: The only values it can take, instead of the whole range.
        integer: Whether it takes whole numbers only.
    """

    name: str
    kind: Literal["lever", "uncertainty"]
    low: float
    high: float
    values: tuple[float, ...] = ()
    integer: bool = False

    @property
    def steps(self) -> tuple[float, ...]:
        """The values it can take in rising order; empty when it can take any of its range."""
        if self.values:
            return tuple(sorted(self.values))
        if self.integer and self.high - self.low < MAX_POINTS:
            return tuple(float(value) for value in range(math.ceil(self.low), math.floor(self.high) + 1))
        return ()


class Design(Record):
    """How the points of an experiment are chosen.

    Attributes:
        kind: Every combination, Latin hypercube, Morris trajectories, Saltelli's points for Sobol indices, or
            a file.
        trajectories: Morris: number of trajectories; each takes one run more than there are factors.
        samples: Latin hypercube: number of points. Sobol: number of base points, a power of two.
        levels: Factorial: values of a factor that has none of its own. Morris: grid, an even number.
        seed: Of the plan, not of the runs.
        second_order: Sobol: also the points that second-order indices need.
        file: CSV with a column for each factor.
    """

    kind: Literal["factorial", "lhs", "morris", "sobol", "file"]
    trajectories: int = Field(default=10, ge=2, le=10_000)
    samples: int = Field(default=64, ge=1, le=MAX_POINTS)
    levels: int = Field(default=4, ge=2, le=1_000)
    seed: int = Field(default=1, ge=0, le=2**32 - 1)
    second_order: bool = False
    file: str = Field(default="", max_length=1_000)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        for name, field in type(self).model_fields.items():
            if name != "kind" and name not in _KEYS[self.kind] and getattr(self, name) != field.default:
                valid = ", ".join(sorted(_KEYS[self.kind]))
                raise ValueError(f"'{name}' says nothing about a design of kind '{self.kind}'; valid: {valid}")
        if self.kind == "file" and not self.file:
            raise ValueError("'file' is missing; valid: a CSV file with a column for each factor")
        if self.kind == "morris" and self.levels % 2:
            raise ValueError(f"levels: {self.levels} is odd; valid for 'morris': an even number such as 4")
        if self.kind == "sobol" and self.samples & (self.samples - 1):
            power = self.samples.bit_length()
            valid = f"a power of two such as {2 ** (power - 1)} or {2**power}"
            raise ValueError(f"samples: {self.samples}; valid for 'sobol': {valid}")
        return self


def count_points(design: Design, factors: Sequence[Factor]) -> int:
    """Return how many points a design has; 0 for a file, which has to be read to know.

    Raises:
        InputError: A factor cannot be varied.
    """
    _check(factors)
    n = len(factors)
    if design.kind == "factorial":
        return math.prod(len(_grid(factor, design.levels)) for factor in factors)
    if design.kind == "morris":
        return design.trajectories * (n + 1)
    if design.kind == "sobol":
        return design.samples * (2 * n + 2 if design.second_order else n + 2)
    return design.samples if design.kind == "lhs" else 0


def sample(design: Design, factors: Sequence[Factor], folder: Path) -> pd.DataFrame:
    """Return the points of a design.

    The same design and factors give the same points in any process.

    Args:
        design: How the points are chosen.
        factors: What is varied, in the order of the columns.
        folder: Where a relative ``file`` starts from.

    Returns:
        One row per point: ``point``, counted from 0, and a column per factor. A factor with values of its own
        takes these only, one of whole numbers takes whole numbers; both with equal chances.

    Raises:
        InputError: There is nothing to vary, a factor has no range, the design is too large, or the file is
            not in order.
    """
    points = count_points(design, factors)
    if points > MAX_POINTS:
        raise InputError(f"design: {points:,} points; valid: up to {MAX_POINTS:,}, so fewer factors or levels")
    if points * len(factors) > MAX_CELLS:
        raise InputError(
            f"design: {points:,} points of {len(factors):,} factors; valid: up to {MAX_CELLS:,} values in all"
        )
    if design.kind == "file":
        from kortrijk_sim.experiments.design_files import read_points  # noqa: PLC0415 - it needs Factor from here

        return read_points(folder / design.file, factors, MAX_POINTS)
    if design.kind == "factorial":
        rows: Any = list(product(*(_grid(factor, design.levels) for factor in factors)))
    else:
        shares = _plan(design, factors)
        rows = np.column_stack([_spread(factor, shares[:, i]) for i, factor in enumerate(factors)])
    frame = pd.DataFrame(rows, columns=[factor.name for factor in factors], dtype=np.float64)
    frame.insert(0, "point", np.arange(len(frame)))
    return frame


def problem(factors: Sequence[Factor]) -> dict[str, Any]:
    """Return factors as SALib describes them: names and bounds.

    Raises:
        InputError: A factor cannot be varied.
    """
    _check(factors)
    return {
        "num_vars": len(factors),
        "names": [factor.name for factor in factors],
        "bounds": [[_ends(factor)[0], _ends(factor)[1]] for factor in factors],
    }


def _check(factors: Sequence[Factor]) -> None:
    if not factors:
        raise InputError("design: nothing to vary; valid: at least one lever or uncertainty")
    seen: set[str] = set()
    for factor in factors:
        if factor.name in seen:
            raise InputError(f"design: factor '{factor.name}' stands twice; valid: each factor once")
        if factor.name == "point":
            raise InputError("design: a factor cannot be called 'point'; valid: another name")
        seen.add(factor.name)
        if not all(math.isfinite(value) for value in (factor.low, factor.high, *factor.values)):
            raise InputError(f"design: factor '{factor.name}' has an end that is not a number; valid: finite numbers")
        if len(set(factor.values)) < len(factor.values):
            raise InputError(f"design: factor '{factor.name}' has a value twice; valid: each value once")
        if factor.integer and any(value != int(value) for value in factor.values):
            raise InputError(f"design: factor '{factor.name}' takes whole numbers; valid: values without decimals")
        low, high = _ends(factor)
        if not low < high or len(factor.steps) == 1:
            given = f"{low:g} to {high:g}"
            raise InputError(f"design: factor '{factor.name}' has nothing to vary ({given}); valid: low below high")


def _ends(factor: Factor) -> tuple[float, float]:
    return (min(factor.values), max(factor.values)) if factor.values else (factor.low, factor.high)


def _grid(factor: Factor, levels: int) -> tuple[float, ...]:
    """Return the values of a factor in a factorial."""
    if factor.values:
        return factor.steps
    values = np.linspace(factor.low, factor.high, levels)
    if factor.integer:
        values = np.unique(np.clip(np.round(values), math.ceil(factor.low), math.floor(factor.high)))
    return tuple(float(value) for value in values)


def _plan(design: Design, factors: Sequence[Factor]) -> FloatArray:
    """Return SALib's plan on the unit cube, (points, factors)."""
    n = len(factors)
    unit = {"num_vars": n, "names": [f"x{i}" for i in range(n)], "bounds": [[0.0, 1.0]] * n}
    if design.kind == "morris":
        from SALib.sample import morris  # noqa: PLC0415 - slow to load

        return np.asarray(morris.sample(unit, design.trajectories, design.levels, seed=design.seed))
    if design.kind == "sobol":
        from SALib.sample import sobol  # noqa: PLC0415

        second = design.second_order
        return np.asarray(sobol.sample(unit, design.samples, calc_second_order=second, seed=design.seed))
    from SALib.sample import latin  # noqa: PLC0415

    return np.asarray(latin.sample(unit, design.samples, seed=design.seed))


def _spread(factor: Factor, shares: FloatArray) -> FloatArray:
    """Return the values that lie at shares (0 to 1) of a factor's range; each step has an equal part of it."""
    steps = np.array(factor.steps)
    if len(steps):
        place = np.minimum((shares * len(steps) + _EDGE).astype(np.int64), len(steps) - 1)
        return np.asarray(steps[np.maximum(place, 0)])
    low, high = _ends(factor)
    values = np.clip(low + shares * (high - low), low, high)
    return np.asarray(np.round(values) if factor.integer else values)
