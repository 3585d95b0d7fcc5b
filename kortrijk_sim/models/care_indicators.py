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


@inlined
def count_older_members(t: Tables, h: int, month: int, sector_wijk: Array, c: CareParams, out: Array) -> None:
    """Count those of 65 and older of a household, and those of 50 and older who need help.

    Args:
        t: All tables.
        h: Row of the household.
        month: The coming month.
        sector_wijk: Wijk of each sector.
        c: Parameters of care.
        out: Counts per place, see ``Raw``.
    """
    persons, care = t.persons, t.care
    home = t.households.dwelling[h]
    wijk = int(sector_wijk[t.dwellings.sector[home]]) if home >= 0 else -1
    alone = t.households.members[h] == 1 and home >= 0
    i = t.households.first_member[h]
    while i >= 0:
        months = month - persons.birth_month[i]
        if months >= 780:
            add(out, wijk, Raw.AGED_MEN_65_74 + group_of(months, persons.sex[i]), 1.0)
            if alone:
                add(out, wijk, Raw.ALONE_65PLUS, 1.0)
                add(out, wijk, Raw.ISOLATED, float(care.isolation[i]))
            if persons.nursing_applied[i] > -9999:
                add(out, wijk, Raw.NURSING_WAITING, 1.0)
                add(out, wijk, Raw.NURSING_WAITING_MONTHS, float(month - persons.nursing_applied[i]))
        if months >= 600 and persons.health[i] != Health.GOOD:
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
        i = persons.next_member[i]


@inlined
def group_of(months: int, sex: int) -> int:
    """Return the place of somebody of 65 or older among the counts by sex and age."""
    group = 0 if months < 900 else (1 if months < 1020 else 2)
    return group + (3 if sex == Sex.FEMALE else 0)


@lean
def count_residents(t: Tables, month: int, sector_wijk: Array, out: Array, inhabitants: Array) -> None:
    """Count those who live in a nursing home as inhabitants, with family and visits.

    Args:
        t: All tables.
        month: The coming month.
        sector_wijk: Wijk of each sector.
        out: Counts per place, see ``Raw``.
        inhabitants: Inhabitants by five-year age group; residents are added.
    """
    persons, care = t.persons, t.care
    for i in range(t.counts[0]):
        site = persons.nursing_place[i]
        if site < 0 or persons.status[i] != PersonStatus.RESIDENT:
            continue
        months = month - persons.birth_month[i]
        wijk = int(sector_wijk[t.sites.sector[site]])
        inhabitants[min(months // 60, AGE_GROUPS - 1)] += 1.0
        add(out, wijk, Raw.POPULATION, 1.0)
        add(out, wijk, Raw.NURSING_RESIDENTS, 1.0)
        if months < 780:
            add(out, wijk, Raw.PERSONS_18_64, 1.0)
        else:
            add(out, wijk, Raw.PERSONS_65PLUS, 1.0)
            add(out, wijk, Raw.PERSONS_80PLUS, 1.0 if months >= 960 else 0.0)
            add(out, wijk, Raw.AGED_MEN_65_74 + group_of(months, persons.sex[i]), 1.0)
            add(out, wijk, Raw.RESIDENT_MEN_65_74 + group_of(months, persons.sex[i]), 1.0)
        add(out, wijk, Raw.WEEKLY_VISITORS, float(care.visitors[i]))
        add(out, wijk, Raw.VISITED_WEEKLY, 1.0 if care.visitors[i] > 0 else 0.0)
        if care.family_minutes[i] >= 0.0:
            add(out, wijk, Raw.WITH_FAMILY, 1.0)
            add(out, wijk, Raw.FAMILY_MINUTES, float(care.family_minutes[i]))


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
