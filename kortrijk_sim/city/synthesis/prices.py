"""What a dwelling is worth and what it lets for."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.dwellings import Stock
from kortrijk_sim.city.synthesis.inputs import Inputs
from kortrijk_sim.city.vocabulary import DwellingKind


def make_values(inputs: Inputs, stock: Stock, dice: Dice) -> FloatArray:
    """Return the value of each dwelling in EUR at the price level of the base year.

    Hedonic: ``median of the type * exp(b_rooms * (rooms - usual) + b_epc * (C - label) + b_lcp + sector +
    noise)``. Each type of sale is scaled so that its median is the published one of 2024. Detached houses
    stand for houses with four facades, terraced and semi-detached ones for two or three.
    """
    groups = (
        ((DwellingKind.TERRACED, DwellingKind.SEMI_DETACHED), "price_house_2_3_facades_median_2024", 1.0),
        ((DwellingKind.DETACHED,), "price_house_4_facades_median_2024", 1.0),
        ((DwellingKind.APARTMENT,), "price_apartment_median_2024", 1.0),
        ((DwellingKind.OTHER,), "price_house_2_3_facades_median_2024", inputs.p("value_ratio_other")),
    )
    sector = inputs.p("value_sector_spread") * _sector_level(inputs)
    log = inputs.p("value_per_room") * stock.rooms + inputs.p("value_per_epc_step") * (2 - stock.epc)
    log = log + inputs.p("value_semi_detached") * (stock.kind == DwellingKind.SEMI_DETACHED)
    log += inputs.p("value_life_cycle_proof") * stock.life_cycle_proof + sector[stock.sector]
    log += inputs.p("value_noise_sd") * dice.normals(Stream.VALUE, stock.key)
    value = np.exp(log)
    for kinds, fact, ratio in groups:
        here = np.isin(stock.kind, kinds)
        if here.any():
            value[here] *= inputs.facts.value(fact) * ratio / np.median(value[here])
    return np.asarray(value)


def make_market_rents(inputs: Inputs, stock: Stock, value: FloatArray) -> FloatArray:
    """Return the rent that a new tenant would pay, EUR a month.

    The published means of houses and flats of 2022, moved to the base year so that the rents asked in 2024
    are met; within a type rents differ half as much as prices (on a log scale).
    """
    growth = inputs.p("rent_growth_2022_2025")
    rent = np.zeros(stock.kind.size)
    flat = stock.kind == DwellingKind.APARTMENT
    elasticity = inputs.p("rent_elasticity_to_value")
    for here, fact in ((flat, "rent_apartment_2022"), (~flat, "rent_house_2022")):
        if not here.any():
            continue
        relative = (value[here] / np.median(value[here])) ** elasticity
        rent[here] = inputs.facts.value(fact) * growth * relative
    return rent


def _sector_level(inputs: Inputs) -> FloatArray:
    """Return how sought after a sector is, standardised: homes that use more energy are larger and dearer."""
    use = np.log(inputs.sector_column("kwh_per_home"))
    social = inputs.sector_column("social_weight")
    level = (use - use.mean()) / use.std() - 0.4 * np.log(np.maximum(social, 1.0))
    return np.asarray((level - level.mean()) / level.std(), np.float64)
