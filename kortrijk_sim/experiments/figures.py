"""The figures of an unchanged run that the score card compares with the real city."""

from __future__ import annotations

import numpy as np
import pandas as pd

from kortrijk_sim.agents.household_rules import is_too_large, rooms_needed
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import DwellingKind, DwellingUse, HouseholdStatus, PersonStatus, Tenure
from kortrijk_sim.experiments.care_patterns import care_figures
from kortrijk_sim.experiments.mobility_patterns import mobility_figures
from kortrijk_sim.models.events import Cause, Kind
from kortrijk_sim.models.model import KortrijkModel
from kortrijk_sim.models.summary import summarise

SETTLED = 25  # first month of 2027: the city has its own rhythm by then
HOUSES = (DwellingKind.TERRACED, DwellingKind.SEMI_DETACHED, DwellingKind.DETACHED)


def unchanged_figures(model: KortrijkModel) -> dict[str, float]:
    """Return every figure of a run to the end of 2040, by the name of its measure in the table ``patterns``."""
    frame = model.indicators.frame()
    city = frame[frame["place"] == model.indicators.places[0]].set_index("month")
    return (
        _people(model, city)
        | _moving(model)
        | _chains(model, city)
        | _homes(model, city)
        | _room(model)
        | _social(model, city)
        | care_figures(model, city)
        | mobility_figures(model, city)
    )


def first_year(model: KortrijkModel) -> dict[str, float]:
    """Return births, deaths and net migration of the first year (V1), in persons of the full city."""
    frame = model.indicators.frame()
    city = frame[(frame["place"] == model.indicators.places[0]) & frame["month"].between(1, 12)]
    return {name: float(city[name].sum()) / model.scale for name in ("births", "deaths", "net_migration")}


