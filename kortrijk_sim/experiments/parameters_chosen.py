"""Uncertainties chosen by name, pattern and class; their ranges stand in the parameter tables."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import get_args

from kortrijk_sim.city.facts import Parameter, ParameterClass, Parameters
from kortrijk_sim.errors import InputError, nearest
from kortrijk_sim.experiments.designs import Factor

CLASSES: tuple[str, ...] = get_args(ParameterClass.__value__)
MAX_PATTERN = 200
_WHOLE = ("rooms", "rounds", "buckets")  # units of what is counted and never halved


def select_parameters(
    parameters: Parameters,
    patterns: Sequence[str] = ("*",),
    classes: Collection[str] = (),
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> list[Factor]:
    """Return the parameters that names or patterns choose, as factors of a design.

    Args:
        parameters: All parameters.
        patterns: Names or patterns (``price_*``); a parameter is chosen when one of them fits. A pattern that
            starts with ``!`` leaves out again what fits it.
        classes: Of these only what has one of these classes; all when empty. A parameter that is named in
            full is chosen whatever its class.
        ranges: Own ranges by name instead of those of the tables; these parameters are chosen as well.

    Returns:
        One factor per parameter in the order of the tables. What a pattern finds without a range (low equal
        to high) is left out; what is named in full then needs a range of its own.

    Raises:
        InputError: A name, pattern or class fits nothing, or a range is not one.
    """
    own = dict(ranges or {})
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    unwanted = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    for name in classes:
        if name not in CLASSES:
            raise InputError(f"classes: no class '{name[:60]}'; valid: {', '.join(CLASSES)}")
    named = _named(parameters, wanted) | own.keys()
    _named(parameters, unwanted)
    for name, span in own.items():
        _check_range(parameters, name, span)
    factors = []
    for name, parameter in parameters.items():
        low, high = own.get(name, (parameter.low, parameter.high))
        fits = not classes or parameter.kind in classes
        by_pattern = fits and low < high and any(fnmatchcase(name, pattern) for pattern in wanted)
        if (name not in named and not by_pattern) or any(fnmatchcase(name, pattern) for pattern in unwanted):
            continue
        if not low < high:
            raise InputError(f"parameters: '{name}' has no range in its table; valid: one under ranges")
        factors.append(Factor(name, "uncertainty", low, high, integer=_is_whole(parameter, low, high)))
    return factors


def _is_whole(parameter: Parameter, low: float, high: float) -> bool:
    return parameter.unit in _WHOLE and all(value == int(value) for value in (parameter.value, low, high))


def _named(parameters: Parameters, patterns: Sequence[str]) -> set[str]:
    """Return what is named in full; refuse what fits nothing."""
    named = set()
    for pattern in patterns:
        short = pattern[:60]
        if len(pattern) > MAX_PATTERN:
            raise InputError(f"parameters: '{short}...' is too long; valid: up to {MAX_PATTERN} characters")
        if pattern in parameters:
            named.add(pattern)
        elif not any(letter in pattern for letter in "*?["):
            raise InputError(f"parameters: no parameter '{short}'; {nearest(pattern, parameters)}")
        elif not any(fnmatchcase(name, pattern) for name in parameters):
            raise InputError(f"parameters: '{short}' fits no parameter; valid: a name or a pattern such as 'price_*'")
    return named


def _check_range(parameters: Parameters, name: str, span: tuple[float, float]) -> None:
    if name not in parameters:
        raise InputError(f"ranges: no parameter '{name[:60]}'; {nearest(name, parameters)}")
    if len(span) != 2 or not span[0] < span[1]:
        given = ", ".join(f"{value:g}" for value in span[:5])
        raise InputError(f"ranges: {name}: [{given}]; valid: [low, high] with low below high")
    for end in span:
        parameters.override({name: end})
