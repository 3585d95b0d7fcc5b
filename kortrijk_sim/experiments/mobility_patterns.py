"""Travel, firms and students in an unchanged run, as the score card compares them with the real city.

The survey that the base year aims at is the Flemish one of 2019-20 (65 % of trips by car), because the
region's own figure, 34 % of trips on foot, by bike or by public transport, fits it. That of 2022 found 57 %
by car; it was held when many still worked at home, and would leave the region's figure far behind.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import HouseholdStatus
from kortrijk_sim.models.mobility_indicators import MODE_GROUPS
from kortrijk_sim.models.model import KortrijkModel

SURVIVAL_YEARS = 5
CLOSED_NEVER = -9999


def mobility_figures(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V15, V18 to V21 and V23: figures by the name of their measure in the table ``patterns``.

    Args:
        model: An unchanged run to the end of 2040.
        city: Its indicators of the whole city by month.
    """
    return _modes(city) | _distances(model) | _cars(model, city) | _students(model, city) | _firms(model, city)


def shares_by_length(model: KortrijkModel) -> pd.DataFrame:
    """Return the share of each kind of mode by length of the trip, rows by class of length, columns by kind.

    Nothing is calibrated on them. The column ``trips`` is the share of all trips in the class.
    """
    frame = model.mode_shares()
    length = frame[frame["by"] == "length"]
    trips = length.pivot_table(index="group", columns="mode", values="trips_per_day", sort=False)
    total = trips.sum(axis=1)
    out = pd.DataFrame(
        {
            kind: trips[[mode.name.lower() for mode in modes]].sum(axis=1) / total.clip(lower=1e-9)
            for kind, modes in MODE_GROUPS.items()
        }
    )
    out["trips"] = total / total.sum()
    return out


def survival_share(firms: Array, months: int, first: int = 0) -> float:
    """Return the share of the local units opened from a month on that were open five years later.

    Args:
        firms: All firms that ever were, closed ones included.
        months: Months of the run.
        first: First month of opening that counts.
    """
    founded, closed = firms["founded"].astype(int), firms["closed"].astype(int)
    born = (founded >= first) & (founded <= months - 12 * SURVIVAL_YEARS)
    lived = (closed == CLOSED_NEVER) | (closed - founded >= 12 * SURVIVAL_YEARS)
    return float(lived[born].mean()) if born.any() else float("nan")


def electric_lead(fleet: Array) -> float:
    """Return the electric share of the cars of households with none but company cars less that of others, 0 to 1.

    Households with both kinds are left out: which of their cars is electric is not kept.
    """
    cars, electric, company = (fleet[name].astype(np.int64) for name in ("cars", "electric", "company"))
    only, none = (cars > 0) & (company == cars), company == 0
    shares = [float(electric[kind].sum() / max(cars[kind].sum(), 1)) for kind in (only, none)]
    return shares[0] - shares[1]


def _modes(city: pd.DataFrame) -> dict[str, float]:
    """V15: main modes in the base year."""
    start = city.iloc[0]
    kinds = ("car", "bike", "walk", "transit", "sustainable")
    shares = {f"share_{kind}": 100.0 * float(start[f"mode_share_{kind}"]) for kind in kinds}
    return {**shares, "trips_per_person": float(start["trips_per_person"])}


def _distances(model: KortrijkModel) -> dict[str, float]:
    """V18: lengths of trips, at the end of the run."""
    share = shares_by_length(model)["trips"]
    first = [float(name.replace("+", "-").split("-")[0]) for name in share.index]
    below = {limit: 100.0 * float(share[[km < limit for km in first]].sum()) for limit in (5, 15)}
    km = model.indicators.value("trip_km", month=0)
    return {"trip_km": km, "trips_below_5_km": below[5], "trips_below_15_km": below[15]}


def _cars(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V19 and V21: what is driven and owned, and how cars become electric."""
    start, end = city.iloc[0], city.iloc[-1]
    t = model.state.tables
    housed = np.flatnonzero(t.households.status[: int(t.counts[1])] == HouseholdStatus.HOUSED)
    return {
        "households_without_car": 100.0 * float(start["households_without_car"]),
        "driver_km_year": 365.0 * float(start["vehicle_km_per_person"]),
        "cars_per_1000": float(start["cars_per_1000"]),
        "electric_2025": 100.0 * float(start["electric_car_share"]),
        "electric_2040": 100.0 * float(end["electric_car_share"]),
        "electric_company_lead": 100.0 * electric_lead(model.state.mobility.fleet[housed]),
    }


def _students(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V20: rooms wanted and short in the base year, graduates who stay."""
    start = city.iloc[0]
    housed = float(start["students_in_rooms"] + start["students_in_flats"])
    last = city.iloc[-60:]
    stay = float(last["graduates_staying"].sum()) / max(float(last["graduates"].sum()), 1.0)
    return {
        "rooms_wanted": (housed + float(start["students_unhoused"])) / model.scale,
        "rooms_short": float(start["students_unhoused"]) / model.scale,
        "graduates_stay": 100.0 * stay,
    }


def _firms(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V23: local units that last five years, and those that open and close in a year."""
    e, months = model.state.economy, city.iloc[1:]
    years = len(months) / 12.0
    mean = max(float(months["firms"].mean()), 1.0)
    births, closures = float(months["firm_births"].sum()) / years, float(months["firm_closures"].sum()) / years
    return {
        "firm_survival": 100.0 * survival_share(e.firms[: int(e.counts[0])], model.month),
        "firm_turnover": 100.0 * (births + closures) / mean,
        "firm_closures_year": 100.0 * closures / mean,
        "employment_2025": 100.0 * float(city["employment_rate"].iloc[0]),
    }