def _people(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V1 and V3."""
    base = model.base.persons
    age = -base["birth_month"][base["status"] == PersonStatus.RESIDENT] / 12.0
    return {
        "population_2025": float(city["population"].loc[0]) / model.scale,
        **first_year(model),
        "share_under_18": 100.0 * float((age < 18).mean()),
        "share_65plus": 100.0 * float((age >= 65).mean()),
        "mean_age": float(age.mean()),
    }


def _moving(model: KortrijkModel) -> dict[str, float]:
    """V4: the age profile of moving, from 2027."""
    moves = model.indicators.moves_by_age(SETTLED)
    ages, share = moves["age_from"].to_numpy(), moves["share"].to_numpy()

    def between(first: int, last: int) -> float:
        rows = moves[(moves["age_from"] >= first) & (moves["age_from"] <= last)]
        return float(rows["movers"].sum() / max(rows["person_years"].sum(), 1e-9))

    grown = (ages >= 15) & (ages <= 90)
    peak = int(np.argmax(np.where(grown, share, 0.0)))
    lowest = max(float(share[(ages >= 60) & (ages <= 75)].min()), 1e-9)
    return {
        "moved_per_year": 100.0 * between(0, 100),
        "moving_peak_age": float(ages[peak]),
        "moving_peak_ratio": float(share[peak]) / lowest,
        "moving_rise_ratio": between(85, 100) / max(between(65, 70), 1e-9),
    }


def _chains(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V6: chain length, what starts long chains and who takes the later links."""
    t = model.state.tables
    log, n = t.log, int(t.counts[3])
    kind, month = log.kind[:n], log.month[:n]
    moved = np.flatnonzero((kind == Kind.MOVED) & (month >= SETTLED - 1) & (log.chain[:n] != 0))
    later = moved[log.position[moved] >= 1]
    came = log.household[:n][(kind == Kind.ARRIVED) & (log.cause[:n] == Cause.ARRIVAL)]
    starter = (log.origin[later] < 0) & ~np.isin(log.household[later], came)
    settled = city.loc[SETTLED:]
    links, closed = settled["chain_links"].sum(), max(settled["chains_closed"].sum(), 1.0)
    outside = model.indicators.regional_continuation * settled["chains_to_arrivals"].sum() / closed
    return {
        "chain_city": float(links / closed),
        "chain_region": float(links / closed / (1.0 - outside)),
        "chain_house_lead": _house_lead(log[:n], moved, t.dwellings.kind),
        "chain_starters": 100.0 * float(starter.mean()) if len(later) else float("nan"),
    }


def _house_lead(log: Array, moved: Array, kinds: Array) -> float:
    """Return how many homes more a chain holds that a new house started than one of a new apartment."""
    # Chains of the last two years may still be under way; measures are left out by their number.
    built = np.flatnonzero(
        (log["kind"] == Kind.BUILT) & (log["value"] < 100) & (log["month"] < log["month"].max() - 23)
    )
    lengths = pd.Series(log["position"][moved] + 1, index=log["chain"][moved]).groupby(level=0).max()
    found = pd.Series(kinds[log["destination"][built]], index=log["chain"][built])
    by_kind = lengths.groupby(found.reindex(lengths.index) == DwellingKind.APARTMENT)
    new = lengths[lengths.index.isin(found.index)]
    if not len(new) or by_kind.ngroups == 0:
        return float("nan")
    apartment = found.loc[new.index] == DwellingKind.APARTMENT
    return float(new[~apartment.to_numpy()].mean() - new[apartment.to_numpy()].mean())


def _homes(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V7 and V8: vacancy, prices."""
    settled, base = city.loc[SETTLED:], model.base.dwellings
    owned = (base["tenure"] == Tenure.OWNER) & (base["use"] == DwellingUse.MAIN_RESIDENCE)
    value = {kind: base["value_eur"][owned & (base["kind"] == kind)] for kind in HOUSES}
    years = (city.index[-1] - city.index[0]) / 12.0
    growth = float(city["price_index"].iloc[-1]) ** (1.0 / years) - 1.0
    return {
        "vacancy_houses": 100.0 * float(settled["vacancy_share_houses"].mean()),
        "vacancy_apartments": 100.0 * float(settled["vacancy_share_apartments"].mean()),
        "vacancy_min": 100.0 * float(city["vacancy_share"].min()),
        "house_price": float(np.median(np.concatenate(list(value.values())))),
        "terraced_to_detached": float(value[DwellingKind.TERRACED].mean() / value[DwellingKind.DETACHED].mean()),
        "price_growth": 100.0 * growth,
        "price_to_income": float(city["price_to_income"].iloc[-1]),
    }


def _room(model: KortrijkModel) -> dict[str, float]:
    """V10: under-occupancy and its rise with age, at the end of the run."""
    t = model.state.tables
    s = summarise(t, model.month, model.environment.housing.grown_child_pays_share)
    housed = np.flatnonzero(t.households.status[: len(s)] == HouseholdStatus.HOUSED)
    rooms = t.dwellings.rooms[t.households.dwelling[housed]]
    large = np.array(
        [
            is_too_large(int(r), rooms_needed(int(s.adults[h]), s.couple[h] == 1, int(s.children[h])))
            for r, h in zip(rooms, housed, strict=True)
        ]
    )
    age = s.head_age[housed]
    rise = large[age >= 65].mean() - large[age < 40].mean()
    return {"under_occupied": 100.0 * float(large.mean()), "under_occupied_rise": 100.0 * float(rise)}


def _social(model: KortrijkModel, city: pd.DataFrame) -> dict[str, float]:
    """V11: waiting time, allocations and drop-out of the social queue, from 2027."""
    t = model.state.tables
    log, n = t.log, int(t.counts[3])
    settled = city.loc[SETTLED:]
    years = len(settled) / 12.0
    allocations = float(settled["social_allocations"].sum())
    dropped = ((log.kind[:n] == Kind.SOCIAL_DROPPED) & (log.month[:n] >= SETTLED - 1)).sum()
    return {
        "social_wait": float(settled["social_waited_months"].sum()) / max(allocations, 1.0) / 12.0,
        "social_allocations": allocations / years / model.scale,
        "social_attrition": 100.0 * float(dropped) / years / max(float(settled["social_queue"].mean()), 1.0),
    }
