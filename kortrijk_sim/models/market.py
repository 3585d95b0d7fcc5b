"""The housing market of a month: search, bids, moves, and the vacancy chains they pass on (H4-H6, H8)."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

import numpy as np

from kortrijk_sim.agents.household_rules import (
    HousingParams,
    affordable_price_eur,
    affordable_rent_eur_month,
    annuity_factor_months,
    buying_probability,
    dwelling_utility,
    mortgage_months,
    rooms_needed,
)
from kortrijk_sim.agents.market_rules import MarketParams, bid_up
from kortrijk_sim.agents.table import add_member, remove_member
from kortrijk_sim.arrays import Array, BoolArray, FloatArray, IntArray
from kortrijk_sim.city.vocabulary import (
    DwellingKind,
    DwellingStatus,
    DwellingUse,
    HouseholdStatus,
    Leaving,
    PersonStatus,
    Role,
    Scheme,
    Tenure,
)
from kortrijk_sim.compiling import inlined, kernel, lean
from kortrijk_sim.draws import child_key, gumbel_ceilings, gumbel_of, mix, normal, uniform
from kortrijk_sim.models.events import Cause, Kind, note
from kortrijk_sim.models.levers import Levers
from kortrijk_sim.models.occupancy import (
    CLOSED_BY_STARTER,
    found_household,
    occupy,
    profile_of,
    settle_after_departure,
    vacate,
)
from kortrijk_sim.models.prefetch import AHEAD, expect, prefetch
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import Summary

HOUSEHOLD, LEAVER, ARRIVAL = 0, 1, 2


class SearchParams(NamedTuple):
    """Parameters of search and purchase; see ``parameters_market``."""

    starter_equity_eur: float
    starter_equity_sd_log: float
    reservation_utility_leaver: float
    reservation_utility_homeless: float
    homeless_search_share: float
    land_trust_price_ratio: float
    land_trust_income_max_eur_month: float
    cooperative_rent_ratio: float
    selling_cost_share: float
    young_buyer_age_years: float
    split_savings_share: float


class Place(NamedTuple):
    """Where things are, and what homes of each kind and size typically cost."""

    sector_wijk: Array  # (sectors,) int16
    near: Array  # (14, 14) bool: same or adjacent wijk
    accessibility: Array  # (sectors,) float32 logsum, zero while no network is attached
    typical_value_eur: Array  # (5 kinds, 12 rooms)
    typical_rent_eur_month: Array  # (5 kinds, 12 rooms)


SEEKER_DTYPE = np.dtype(
    [
        ("key", np.uint64),
        ("income", np.float64),  # EUR/month
        ("log_income", np.float64),
        ("equity", np.float64),  # EUR
        ("stay", np.float64),  # utility of staying
        ("price_max", np.float64),  # EUR
        ("rent_max", np.float64),  # EUR/month
        ("row", np.int32),  # household or person
        ("x_km", np.float32),
        ("y_km", np.float32),
        ("needed", np.int16),  # rooms
        ("age", np.int16),  # years
        ("children", np.int16),
        ("wijk", np.int16),  # of the present home, -1 none
        ("kind", np.int8),  # HOUSEHOLD, LEAVER, ARRIVAL
        ("old_kind", np.int8),  # kind of the present home, -1 none
        ("senior", np.bool_),
        ("buys", np.bool_),
        ("rents_first", np.bool_),  # rent-to-buy
    ],
    align=True,
)

type Seekers = np.recarray[Any, Any]  # everybody who looks for a home this month, one row each


def new_seekers(n: int) -> Seekers:
    """Return room for n seekers without a present home."""
    seekers = np.zeros(n, SEEKER_DTYPE).view(np.recarray)
    seekers.wijk = -1
    seekers.old_kind = -1
    return seekers


@inlined
def ask_price_eur(t: Tables, place: Place, d: int, sp: SearchParams) -> float:
    """Return the asking price of a dwelling for sale."""
    dw = t.dwellings
    index = t.markets.price_index[dw.kind[d], place.sector_wijk[dw.sector[d]]]
    price = dw.value_eur[d] * index * dw.ask_factor[d]
    return float(price * sp.land_trust_price_ratio if dw.scheme[d] == Scheme.LAND_TRUST else price)


@inlined
def ask_rent_eur_month(t: Tables, place: Place, d: int, sp: SearchParams) -> float:
    """Return the asking rent of a private rental dwelling."""
    dw = t.dwellings
    index = t.markets.rent_index[dw.kind[d], place.sector_wijk[dw.sector[d]]]
    rent = dw.rent_eur_month[d] * index * dw.ask_factor[d]
    return float(rent * sp.cooperative_rent_ratio if dw.scheme[d] == Scheme.COOPERATIVE else rent)


@lean
def mortgage_left_eur(t: Tables, h: int, month: int, p: HousingParams) -> float:
    """Return what a household still owes on its home."""
    left = t.households.mortgage_until[h] - month
    if left <= 0:
        return 0.0
    return float(t.households.mortgage_eur_month[h]) * annuity_factor_months(p.mortgage_rate_per_year, float(left))


@lean
def equity_eur(t: Tables, place: Place, h: int, month: int, p: HousingParams, sp: SearchParams) -> float:
    """Return savings plus, for owners, what a sale of the home would leave."""
    equity = float(t.households.savings_eur[h])
    home = t.households.dwelling[h]
    if home >= 0 and t.dwellings.tenure[home] == Tenure.OWNER:
        equity += ask_price_eur(t, place, home, sp) * (1.0 - sp.selling_cost_share)
        equity -= mortgage_left_eur(t, h, month, p)
    return equity


@lean
def set_means(
    t: Tables,
    k: Seekers,
    i: int,
    place: Place,
    dice: np.uint64,
    levers: Levers,
    p: HousingParams,
    sp: SearchParams,
) -> None:
    """Set what a seeker can pay and whether it wants to buy (H4)."""
    k.log_income[i] = np.log(k.income[i])
    equity = k.equity[i]
    if k.age[i] < sp.young_buyer_age_years and equity < p.first_buyer_equity_max_eur:
        equity += levers.notary_help_eur
    months = mortgage_months(k.age[i], p)
    k.price_max[i] = affordable_price_eur(k.income[i], equity, months, p)
    premium = levers.large_family_premium_eur_month if k.children[i] >= 3 else 0.0
    k.rent_max[i] = affordable_rent_eur_month(k.income[i], premium, p)
    rooms = min(max(k.needed[i], 2), place.typical_value_eur.shape[1] - 1)
    kind = DwellingKind.APARTMENT.value if k.needed[i] <= 2 else DwellingKind.TERRACED.value
    wijk = max(k.wijk[i], 0)
    value = place.typical_value_eur[kind, rooms] * t.markets.price_index[kind, wijk]
    rent = place.typical_rent_eur_month[kind, rooms] * t.markets.rent_index[kind, wijk]
    loan = max(0.0, value * (1.0 + p.purchase_tax_share) - max(equity, 0.0))
    owning = loan / annuity_factor_months(p.mortgage_rate_per_year, months)
    k.buys[i] = k.price_max[i] >= p.buyer_price_floor_share * value and uniform(dice, k.key[i]) < buying_probability(
        rent, owning, p
    )


def leavers(t: Tables, nest: IntArray, splits: IntArray, unions: IntArray, first_event: int) -> IntArray:
    """Return the rows of those who look for a home apart from their household.

    They already did, or stand on one of this month's lists, or a split of this month names them.
    """
    this_month = slice(first_event, int(t.counts[3]))
    parted = t.log.person[this_month][t.log.kind[this_month] == Kind.SPLIT]
    rows = np.concatenate((nest, splits, unions, t.persons.partner[unions], parted))
    rows = rows[rows >= 0]
    looks = (t.persons.leaving[rows] != Leaving.NO) & (t.persons.status[rows] == PersonStatus.RESIDENT)
    return cast(IntArray, np.unique(rows[looks]))


def gather(
    t: Tables,
    s: Summary,
    households: tuple[IntArray, ...],
    leavers: IntArray,
    month: int,
    place: Place,
    tenure_dice: np.uint64,
    once_dice: np.uint64,
    levers: Levers,
    p: HousingParams,
    sp: SearchParams,
) -> tuple[Seekers, int]:
    """List this month's seekers of the city: households, homeless, and those who leave nest or partner.

    ``households`` are lists of rows on which everybody who looks for a home stands.

    Returns:
        The seekers and how many rows are used.
    """  # fmt: skip
    rows = np.concatenate(households)
    rows = rows[(t.households.seeking[rows] == 1) | (t.households.status[rows] == HouseholdStatus.HOMELESS)]
    rows = np.unique(rows)
    seekers = new_seekers(len(rows) + len(leavers))
    return seekers, _gather(t, s, seekers, rows, leavers, month, place, tenure_dice, once_dice, levers, p, sp)


@lean
def _gather(
    t: Tables,
    s: Summary,
    k: Seekers,
    rows: IntArray,
    leavers: IntArray,
    month: int,
    place: Place,
    tenure_dice: np.uint64,
    once_dice: np.uint64,
    levers: Levers,
    p: HousingParams,
    sp: SearchParams,
) -> int:
    persons, households, dw = t.persons, t.households, t.dwellings
    n = 0
    for r in range(rows.shape[0]):
        expect(households, rows, r)
        expect(s, rows, r)
        prefetch(dw, households.dwelling[rows[min(r + AHEAD // 2, rows.shape[0] - 1)]])
        h = rows[r]
        homeless = households.status[h] == HouseholdStatus.HOMELESS
        if homeless and uniform(tenure_dice, households.key[h], 2) >= sp.homeless_search_share:
            continue  # landlords turn most of them away
        if not homeless and (households.seeking[h] == 0 or households.status[h] != HouseholdStatus.HOUSED):
            continue
        k.kind[n] = HOUSEHOLD
        k.row[n] = h
        k.key[n] = households.key[h]
        k.needed[n] = rooms_needed(s.adults[h], s.couple[h] == 1, s.children[h])
        k.age[n] = s.head_age[h]
        k.income[n] = max(s.income_eur_month[h], 1.0)
        k.children[n] = s.children[h]
        k.senior[n] = s.head_age[h] >= 65
        k.equity[n] = equity_eur(t, place, h, month, p, sp)
        k.stay[n] = sp.reservation_utility_homeless
        home = households.dwelling[h]
        if home >= 0:
            k.wijk[n] = place.sector_wijk[dw.sector[home]]
            k.x_km[n] = dw.x_km[home]
            k.y_km[n] = dw.y_km[home]
            k.old_kind[n] = dw.kind[home]
            cost = float(households.rent_eur_month[h])
            if dw.tenure[home] == Tenure.OWNER:
                cost = ask_price_eur(t, place, home, sp) / annuity_factor_months(p.mortgage_rate_per_year, 300.0)
            log_cost = np.log(max(cost, 1.0) / k.income[n])
            k.stay[n] = p.utility_inertia + dwelling_utility(
                dw.rooms[home], k.needed[n], log_cost, 0.0, True, k.senior[n], dw.life_cycle_proof[home] == 1,
                dw.kind[home] != DwellingKind.APARTMENT, s.children[h] > 0, dw.epc[home],
                place.accessibility[dw.sector[home]], p,
            )  # fmt: skip
        set_means(t, k, n, place, tenure_dice, levers, p, sp)
        n += 1
    for r in range(leavers.shape[0]):
        expect(persons, leavers, r)
        i = leavers[r]
        if persons.household[i] < 0:
            continue
        partner = persons.partner[i]
        if persons.leaving[i] == Leaving.UNION and (partner < 0 or persons.key[partner] < persons.key[i]):
            continue  # of a new couple, the one with the smaller key searches for both
        home = households.dwelling[persons.household[i]]
        k.kind[n] = LEAVER
        k.row[n] = i
        k.key[n] = persons.key[i]
        k.needed[n] = 2
        k.age[n] = (month - persons.birth_month[i]) // 12
        k.income[n] = max(persons.income_eur_month[i], 1.0)
        if persons.leaving[i] == Leaving.UNION:
            k.income[n] += persons.income_eur_month[partner]
        k.senior[n] = k.age[n] >= 65
        if persons.leaving[i] == Leaving.SPLIT:
            k.equity[n] = sp.split_savings_share * households.savings_eur[persons.household[i]]
        else:
            k.equity[n] = sp.starter_equity_eur * np.exp(sp.starter_equity_sd_log * normal(once_dice, persons.key[i]))
        k.stay[n] = sp.reservation_utility_leaver
        if home >= 0:
            k.wijk[n] = place.sector_wijk[dw.sector[home]]
            k.x_km[n] = dw.x_km[home]
            k.y_km[n] = dw.y_km[home]
        set_means(t, k, n, place, tenure_dice, levers, p, sp)
        n += 1
    return n


@kernel
def vacant_homes(t: Tables) -> Array:
    """Return the rows of the dwellings that are for sale or to let."""
    dw = t.dwellings
    n = 0
    out = np.empty(t.counts[2], np.int32)
    for d in range(t.counts[2]):
        if (
            dw.household[d] < 0
            and dw.status[d] == DwellingStatus.STANDING
            and dw.use[d] == DwellingUse.MAIN_RESIDENCE
            and dw.tenure[d] != Tenure.SOCIAL_RENT
        ):
            out[n] = d
            n += 1
    return out[:n]


@kernel
def _buckets(t: Tables, vacant: Array, dice: np.uint64, size: int) -> tuple[Array, Array]:
    """Sort vacancies into buckets by their own draw; a vacancy more or less moves no other one."""
    start = np.zeros(size + 1, np.int32)
    bucket = np.empty(vacant.shape[0], np.int32)
    for v in range(vacant.shape[0]):
        b = int(uniform(dice, t.dwellings.key[vacant[v]], size) * size)
        bucket[v] = b
        start[b + 1] += 1
    for b in range(size):
        start[b + 1] += start[b]
    fill = start[:-1].copy()
    order = np.empty(vacant.shape[0], np.int32)
    for v in range(vacant.shape[0]):
        order[fill[bucket[v]]] = v
        fill[bucket[v]] += 1
    return start, order


OFFER_DTYPE = np.dtype(
    [
        ("key", np.uint64),  # of the dwelling
        ("price", np.float64),  # EUR, or EUR/month of rent
        ("log_cost", np.float64),  # of EUR/month
        ("accessibility", np.float64),
        ("vacancy", np.int32),  # place in the list of vacant homes
        ("x_km", np.float32),
        ("y_km", np.float32),
        ("wijk", np.int16),
        ("rooms", np.int8),
        ("kind", np.int8),
        ("epc", np.int8),
        ("for_sale", np.bool_),
        ("life_cycle_proof", np.bool_),
        ("land_trust", np.bool_),
    ],
    align=True,
)

type Offers = np.recarray[Any, Any]  # vacant homes as seekers see them, in the order in which they hear of them


@lean
def describe_vacancies(
    t: Tables, vacant: IntArray, order: IntArray, offers: Offers, place: Place, p: HousingParams, sp: SearchParams
) -> None:
    """Work out once what every seeker asks of the vacancies; ``order`` says which, place by place."""
    dw = t.dwellings
    annuity = annuity_factor_months(p.mortgage_rate_per_year, 300.0)
    for o in range(order.shape[0]):
        d = vacant[order[o]]
        offers.key[o] = dw.key[d]
        offers.vacancy[o] = order[o]
        offers.accessibility[o] = place.accessibility[dw.sector[d]]
        offers.x_km[o], offers.y_km[o] = dw.x_km[d], dw.y_km[d]
        offers.wijk[o] = place.sector_wijk[dw.sector[d]]
        offers.rooms[o], offers.kind[o], offers.epc[o] = dw.rooms[d], dw.kind[d], dw.epc[d]
        offers.for_sale[o] = dw.tenure[d] == Tenure.OWNER
        offers.life_cycle_proof[o] = dw.life_cycle_proof[d] == 1
        offers.land_trust[o] = dw.scheme[d] == Scheme.LAND_TRUST
        if offers.for_sale[o]:
            offers.price[o] = ask_price_eur(t, place, d, sp)
            offers.log_cost[o] = np.log(offers.price[o] / annuity)
        else:
            offers.price[o] = ask_rent_eur_month(t, place, d, sp)
            offers.log_cost[o] = np.log(offers.price[o])


@inlined
def within_means(k: Seekers, i: int, offers: Offers, o: int, sp: SearchParams) -> bool:
    """Whether a seeker wants to buy or rent what is for sale or to let, and can pay it."""
    if offers.for_sale[o]:
        if not k.buys[i] or offers.price[o] > k.price_max[i]:
            return False
        return not (offers.land_trust[o] and k.income[i] > sp.land_trust_income_max_eur_month)
    return not (k.buys[i] or offers.price[o] > k.rent_max[i])


@inlined
def utility_of(k: Seekers, i: int, offers: Offers, o: int, p: HousingParams) -> float:
    """Return the systematic utility of an offer for a seeker."""
    distance = 0.0
    if k.wijk[i] >= 0:
        distance = np.sqrt((offers.x_km[o] - k.x_km[i]) ** 2 + (offers.y_km[o] - k.y_km[i]) ** 2)
    return dwelling_utility(
        offers.rooms[o], k.needed[i], offers.log_cost[o] - k.log_income[i], distance, offers.kind[o] == k.old_kind[i],
        k.senior[i], offers.life_cycle_proof[o], offers.kind[o] != DwellingKind.APARTMENT, k.children[i] > 0,
        offers.epc[o], offers.accessibility[o], p,
    )  # fmt: skip


@kernel
def match(
    t: Tables,
    k: Seekers,
    n: int,
    place: Place,
    aware: np.uint64,
    taste: np.uint64,
    priority: np.uint64,
    bid: np.uint64,
    p: HousingParams,
    mp: MarketParams,
    sp: SearchParams,
) -> tuple[Array, Array]:
    """Let seekers choose and homes be taken, in rounds (H5, H6).

    Each seeker hears of the vacancies in two buckets, one near home and one anywhere. In a round each takes
    its best; a home wanted by several goes to the one with the best priority draw, at a price that is bid
    up; those who were outbid try again among what is left.

    Returns:
        Dwelling row per seeker, -1 none, and the factor on the asking price.
    """  # fmt: skip
    got = np.full(n, -1, np.int32)
    factor = np.ones(n)
    vacant = vacant_homes(t)
    if vacant.shape[0] == 0 or n == 0:
        return got, factor
    n_near, n_far = int(mp.search_near_buckets), int(mp.search_far_buckets)
    near_start, near_order = _buckets(t, vacant, aware, n_near)
    far_start, far_order = _buckets(t, vacant, aware, n_far)
    order = np.concatenate((near_order, far_order))
    far_start += near_order.shape[0]
    ceiling = gumbel_ceilings(64)
    offers: Offers = np.empty(order.shape[0], OFFER_DTYPE)  # type: ignore[assignment]  # Numba knows no recarray
    describe_vacancies(t, vacant, order, offers, place, p, sp)
    taken = np.zeros(vacant.shape[0], np.bool_)
    bidders = np.zeros(vacant.shape[0], np.int32)
    winner = np.full(vacant.shape[0], -1, np.int32)
    best_priority = np.zeros(vacant.shape[0])
    wish = np.empty(n, np.int32)
    looking = np.arange(n)
    for _ in range(int(mp.search_rounds)):
        for i in looking:
            v = wish_of(k, int(i), offers, taken, near_start, far_start, ceiling, place, aware, taste, p, sp)
            wish[i] = v
            if v >= 0:
                bidders[v] += 1
                rank = uniform(priority, mix(k.key[i], t.dwellings.key[vacant[v]]))
                if winner[v] < 0 or rank > best_priority[v]:
                    winner[v] = i
                    best_priority[v] = rank
        outbid = np.empty(looking.shape[0], looking.dtype)
        lost = 0
        for i in looking:
            v = wish[i]
            if v < 0:
                continue
            if winner[v] == i:
                got[i] = vacant[v]
                factor[i] = bid_up(bidders[v], uniform(bid, t.dwellings.key[vacant[v]]), mp)
                taken[v] = True
            else:
                outbid[lost] = i
                lost += 1
        for i in looking:
            if wish[i] >= 0:
                winner[wish[i]] = -1
                bidders[wish[i]] = 0
        looking = outbid[:lost]
        if lost == 0:
            break
    return got, factor


@lean
def wish_of(
    k: Seekers,
    i: int,
    offers: Offers,
    taken: BoolArray,
    near_start: IntArray,
    far_start: IntArray,
    ceiling: FloatArray,
    place: Place,
    aware: np.uint64,
    taste: np.uint64,
    p: HousingParams,
    sp: SearchParams,
) -> int:
    """Return the vacancy that a seeker likes best of those it hears of, -1 where none is better than to stay."""
    best, wish = k.stay[i], -1
    settled = k.wijk[i] >= 0
    n_near, n_far = near_start.shape[0] - 1, far_start.shape[0] - 1
    near_bucket = int(uniform(aware, k.key[i]) * n_near)
    far_bucket = int(uniform(aware, k.key[i], 1) * n_far)
    # Somebody of the city hears of homes near and anywhere; who comes from outside looks everywhere.
    for part in range(0 if settled else 1, 2 if settled else 4):
        if part == 0:
            first, last = near_start[near_bucket], near_start[near_bucket + 1]
        else:
            b = (far_bucket + part) % n_far
            first, last = far_start[b], far_start[b + 1]
        for o in range(first, last):
            v = offers.vacancy[o]
            if taken[v] or not within_means(k, i, offers, o, sp):
                continue
            if part == 0 and not place.near[k.wijk[i], offers.wijk[o]]:
                continue
            systematic = utility_of(k, i, offers, o, p)
            u = uniform(taste, mix(k.key[i], offers.key[o]))
            # Most homes are not the best whatever the taste: they are spared the logarithms.
            if systematic + ceiling[int(u * (ceiling.shape[0] - 1))] <= best:
                continue
            utility = systematic + gumbel_of(u)
            if utility > best:
                best, wish = utility, v
    return wish


@lean
def pay(
    t: Tables,
    household: int,
    dwelling: int,
    price_factor: float,
    income: float,
    age: float,
    equity: float,
    month: int,
    place: Place,
    p: HousingParams,
    sp: SearchParams,
) -> tuple[int, float]:
    """Settle price or rent for a new home; return the cause of the move and the amount.

    ``equity`` is what the household brings: savings and the proceeds of a sale.
    """  # fmt: skip
    h = t.households
    if t.dwellings.tenure[dwelling] == Tenure.OWNER:
        price = ask_price_eur(t, place, dwelling, sp) * price_factor
        months = mortgage_months(age, p)
        total = price * (1.0 + p.purchase_tax_share)
        reserve = min(max(equity, 0.0), p.reserve_months_of_income * income)  # nobody spends the last reserve
        loan = max(total - max(equity - reserve, 0.0), 0.0)
        ceiling = p.payment_to_income_max * income * annuity_factor_months(p.mortgage_rate_per_year, months)
        loan = min(loan, max(ceiling, 0.0))
        h.savings_eur[household] = max(0.0, equity + loan - total)
        h.mortgage_eur_month[household] = loan / annuity_factor_months(p.mortgage_rate_per_year, months)
        h.mortgage_until[household] = month + int(months) if loan > 0.0 else -9999
        h.rent_eur_month[household] = 0.0
        return Cause.BOUGHT.value, price
    rent = ask_rent_eur_month(t, place, dwelling, sp) * price_factor
    h.savings_eur[household] = max(0.0, equity)
    h.mortgage_eur_month[household] = 0.0
    h.mortgage_until[household] = -9999
    h.rent_eur_month[household] = rent
    return Cause.RENTED.value, rent


@lean
def move_in(
    t: Tables,
    k: Seekers,
    n: int,
    got: Array,
    factor: Array,
    month: int,
    place: Place,
    p: HousingParams,
    sp: SearchParams,
) -> None:
    """Carry out the moves of those who live in the city already."""
    for i in range(n):
        d = got[i]
        if d < 0:
            continue
        if k.kind[i] == HOUSEHOLD:
            h = k.row[i]
            if t.households.members[h] == 0:
                continue
            origin = t.households.dwelling[h]
            chain, position = t.dwellings.chain[d], t.dwellings.chain_position[d]
            cause, value = pay(t, h, d, factor[i], k.income[i], k.age[i], k.equity[i], month, place, p, sp)
            rent, mortgage = t.households.rent_eur_month[h], t.households.mortgage_eur_month[h]
            until = t.households.mortgage_until[h]
            if origin >= 0:
                profile = profile_of(t.persons, t.households, h, month)
                vacate(t, h, month, Cause.MOVE.value, profile, chain, position + 1, p.family_home_rooms)
            t.households.rent_eur_month[h] = rent
            t.households.mortgage_eur_month[h] = mortgage
            t.households.mortgage_until[h] = until
            t.households.moves[h] += 1
            occupy(t, h, d, origin, month, cause, CLOSED_BY_STARTER if origin < 0 else -1, value)
            if k.rents_first[i]:
                rent_first(t, h, d)
        elif t.persons.leaving[k.row[i]] != Leaving.NO and t.persons.status[k.row[i]] == PersonStatus.RESIDENT:
            settle_leaver(t, k, i, d, factor[i], month, place, p, sp)


@lean
def settle_leaver(
    t: Tables,
    k: Seekers,
    i: int,
    d: int,
    price_factor: float,
    month: int,
    place: Place,
    p: HousingParams,
    sp: SearchParams,
) -> None:
    """Found the household of somebody who leaves nest or partner, in the home found."""
    persons, households = t.persons, t.households
    person = k.row[i]
    reason = persons.leaving[person]
    partner = persons.partner[person] if reason == Leaving.UNION else -1
    old = persons.household[person]
    share = sp.split_savings_share if reason == Leaving.SPLIT else 0.0
    profile = profile_of(persons, households, old, month)
    key = child_key(persons.key[person], 5000 + month)
    new = found_household(t, person, key, month, share)
    settle_after_departure(t, old, households.members[old], month, Cause.MOVE.value, profile, p.family_home_rooms)
    cause = Cause.NEST.value if reason != Leaving.SPLIT else Cause.SPLIT.value
    note(t.log, t.counts, month, Kind.LEFT_NEST.value, cause, person, new)
    if partner >= 0:
        other = persons.household[partner]
        profile = profile_of(persons, households, other, month)
        left = remove_member(persons, households, partner, month)
        persons.leaving[partner] = Leaving.NO
        add_member(persons, households, new, partner, Role.ADULT.value)
        settle_after_departure(t, other, left, month, Cause.MOVE.value, profile, p.family_home_rooms)
        note(t.log, t.counts, month, Kind.LEFT_NEST.value, Cause.UNION.value, partner, new)
    how, value = pay(t, new, d, price_factor, k.income[i], k.age[i], k.equity[i], month, place, p, sp)
    occupy(t, new, d, -1, month, how, CLOSED_BY_STARTER, value)
    if k.rents_first[i]:
        rent_first(t, new, d)


@lean
def rent_first(t: Tables, household: int, dwelling: int) -> None:
    """Turn a purchase under rent-to-buy into a tenancy at the price of the loan; the purchase follows later."""
    h = t.households
    t.dwellings.tenure[dwelling] = Tenure.PRIVATE_RENT
    t.dwellings.scheme[dwelling] = Scheme.RENT_TO_BUY
    h.rent_eur_month[household] = h.mortgage_eur_month[household]
    h.mortgage_eur_month[household] = 0.0
    h.mortgage_until[household] = -9999
