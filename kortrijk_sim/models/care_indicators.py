"""What is measured of care every month: people in need, carers, places, staff, visits, isolation."""

from __future__ import annotations

from kortrijk_sim.arrays import Array
from kortrijk_sim.city.vocabulary import CarerKind, Health, Operator, PersonStatus, Sex, SiteStatus
from kortrijk_sim.compiling import inlined, lean
from kortrijk_sim.models.care_start import CareParams
from kortrijk_sim.models.indicator_names import Raw
from kortrijk_sim.models.nursing import places_for_inhabitants
from kortrijk_sim.models.state import Tables
from kortrijk_sim.models.summary import AGE_GROUPS


@inlined
def add(out: Array, wijk: int, column: int, value: float) -> None:
    """Add to a wijk, or to the row of the city where the wijk is unknown."""
    out[wijk + 1, column] += value


@lean
def count_seniors(t: Tables, month: int, sector_wijk: Array, c: CareParams, out: Array, ages: Array) -> None:
    """Count everybody in a nursing home, all of 65 and older, and everybody who needs help at home.

    Args:
        t: All tables.
        month: The coming month.
        sector_wijk: Wijk of each sector.
        c: Parameters of care.
        out: Counts per place, see ``Raw``.
        ages: Inhabitants by five-year age group in the second row; residents of nursing homes are added.
    """
    persons, care = t.persons, t.care
    for i in range(t.counts[0]):
        if persons.status[i] != PersonStatus.RESIDENT:
            continue
        months = month - persons.birth_month[i]
        if months < 600:
            continue
        site = persons.nursing_place[i]
        group = 0 if months < 900 else (1 if months < 1020 else 2)
        column = group + (3 if persons.sex[i] == Sex.FEMALE else 0)
        if site >= 0:
            wijk = int(sector_wijk[t.sites.sector[site]])
            count_resident(t, i, month, wijk, out, ages)
            if months >= 780:
                add(out, wijk, Raw.AGED_MEN_65_74 + column, 1.0)
                add(out, wijk, Raw.RESIDENT_MEN_65_74 + column, 1.0)
            continue
        household = persons.household[i]
        if household < 0:
            continue
        home = t.households.dwelling[household]
        wijk = int(sector_wijk[t.dwellings.sector[home]]) if home >= 0 else -1
        if months >= 780:
            add(out, wijk, Raw.AGED_MEN_65_74 + column, 1.0)
            if t.households.members[household] == 1 and home >= 0:
                add(out, wijk, Raw.ALONE_65PLUS, 1.0)
                add(out, wijk, Raw.ISOLATED, float(care.isolation[i]))
            if persons.nursing_applied[i] > -9999:
                add(out, wijk, Raw.NURSING_WAITING, 1.0)
                add(out, wijk, Raw.NURSING_WAITING_MONTHS, float(month - persons.nursing_applied[i]))
        if persons.health[i] == Health.GOOD:
            continue
        add(out, wijk, Raw.NEED_LIGHT + persons.health[i] - 1, 1.0)
        add(out, wijk, Raw.INFORMAL_HOURS, float(care.informal_hours_week[i]))
        add(out, wijk, Raw.HOME_CARE_HOURS, float(care.home_care_hours_week[i]))
        add(out, wijk, Raw.UNMET_HOURS, float(care.unmet_hours_week[i]))
        if care.day_care[i] >= 0:
            add(out, wijk, Raw.DAY_CARE_HOURS, c.people.day_care_hours_week)
        if care.carer_kind[i] != CarerKind.NONE:
            add(out, wijk, Raw.CARERS, 1.0)
            if care.burdened_since[i] > -9999:
                add(out, wijk, Raw.CARERS_OVERBURDENED, 1.0)


@inlined
def count_resident(t: Tables, i: int, month: int, wijk: int, out: Array, ages: Array) -> None:
    """Count a resident of a nursing home as an inhabitant, with family and visits."""
    age = (month - t.persons.birth_month[i]) // 12
    ages[1, min(age // 5, AGE_GROUPS - 1)] += 1.0
    add(out, wijk, Raw.POPULATION, 1.0)
    add(out, wijk, Raw.NURSING_RESIDENTS, 1.0)
    if age < 65:
        add(out, wijk, Raw.PERSONS_18_64, 1.0)
    else:
        add(out, wijk, Raw.PERSONS_65PLUS, 1.0)
        if age >= 80:
            add(out, wijk, Raw.PERSONS_80PLUS, 1.0)
    add(out, wijk, Raw.WEEKLY_VISITORS, float(t.care.visitors[i]))
    add(out, wijk, Raw.VISITED_WEEKLY, 1.0 if t.care.visitors[i] > 0 else 0.0)
    if t.care.family_minutes[i] >= 0.0:
        add(out, wijk, Raw.WITH_FAMILY, 1.0)
        add(out, wijk, Raw.FAMILY_MINUTES, float(t.care.family_minutes[i]))


@lean
def count_sites(t: Tables, sector_wijk: Array, region_share: float, out: Array) -> None:
    """Count places, guests and staff of the care sites."""
    for s in range(t.counts[4]):
        wijk = int(sector_wijk[t.sites.sector[s]])
        add(out, wijk, Raw.CARE_JOBS, float(t.sites.jobs_fte[s]))
        add(out, wijk, Raw.CARE_JOBS_VACANT, max(0.0, float(t.sites.jobs_fte[s] - t.sites.staff_fte[s])))
        if t.sites.status[s] != SiteStatus.OPEN:
            continue
        places = float(t.sites.nursing_places[s])
        add(out, wijk, Raw.NURSING_PLACES, places)
        inhabitants = places_for_inhabitants(t, s, region_share, 1.0)
        add(out, wijk, Raw.NURSING_PLACES_INHABITANTS, float(inhabitants))
        add(out, wijk, Raw.NURSING_PLACES_OPEN, float(t.sites.usable_places[s]))
        add(out, wijk, Raw.DAY_CARE_PLACES, float(t.sites.day_care_places[s]))
        add(out, wijk, Raw.DAY_CARE_GUESTS, float(t.sites.day_guests[s]))
        if t.sites.operator[s] == Operator.CITY:
            add(out, wijk, Raw.NURSING_PLACES_CITY, places)
