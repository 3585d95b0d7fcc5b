"""Prices, offers and uses of dwellings: what sellers, landlords and the tax do (H6, H7)."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.agents.market_rules import MarketParams, price_cut, price_growth_per_year
from kortrijk_sim.agents.person import per_month
from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import (
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    Epc,
    Period,
    Scheme,
    Tenure,
)
from kortrijk_sim.compiling import kernel, lean
from kortrijk_sim.draws import mix, normal, uniform
from kortrijk_sim.models.events import Cause, Kind, note_home
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.state import N_KINDS, Tables


@lean
def cut_prices(t: Tables, month: int, dice: np.uint64, mp: MarketParams) -> None:
    """Let sellers and landlords of vacant homes lower what they ask, or change from sale to letting."""
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.household[d] >= 0 or dw.status[d] != DwellingStatus.STANDING or dw.tenure[d] == Tenure.SOCIAL_RENT:
            continue
        if dw.use[d] != DwellingUse.MAIN_RESIDENCE:
            continue
        sale = dw.tenure[d] == Tenure.OWNER
        u = uniform(dice, dw.key[d])
        if u < (mp.sale_cut_per_month if sale else mp.rent_cut_per_month):
            mean, sd = mp.sale_cut_log_mean, mp.sale_cut_log_sd
            if not sale:
                mean, sd = mp.rent_cut_log_mean, mp.rent_cut_log_sd
            cut = price_cut(normal(dice, dw.key[d], 1), mean, sd, mp.price_cut_max_share)
            dw.ask_factor[d] = max(mp.ask_factor_min, dw.ask_factor[d] * cut)
        waited = month - dw.vacant_since[d]
        if sale and dw.scheme[d] == Scheme.MARKET and waited >= mp.sale_to_let_after_months:
            if uniform(dice, dw.key[d], 3) < mp.sale_to_let_per_month:
                dw.tenure[d] = Tenure.PRIVATE_RENT
        elif not sale and waited == 1 and uniform(dice, dw.key[d], 4) < mp.let_to_sale_share:
            dw.tenure[d] = Tenure.OWNER


@kernel
def market_tightness(t: Tables, sector_wijk: Array) -> Array:
    """Return stock and vacant homes, shape (2, 2 tenures, 5 kinds, 14 wijken)."""
    out = np.zeros((2, 2, N_KINDS, t.markets.price_index.shape[1]))
    dw = t.dwellings
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING or dw.use[d] != DwellingUse.MAIN_RESIDENCE:
            continue
        if dw.tenure[d] == Tenure.SOCIAL_RENT:
            continue
        wijk = sector_wijk[dw.sector[d]]
        out[0, dw.tenure[d], dw.kind[d], wijk] += 1.0
        if dw.household[d] < 0:
            out[1, dw.tenure[d], dw.kind[d], wijk] += 1.0
    return out


@kernel
def prices(t: Tables, sector_wijk: Array, structural: Array, mp: MarketParams) -> None:
    """Move the price and rent index of every kind and wijk with the vacancy there (H7).

    A wijk's vacancy counts half, the city's the other half: few homes of a kind stand vacant in one wijk.

    Args:
        t: All tables.
        sector_wijk: Wijk of each sector.
        structural: Vacancy at which prices rest, shape (2 tenures, 5 kinds).
        mp: Parameters.
    """
    x = market_tightness(t, sector_wijk)
    for tenure in range(2):
        index = t.markets.price_index if tenure == 0 else t.markets.rent_index
        # Offers for sale and to let stand open for different times; both are compared with their own rest.
        for kind in range(N_KINDS):
            stock, vacant = x[0, tenure, kind].sum(), x[1, tenure, kind].sum()
            if stock < 1.0:
                continue
            city = vacant / stock
            for w in range(index.shape[1]):
                local = x[1, tenure, kind, w] / x[0, tenure, kind, w] if x[0, tenure, kind, w] > 20.0 else city
                growth = price_growth_per_year(0.5 * (local + city), structural[tenure, kind], mp)
                index[kind, w] *= (1.0 + growth) ** (1.0 / 12.0)


@lean
def uses(t: Tables, month: int, dice: np.uint64, levers: Levers, mp: MarketParams) -> None:
    """Move dwellings between market, neglect and second home; taxes bring them back."""
    dw = t.dwellings
    neglect_back = per_month(
        mp.neglect_return_per_year
        + mp.vacancy_tax_return_per_year_per_1000_eur * levers.vacancy_tax_eur_per_year / 1000.0
    )
    second_back = per_month(
        mp.second_home_return_per_year
        + mp.second_home_tax_return_per_year_per_1000_eur * levers.second_home_tax_eur_per_year / 1000.0
    )
    second_start = per_month(mp.second_home_start_per_year)
    for d in range(t.counts[2]):
        if dw.status[d] != DwellingStatus.STANDING or dw.household[d] >= 0 or dw.tenure[d] == Tenure.SOCIAL_RENT:
            continue
        u = uniform(dice, dw.key[d])
        use = dw.use[d]
        if use == DwellingUse.MAIN_RESIDENCE:
            long_vacant = month - dw.vacant_since[d] >= mp.neglect_after_months
            if long_vacant and dw.period[d] <= Period.FROM_1971_TO_1981 and u < mp.neglect_per_month:
                dw.use[d] = DwellingUse.NEGLECTED
                note_home(t.log, t.counts, month, Kind.USE_CHANGED.value, 0, d, dw.chain[d], float(dw.use[d]))
            elif u > 1.0 - second_start:
                dw.use[d] = DwellingUse.SECOND_HOME
                note_home(t.log, t.counts, month, Kind.USE_CHANGED.value, 0, d, dw.chain[d], float(dw.use[d]))
        elif (use == DwellingUse.NEGLECTED and u < neglect_back) or (
            use == DwellingUse.SECOND_HOME and u < second_back
        ):
            if use == DwellingUse.NEGLECTED:
                dw.epc[d] = max(Epc.A.value, dw.epc[d] - 2)  # it is renovated before it returns
            dw.use[d] = DwellingUse.MAIN_RESIDENCE
            dw.vacant_since[d] = month
            dw.ask_factor[d] = 1.0
            dw.chain[d] = mix(dw.key[d], np.uint64(month + 1))
            dw.chain_position[d] = 0
            note_home(t.log, t.counts, month, Kind.USE_CHANGED.value, Cause.BACK_ON_MARKET.value, d, dw.chain[d], 0.0)


@lean
def conformity(t: Tables, month: int, dice: np.uint64, checks: float, mp: MarketParams) -> None:
    """Check vacant rental homes with the worst labels: they are renovated, or leave the market for a time."""
    left = int(checks + uniform(dice, np.uint64(7)))
    dw = t.dwellings
    for d in range(t.counts[2]):
        if left <= 0:
            return
        if dw.tenure[d] != Tenure.PRIVATE_RENT or dw.household[d] >= 0 or dw.status[d] != DwellingStatus.STANDING:
            continue
        if dw.use[d] != DwellingUse.MAIN_RESIDENCE or dw.epc[d] < Epc.E or dw.kind[d] == DwellingKind.OTHER:
            continue
        left -= 1
        if uniform(dice, dw.key[d]) < mp.conformity_withdrawn_share:
            dw.use[d] = DwellingUse.NEGLECTED
            note_home(t.log, t.counts, month, Kind.USE_CHANGED.value, 0, d, dw.chain[d], float(dw.use[d]))
        else:
            dw.epc[d] = Epc.C
