"""How homes are priced, built and kept: the rules of sellers, landlords and developers."""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.compiling import rule


class MarketParams(NamedTuple):
    """Parameters of prices, construction, vacancy and matching; see ``parameters_market``."""

    structural_vacancy_house_share: float
    structural_vacancy_apartment_share: float
    price_slope_low: float
    price_slope_normal: float
    price_slope_high: float
    price_change_max_per_year: float
    bid_up_ratio: float
    bid_up_continue_probability: float
    sale_cut_per_month: float
    sale_cut_log_mean: float
    sale_cut_log_sd: float
    rent_cut_per_month: float
    rent_cut_log_mean: float
    rent_cut_log_sd: float
    ask_factor_min: float
    price_cut_max_share: float
    sale_to_let_after_months: float
    sale_to_let_per_month: float
    let_to_sale_share: float
    developer_alpha: float
    developer_base_share_per_year: float
    developer_lag_months: float
    developer_ratio: float
    demolition_per_year: float
    demolition_vacant_ratio: float
    neglect_after_months: float
    neglect_per_month: float
    neglect_return_per_year: float
    second_home_return_per_year: float
    second_home_start_per_year: float
    vacancy_tax_return_per_year_per_1000_eur: float
    second_home_tax_return_per_year_per_1000_eur: float
    conformity_withdrawn_share: float
    search_near_buckets: float
    search_far_buckets: float
    search_rounds: float
    in_migration_closing_per_month: float
    in_migrants_min_per_month: float


@rule
def price_growth_per_year(vacancy: float, structural: float, p: MarketParams) -> float:
    """Yearly real change of a price index: 1 - s (v - v*), steep when homes are scarce.

    Source: SILO default pricing strategy (slopes -10 below 0.9 v*, -1 between, -0.1 above 2 v*).
    """
    low, high = 0.9 * structural, 2.0 * structural
    if vacancy < low:
        change = p.price_slope_low * (low - vacancy) + p.price_slope_normal * (structural - low)
    elif vacancy <= high:
        change = p.price_slope_normal * (structural - vacancy)
    else:
        change = p.price_slope_normal * (structural - high) + p.price_slope_high * (high - vacancy)
    return min(p.price_change_max_per_year, max(-p.price_change_max_per_year, change))


@rule
def bid_up(bidders: int, u: float, p: MarketParams) -> float:
    """Factor on the asking price when several want one home: ratio^Geometric.

    Source: Bank of England housing model (1.0746 per further bid).
    """
    if bidders < 2:
        return 1.0
    bids = math.floor(math.log(u) / math.log(p.bid_up_continue_probability)) + 1.0
    return math.pow(p.bid_up_ratio, min(bids, float(bidders - 1), 4.0))


@rule
def price_cut(z: float, log_mean: float, log_sd: float, largest: float) -> float:
    """Factor on the asking price of a home that does not sell: 1 - exp(N(mean, sd)) %.

    Source: Bank of England housing model (sale 1.45 and 0.71, rent 1.66 and 0.79).
    """
    return 1.0 - min(largest, math.exp(log_mean + log_sd * z) / 100.0)


@rule
def developer_starts_share_per_year(vacancy: float, p: MarketParams) -> float:
    """New homes that developers start in a year, as a share of the stock.

    Falls with vacancy: D = base (alpha + 0.02 - v) / 0.02 up to alpha, then base exp(-k (v - alpha)) with
    k = -18.33 ln(alpha) - 16.79.
    Source: SILO construction demand, made continuous at alpha.
    """
    if vacancy <= p.developer_alpha:
        demand = 1.0 + (p.developer_alpha - vacancy) / 0.02
    else:
        k = -18.33 * math.log(p.developer_alpha) - 16.79
        demand = math.exp(-k * (vacancy - p.developer_alpha))
    return p.developer_ratio * p.developer_base_share_per_year * demand
