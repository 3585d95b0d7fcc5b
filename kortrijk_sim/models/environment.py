"""What stays the same during a run: places, typical homes, parameters, rates, levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kortrijk_sim.agents.household_rules import HousingParams
from kortrijk_sim.agents.market_rules import MarketParams
from kortrijk_sim.agents.person import PersonParams, per_month
from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.facts import Parameters
from kortrijk_sim.city.geography import Geography
from kortrijk_sim.city.rates import AgeRates
from kortrijk_sim.city.vocabulary import DwellingKind, DwellingUse, Scheme, Tenure
from kortrijk_sim.models.alignment import Alignment
from kortrijk_sim.models.care_start import CareParams, care_params
from kortrijk_sim.models.construction import BuildParams, Ground, Programme
from kortrijk_sim.models.demography import death_chances, highest_birth_chance, highest_split_chance, monthly_of
from kortrijk_sim.models.economy_start import EconomySetting
from kortrijk_sim.models.exclusion import ExclusionParams
from kortrijk_sim.models.household_rolls import HouseholdChances
from kortrijk_sim.models.lives import health_chances
from kortrijk_sim.models.market import Place, SearchParams
from kortrijk_sim.models.migration import ArrivalParams, highest_departure_chance
from kortrijk_sim.models.moving import highest_seeking_chance
from kortrijk_sim.models.nursing import highest_entry_chance
from kortrijk_sim.models.rolls import Chances
from kortrijk_sim.models.sites import SiteSetting, price_classes
from kortrijk_sim.models.social import SocialParams
from kortrijk_sim.models.state import N_KINDS, PIPELINE_MONTHS, Tables

MAX_ROOMS = 12
N_WIJKEN = 14


@dataclass(frozen=True)
class Environment:
    """Everything that a process may know besides the state."""

    place: Place
    ground: Ground
    structural: FloatArray
    person: PersonParams
    housing: HousingParams
    market: MarketParams
    search: SearchParams
    social: SocialParams
    exclusion: ExclusionParams
    care: CareParams
    arrival: ArrivalParams
    build: BuildParams
    rates: dict[str, FloatArray]
    chances: Chances
    household_chances: HouseholdChances
    arrival_cumulative: FloatArray
    alignment: Alignment
    moving_help_ratio: float
    home_care_growth_per_year: float
    stress_share: float
    programmes: dict[str, Programme]
    sites: SiteSetting
    economy: EconomySetting


def typical_homes(t: Tables) -> tuple[FloatArray, FloatArray]:
    """Return the mean value (EUR) and rent (EUR/month) by kind and rooms, shape (5, 12) each.

    Where the base city has fewer than 20 such homes the nearest number of rooms stands in.
    """
    dw, n = t.dwellings, int(t.counts[2])
    value, rent = np.zeros((N_KINDS, MAX_ROOMS)), np.zeros((N_KINDS, MAX_ROOMS))
    market = (dw.use[:n] == DwellingUse.MAIN_RESIDENCE) & (dw.tenure[:n] != Tenure.SOCIAL_RENT)
    for kind in range(N_KINDS):
        for rooms in range(MAX_ROOMS):
            homes = market & (dw.kind[:n] == kind) & (dw.rooms[:n] == rooms)
            if homes.sum() >= 20:
                value[kind, rooms] = dw.value_eur[:n][homes].mean()
                rent[kind, rooms] = dw.rent_eur_month[:n][homes].mean()
        known = np.flatnonzero(value[kind])
        if len(known) == 0:
            homes = market & (dw.kind[:n] == kind) if (market & (dw.kind[:n] == kind)).any() else market
            value[kind], rent[kind] = dw.value_eur[:n][homes].mean(), dw.rent_eur_month[:n][homes].mean()
            continue
        for rooms in range(MAX_ROOMS):
            nearest = known[np.argmin(np.abs(known - rooms))]
            value[kind, rooms], rent[kind, rooms] = value[kind, nearest], rent[kind, nearest]
    return value, rent


_FORMS: dict[str, tuple[int, Tenure | None, Scheme]] = {
    # Name of a programme: number, tenure where it is fixed, form in which it is sold or let.
    "developer_house": (1, None, Scheme.MARKET),
    "developer_apartment": (2, None, Scheme.MARKET),
    "life_cycle": (3, None, Scheme.MARKET),
    "social": (4, Tenure.SOCIAL_RENT, Scheme.MARKET),
    "family": (5, None, Scheme.MARKET),
    "apartment": (6, None, Scheme.MARKET),
    "cohousing": (7, None, Scheme.COHOUSING),
    "land_trust": (8, Tenure.OWNER, Scheme.LAND_TRUST),
    "cooperative": (9, Tenure.PRIVATE_RENT, Scheme.COOPERATIVE),
    "market": (10, None, Scheme.MARKET),
    "assisted": (11, Tenure.PRIVATE_RENT, Scheme.MARKET),
}


def make_programmes(parameters: Parameters) -> dict[str, Programme]:
    """Return what the homes of developers and of every building programme look like."""
    out = {}
    for name, (number, tenure, scheme) in _FORMS.items():
        value: dict[str, Any] = {
            trait: parameters.value(f"programme_{name}_{trait}")
            for trait in Programme._fields
            if trait not in ("number", "tenure", "scheme")
        }
        rooms = {trait: int(v) for trait, v in value.items() if trait.startswith("rooms")}
        out[name] = Programme(
            number=number, tenure=-1 if tenure is None else int(tenure), scheme=int(scheme), **{**value, **rooms}
        )
    return out


def make_environment(
    t: Tables,
    geography: Geography,
    parameters: Parameters,
    rates: AgeRates,
    alignment: Alignment,
    economy: EconomySetting,
) -> Environment:
    """Gather what stays the same, from the base city and the scenario's parameters."""
    value, rent = typical_homes(t)
    wijk = geography.sector_wijk
    order = np.argsort(wijk, kind="stable").astype(np.int16)
    start = np.searchsorted(wijk[order], np.arange(N_WIJKEN + 1)).astype(np.int32)
    weight = np.array([geography.sectors[i].households for i in order], dtype=float)
    for w in range(N_WIJKEN):
        part = weight[start[w] : start[w + 1]]
        weight[start[w] : start[w + 1]] = np.cumsum(part) / max(part.sum(), 1e-9)
    near = geography.adjacent | np.eye(N_WIJKEN, dtype=bool)
    care = care_params(parameters)
    programmes = make_programmes(parameters)
    ground = Ground(start, order, weight, geography.sector_x_km, geography.sector_y_km, value, rent)
    market = parameters.select(MarketParams)
    person = parameters.select(PersonParams)
    build = parameters.select(BuildParams)
    housing, exclusion = parameters.select(HousingParams), parameters.select(ExclusionParams)
    help_ratio = parameters.value("moving_help_ratio")
    weights = rates["arrival_weight"].mean(axis=0)
    structural = np.full((2, N_KINDS), market.structural_vacancy_house_share)
    structural[:, DwellingKind.APARTMENT] = market.structural_vacancy_apartment_share
    return Environment(
        place=Place(wijk, near, np.zeros(len(wijk), np.float32), value, rent),
        ground=ground,
        structural=structural,
        person=person,
        housing=housing,
        market=market,
        search=parameters.select(SearchParams),
        social=parameters.select(SocialParams),
        exclusion=exclusion,
        care=care,
        arrival=parameters.select(ArrivalParams),
        build=build,
        rates={name: np.ascontiguousarray(curve) for name, curve in rates.items()},
        chances=Chances(
            # Mortality only falls: the first month's chances bound those of every later one.
            death=death_chances(rates["mortality"], rates["mortality_improvement"], alignment.mortality, 0, person),
            birth=highest_birth_chance(alignment.fertility, person),
            split=highest_split_chance(rates["split"]),
            union=monthly_of(rates["union"]),
            leave_nest=monthly_of(rates["leave_nest"]),
            health_worse=health_chances(person).max(axis=0),
            health_better=1.0 - per_month(person.health_recovery_per_year),
            nursing=highest_entry_chance(alignment.nursing_entry, care.nursing),
        ),
        household_chances=HouseholdChances(
            leave_city=highest_departure_chance(rates["out_migration"].mean(axis=0), alignment.out_migration),
            seek=highest_seeking_chance(rates["moving"].mean(axis=0), help_ratio, housing),
            enter_social_list=per_month(alignment.social_listing_per_year),
            lose_home=per_month(alignment.home_loss_per_year),
            stress_share=exclusion.home_loss_stress_share,
        ),
        arrival_cumulative=np.cumsum(weights) / weights.sum(),
        alignment=alignment,
        moving_help_ratio=help_ratio,
        home_care_growth_per_year=parameters.value("home_care_growth_per_year"),
        stress_share=parameters.value("housing_cost_stress_share"),
        programmes=programmes,
        sites=SiteSetting(
            care, price_classes(parameters), alignment.staff_access, programmes["assisted"], ground, build
        ),
        economy=economy,
    )


