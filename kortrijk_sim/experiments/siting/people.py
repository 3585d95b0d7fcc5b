"""Who care villages are for: people aged 75 and over at home, their children in the city, possible staff."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.synthesis import BaseYear
from kortrijk_sim.city.synthesis.inputs import SEXES, PrevalenceRow
from kortrijk_sim.city.tables import Tables
from kortrijk_sim.city.vocabulary import Activity, PersonStatus
from kortrijk_sim.errors import InputError

SENIOR_YEARS = 75  # the age from which the city counts its need of places


class Points(NamedTuple):
    """Weighted spots on the plane."""

    x_km: FloatArray
    y_km: FloatArray
    weight: FloatArray


class People(NamedTuple):
    """The base-year city as far as siting is concerned.

    Attributes:
        x_km, y_km: Homes of those aged 75 and over who live at home, shape (n,).
        need: Probability that each of them needs a nursing place, by age and sex, shape (n,).
        sector: Statistical sector each of them lives in, shape (n,).
        parent: Which of them is the parent, for each of their children in the city, shape (children,).
        child_x_km, child_y_km: Homes of these children, shape (children,).
        staff: Homes of the employed inhabitants, shape (employed,), with weight 1.
    """

    x_km: FloatArray
    y_km: FloatArray
    need: FloatArray
    sector: Array
    parent: Array
    child_x_km: FloatArray
    child_y_km: FloatArray
    staff: Points


def read_people(base: BaseYear, tables: Tables) -> People:
    """Find seniors, their children and possible staff in the base-year city.

    The need of a person is the share of the age and sex in nursing homes.

    Args:
        base: The city of 1 January 2025.
        tables: Where ``nursing_prevalence`` is read from.

    Raises:
        InputError: Nobody aged 75 or over lives at home.
    """
    persons, dwellings = base.persons, base.dwellings
    dwelling = _dwelling(base)
    age = -persons["birth_month"].astype(np.int64) // 12
    home = (persons["status"] == PersonStatus.RESIDENT) & (dwelling >= 0)
    seniors = np.flatnonzero(home & (age >= SENIOR_YEARS))
    if not len(seniors):
        raise InputError("siting: nobody aged 75 or over lives at home in this city; valid: a larger scale")
    number = np.full(len(age), -1)
    number[seniors] = np.arange(len(seniors))
    parents = np.concatenate([persons["mother"], persons["father"]])
    child = np.tile(np.arange(len(age)), 2)
    known = (parents >= 0) & home[child]
    known[known] &= number[parents[known]] >= 0
    child, employed = child[known], np.flatnonzero(home & (persons["activity"] == Activity.EMPLOYED))
    x_km, y_km = dwellings["x_km"].astype(np.float64), dwellings["y_km"].astype(np.float64)
    return People(
        x_km=x_km[dwelling[seniors]],
        y_km=y_km[dwelling[seniors]],
        need=_need(tables, age[seniors], persons["sex"][seniors]),
        sector=dwellings["sector"][dwelling[seniors]],
        parent=number[parents[known]],
        child_x_km=x_km[dwelling[child]],
        child_y_km=y_km[dwelling[child]],
        staff=Points(x_km[dwelling[employed]], y_km[dwelling[employed]], np.ones(len(employed))),
    )


def grouped(x_km: FloatArray, y_km: FloatArray, weight: FloatArray, group: Array) -> Points:
    """Add up people by group, each group at its mean position.

    Args:
        x_km: Homes, shape (n,).
        y_km: Homes, shape (n,).
        weight: Weight of each, shape (n,); a group of weight 0 is left out.
        group: Number of the group of each, 0 or more, shape (n,).
    """
    total = np.bincount(group, weight)
    kept = total > 0
    total = total[kept]
    return Points(
        np.bincount(group, weight * x_km)[kept] / total, np.bincount(group, weight * y_km)[kept] / total, total
    )


def distance_km(x_km: FloatArray, y_km: FloatArray, site_x_km: FloatArray, site_y_km: FloatArray) -> FloatArray:
    """Return straight distances from each point to each site, shape (n, m)."""
    return np.hypot(x_km[:, None] - site_x_km[None, :], y_km[:, None] - site_y_km[None, :])


def _dwelling(base: BaseYear) -> Array:
    """Return the dwelling of each person, -1 for the homeless and those in nursing homes."""
    household = base.persons["household"]
    return np.where(household >= 0, base.households["dwelling"][np.maximum(household, 0)], -1)


def _need(tables: Tables, age: Array, sex: Array) -> FloatArray:
    need = np.zeros(len(age))
    for row in tables.rows("nursing_prevalence", PrevalenceRow):
        of_row = (age >= row.age_from) & (age <= row.age_to) & (sex == SEXES.index(row.sex))
        need[of_row] = row.share
    return need
