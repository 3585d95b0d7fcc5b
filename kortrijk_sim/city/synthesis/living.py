"""What a household's home costs it and since when: length of stay, rent, savings, mortgage, waiting list."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.city.synthesis.dice import Dice, Stream
from kortrijk_sim.city.synthesis.dwellings import Stock
from kortrijk_sim.city.synthesis.families import Kin
from kortrijk_sim.city.synthesis.inputs import Inputs
from kortrijk_sim.city.synthesis.matching import Homes
from kortrijk_sim.city.synthesis.persons import NEVER, Lives
from kortrijk_sim.city.vocabulary import HouseholdStatus, Tenure


@dataclass
class Ledger:
    """Attributes of households, shape (households,); amounts in EUR, months since 1 January 2025."""

    since_month: Array
    rent_eur_month: FloatArray
    savings_eur: FloatArray
    mortgage_eur_month: FloatArray
    mortgage_until: Array
    social_since: Array


def make_ledger(
    inputs: Inputs,
    kin: Kin,
    lives: Lives,
    stock: Stock,
    homes: Homes,
    value: FloatArray,
    market_rent: FloatArray,
    dice: Dice,
) -> Ledger:
    """Return length of stay, rent, savings, mortgage and registration of every household."""
    since = months_of_moving_in(inputs, kin, lives, stock, homes, dice)
    savings = make_savings(inputs, homes, dice)
    payment, until = make_mortgages(inputs, homes, value, since, dice)
    return Ledger(
        since_month=since,
        rent_eur_month=make_rents(inputs, homes, market_rent, since),
        savings_eur=savings,
        mortgage_eur_month=payment,
        mortgage_until=until,
        social_since=registrations(inputs, kin, homes, dice),
    )


def months_of_moving_in(inputs: Inputs, kin: Kin, lives: Lives, stock: Stock, homes: Homes, dice: Dice) -> Array:
    """Return when a household moved in.

    The stay so far is exponential with a mean by tenure, cut off at the age of 19 of the older head, and
    not before the head came to the city or the dwelling stood.
    """
    mean = np.array(
        [
            inputs.p("stay_mean_years_owner"),
            inputs.p("stay_mean_years_private_rent"),
            inputs.p("stay_mean_years_social_rent"),
        ]
    )[np.maximum(homes.tenure, 0)]
    longest = np.maximum(homes.age - 19.0, 0.5)
    u = dice.uniforms(Stream.STAY, homes.key)
    years = -mean * np.log1p(-u * (1.0 - np.exp(-longest / mean)))
    since = -1 - np.floor(12.0 * years).astype(np.int64)
    first = np.flatnonzero((kin.order == 0) & (kin.household >= 0))
    arrived = np.full(homes.size.size, -100_000, np.int64)
    came = lives.arrived_month[first]
    arrived[kin.household[first]] = np.where(came == NEVER, -100_000, came)
    since = np.maximum(since, arrived)
    housed = homes.dwelling >= 0
    since[housed] = np.maximum(since[housed], stock.built_month[homes.dwelling[housed]])
    return np.where(housed, np.minimum(since, -1), 0)


def make_rents(inputs: Inputs, homes: Homes, market_rent: FloatArray, since: Array) -> FloatArray:
    """Return the rent paid: private rents lag the market with the stay, social rents follow the income."""
    out = np.zeros(homes.size.size)
    private = np.flatnonzero(homes.tenure == Tenure.PRIVATE_RENT)
    lag = np.minimum(inputs.p("sitting_rent_lag_per_year") * -since[private] / 12.0, 0.3)
    out[private] = market_rent[homes.dwelling[private]] * (1.0 - lag)
    social = np.flatnonzero(homes.tenure == Tenure.SOCIAL_RENT)
    if social.size:
        share = np.clip(inputs.p("social_rent_share_of_income") * homes.income[social], 150.0, 750.0)
        out[social] = share * inputs.p("social_rent_mean_eur_month") / share.mean()
    return out


def make_savings(inputs: Inputs, homes: Homes, dice: Dice) -> FloatArray:
    """Return savings: log-normal around months of income that grow with age."""
    months = inputs.p("savings_months_of_income") * np.clip((homes.age - 18) / 27.0, 0.15, 2.2)
    rent = np.where(homes.tenure == Tenure.OWNER, 1.0, inputs.p("savings_ratio_tenants"))
    spread = inputs.p("savings_sigma") * dice.normals(Stream.WEALTH, homes.key)
    savings = homes.income * months * rent * np.exp(spread)
    return np.where(homes.dwelling < 0, 0.05 * savings, savings)


def make_mortgages(
    inputs: Inputs, homes: Homes, value: FloatArray, since: Array, dice: Dice
) -> tuple[FloatArray, Array]:
    """Return monthly payment and last month of the mortgage of owners who still pay one.

    An annuity on the loan that the price at purchase asked for, over 20 or 25 years, finished by the age of
    70; the payment stays within a share of the income.
    """
    own = np.flatnonzero(homes.tenure == Tenure.OWNER)
    key = homes.key[own]
    years_ago = -since[own] / 12.0
    at_purchase = homes.age[own] - years_ago
    term = np.where(dice.uniforms(Stream.WEALTH, key, 5) < 0.5, 20.0, 25.0)
    term = np.clip(np.minimum(term, 70.0 - at_purchase), 5.0, 25.0)
    likely = np.clip(1.25 - np.maximum(at_purchase - 30.0, 0.0) / 35.0, 0.0, 0.95)
    borrows = dice.uniforms(Stream.WEALTH, key, 6) < likely
    pays = borrows & (years_ago < term)
    price = value[homes.dwelling[own]] * (1.0 + inputs.p("price_growth_past_per_year")) ** -years_ago
    rate = inputs.p("mortgage_rate_outstanding_per_year") / 12.0
    loan = inputs.p("loan_to_value") * price * (0.75 + 0.35 * dice.uniforms(Stream.WEALTH, key, 7))
    annuity = loan * rate / (1.0 - (1.0 + rate) ** (-12.0 * term))
    annuity = np.minimum(annuity, inputs.p("payment_to_income_most") * homes.income[own])
    payment = np.zeros(homes.size.size)
    until = np.full(homes.size.size, NEVER, np.int64)
    payment[own] = np.where(pays, annuity, 0.0)
    until[own] = np.where(pays, since[own] + np.rint(12.0 * term).astype(np.int64), NEVER)
    return payment, until


def registrations(inputs: Inputs, kin: Kin, homes: Homes, dice: Dice) -> Array:
    """Return since when a household waits for a social home, -9999 if it does not.

    Private tenants and the homeless with low incomes for their size; the wait so far is exponential.
    """
    total = inputs.total("social_waiting_list")
    tenant = homes.tenure == Tenure.PRIVATE_RENT
    homeless = kin.status == HouseholdStatus.HOMELESS
    need = np.log(np.maximum(homes.income, 200.0) / np.sqrt(homes.size))
    luck = -np.log(-np.log(dice.uniforms(Stream.WAITING, homes.key)))
    score = np.where(homeless, -3.0, 0.0) + 3.0 * need - luck
    who = np.flatnonzero(tenant | homeless)
    who = who[np.argsort(score[who], kind="stable")[:total]]
    u = dice.uniforms(Stream.WAITING, homes.key[who], 1)
    months = np.floor(-np.log(u) * 12.0 * inputs.p("social_wait_mean_years")).astype(np.int64)
    out = np.full(homes.size.size, NEVER, np.int64)
    out[who] = -1 - np.minimum(months, 12 * np.maximum(homes.age[who] - 18, 0) + 11)
    return out