def prepare_ground(t: Tables, geography: Geography, parameters: Parameters, scale: float) -> None:
    """Set the land that is left and the homes under way at the start.

    Houses find room where wijken are wide, apartments where people live; shares are an assumption.
    """
    households = np.zeros(N_WIJKEN)
    for sector in geography.sectors:
        households[sector.wijk] += sector.households
    area = np.array([wijk.area_km2 for wijk in geography.wijken])
    house_share = np.sqrt(area * households)
    t.markets.land_left[0] = np.round(parameters.value("land_houses") * scale * house_share / house_share.sum())
    t.markets.land_left[1] = np.round(parameters.value("land_apartments") * scale * households / households.sum())
    monthly = parameters.value("pipeline_dwellings_per_year") * scale / 12.0
    apartments = parameters.value("build_apartment_share")
    lag = min(int(parameters.value("developer_lag_months")), PIPELINE_MONTHS)
    shares: list[tuple[int, Array]] = [
        (int(DwellingKind.APARTMENT), apartments * households / households.sum()),
        (int(DwellingKind.TERRACED), (1 - apartments) * house_share / house_share.sum()),
    ]
    for kind, share in shares:
        cumulative = np.outer(np.arange(1, lag + 1), monthly * share)
        due = np.diff(np.floor(cumulative + 0.5), axis=0, prepend=0)
        t.markets.pipeline[:lag, kind, :] = due
