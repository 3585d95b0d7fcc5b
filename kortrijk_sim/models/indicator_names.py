"""What can be measured: raw counts, and the indicators made of them."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from kortrijk_sim.city.vocabulary import Mode


class Raw(IntEnum):
    """Counts and sums that the monthly pass over tables and events fills."""

    POPULATION = 0
    PERSONS_0_17 = 1
    PERSONS_18_64 = 2
    PERSONS_65PLUS = 3
    PERSONS_80PLUS = 4
    LABOUR_FORCE = 5
    EMPLOYED = 6
    NURSING_RESIDENTS = 7
    NURSING_WAITING = 8
    HOUSEHOLDS = 9
    ALONE = 10
    COUPLE = 11
    COUPLE_CHILDREN = 12
    LONE_PARENT = 13
    OTHER = 14
    HOMELESS_PERSONS = 15
    DWELLINGS = 16
    MARKET_HOUSES = 17
    VACANT_HOUSES = 18
    MARKET_APARTMENTS = 19
    VACANT_APARTMENTS = 20
    SOCIAL_HOMES = 21
    NEGLECTED = 22
    SECOND_HOMES = 23
    STUDENT_LETS = 24
    LIFE_CYCLE_HOMES = 25
    OWNERS = 26
    STRESSED = 27
    TOO_LARGE = 28
    TOO_LARGE_65PLUS = 29
    HOUSEHOLDS_65PLUS = 30
    INCOME = 31
    HOUSE_PRICES = 32
    HOUSES_OWNED = 33
    VALUE_BASE = 34
    VALUE_NOW = 35
    RENT_BASE = 36
    RENT_NOW = 37
    SOCIAL_QUEUE = 38
    SOCIAL_QUEUE_MONTHS = 39
    SEEKERS = 40
    BIRTHS = 41
    DEATHS = 42
    IN_MIGRANTS = 43
    OUT_MIGRANTS = 44
    MOVES = 45
    PERSONS_MOVED = 46
    PURCHASES = 47
    SOCIAL_ALLOCATIONS = 48
    SOCIAL_WAITED_MONTHS = 49
    FREED = 50
    FREED_TO_FAMILIES = 51
    FREED_TO_YOUNG = 52
    FREED_TO_OTHERS = 53
    BUILT = 54
    DEMOLISHED = 55
    UNIONS = 56
    SPLITS = 57
    LEFT_NEST = 58
    NURSING_ENTRIES = 59
    LOST_HOME = 60
    CHAINS = 61
    CHAIN_LINKS = 62
    CHAINS_TO_ARRIVALS = 63
    MOVES_65PLUS = 64
    NEED_LIGHT = 65
    NEED_HEAVY = 66
    NEED_DEMENTIA = 67
    INFORMAL_HOURS = 68
    HOME_CARE_HOURS = 69
    DAY_CARE_HOURS = 70
    UNMET_HOURS = 71
    CARERS = 72
    CARERS_OVERBURDENED = 73
    ALONE_65PLUS = 74
    ISOLATED = 75
    NURSING_PLACES = 76
    NURSING_PLACES_INHABITANTS = 77
    NURSING_PLACES_OPEN = 78
    NURSING_PLACES_CITY = 79
    NURSING_WAITING_MONTHS = 80
    NURSING_REFUSALS = 81
    NURSING_GAVE_UP = 82
    NURSING_TRANSFERS = 83
    AGED_MEN_65_74 = 84
    AGED_MEN_75_84 = 85
    AGED_MEN_85 = 86
    AGED_WOMEN_65_74 = 87
    AGED_WOMEN_75_84 = 88
    AGED_WOMEN_85 = 89
    RESIDENT_MEN_65_74 = 90
    RESIDENT_MEN_75_84 = 91
    RESIDENT_MEN_85 = 92
    RESIDENT_WOMEN_65_74 = 93
    RESIDENT_WOMEN_75_84 = 94
    RESIDENT_WOMEN_85 = 95
    WEEKLY_VISITORS = 96
    VISITED_WEEKLY = 97
    WITH_FAMILY = 98
    FAMILY_MINUTES = 99
    CARE_JOBS = 100
    CARE_JOBS_VACANT = 101
    ASSISTED_HOMES = 102
    ASSISTED_VACANT = 103
    DAY_CARE_PLACES = 104
    DAY_CARE_GUESTS = 105
    FREED_BY_CARE = 106
    MOVES_ASSISTED = 107
    FIRMS = 108
    FIRM_BIRTHS = 109
    FIRM_CLOSURES = 110
    JOBS = 111
    JOBS_RESIDENTS = 112
    JOBS_COMMUTERS = 113
    JOBS_VACANT = 114
    WORK_ELSEWHERE = 115
    AGED_20_64 = 116
    EMPLOYED_20_64 = 117
    STUDENTS = 118
    STUDENT_ROOMS = 119
    STUDENTS_ROOMS = 120
    STUDENTS_FLATS = 121
    STUDENTS_HOME = 122
    STUDENTS_UNHOUSED = 123
    GRADUATES = 124
    GRADUATES_STAYING = 125
    TRIPS_WALK = 126
    TRIPS_BIKE = 127
    TRIPS_E_BIKE = 128
    TRIPS_BUS = 129
    TRIPS_TRAIN = 130
    TRIPS_BIKE_AND_TRAIN = 131
    TRIPS_PARK_AND_RIDE = 132
    TRIPS_CAR = 133
    TRIPS_ELECTRIC_CAR = 134
    TRIPS_PASSENGER = 135
    TRIPS_SHARED_CAR = 136
    TRIPS_SHARED_BIKE = 137
    KM_WALK = 138
    KM_BIKE = 139
    KM_E_BIKE = 140
    KM_BUS = 141
    KM_TRAIN = 142
    KM_BIKE_AND_TRAIN = 143
    KM_PARK_AND_RIDE = 144
    KM_CAR = 145
    KM_ELECTRIC_CAR = 146
    KM_PASSENGER = 147
    KM_SHARED_CAR = 148
    KM_SHARED_BIKE = 149
    CAR_KM = 150
    CAR_KM_ELECTRIC = 151
    ACTIVE_MINUTES = 152
    TRAVELLERS = 153
    TRAVELLERS_ACTIVE = 154
    CO2_KG = 155
    CARS = 156
    CARS_ELECTRIC = 157
    CARS_COMPANY = 158
    FIRM_CARS = 159
    WITHOUT_CAR = 160
    SHARING_HOUSEHOLDS = 161
    CHARGE_POINTS = 162
    SHARED_CARS = 163
    HUBS = 164
    PEOPLE_IN_SECTORS = 165
    REACH_EASE = 166
    REACH_EASE_OF_CAR = 167
    REACH_JOBS_CAR = 168
    REACH_JOBS_TRANSIT = 169
    REACH_JOBS_BIKE = 170
    REACH_SERVICES_WALK = 171
    REACH_SERVICES_WALK_SENIOR = 172
    REACH_SERVICES_BIKE = 173
    REACH_LABOUR = 174


N_RAW = len(Raw)


class Definition(NamedTuple):
    """An indicator: a raw count, or a ratio of two."""

    name: str
    unit: str
    meaning: str
    over: tuple[Raw, ...]
    under: tuple[Raw, ...] = ()
    factor: float = 1.0


_CITY_DEFINITIONS: tuple[Definition, ...] = (
    Definition("population", "persons", "inhabitants", (Raw.POPULATION,)),
    Definition("persons_0_17", "persons", "inhabitants under 18", (Raw.PERSONS_0_17,)),
    Definition("persons_18_64", "persons", "inhabitants aged 18-64", (Raw.PERSONS_18_64,)),
    Definition("persons_65plus", "persons", "inhabitants aged 65+", (Raw.PERSONS_65PLUS,)),
    Definition("persons_80plus", "persons", "inhabitants aged 80+", (Raw.PERSONS_80PLUS,)),
    Definition("labour_force", "persons", "employed or looking for work", (Raw.LABOUR_FORCE,)),
    Definition("employed", "persons", "employed inhabitants", (Raw.EMPLOYED,)),
    Definition("households", "households", "private households with a home", (Raw.HOUSEHOLDS,)),
    Definition("households_alone", "households", "one person", (Raw.ALONE,)),
    Definition("households_couple", "households", "couple without children at home", (Raw.COUPLE,)),
    Definition("households_couple_children", "households", "couple with children at home", (Raw.COUPLE_CHILDREN,)),
    Definition("households_lone_parent", "households", "lone parent", (Raw.LONE_PARENT,)),
    Definition("households_other", "households", "other compositions", (Raw.OTHER,)),
    Definition("dwellings", "dwellings", "standing dwellings of every use", (Raw.DWELLINGS,)),
    Definition(
        "vacancy_share",
        "share",
        "market homes that stand vacant",
        (Raw.VACANT_HOUSES, Raw.VACANT_APARTMENTS),
        (Raw.MARKET_HOUSES, Raw.MARKET_APARTMENTS),
    ),
    Definition(
        "vacancy_share_houses",
        "share",
        "houses on the market that stand vacant",
        (Raw.VACANT_HOUSES,),
        (Raw.MARKET_HOUSES,),
    ),
    Definition(
        "vacancy_share_apartments",
        "share",
        "apartments on the market that stand vacant",
        (Raw.VACANT_APARTMENTS,),
        (Raw.MARKET_APARTMENTS,),
    ),
    Definition(
        "price_index",
        "index",
        "real price level of owned homes, 1 January 2025 = 1",
        (Raw.VALUE_NOW,),
        (Raw.VALUE_BASE,),
    ),
    Definition(
        "rent_index", "index", "real level of market rents, 1 January 2025 = 1", (Raw.RENT_NOW,), (Raw.RENT_BASE,)
    ),
    Definition(
        "house_price_eur",
        "EUR",
        "mean price of an owned house with two or three façades, prices of 2025",
        (Raw.HOUSE_PRICES,),
        (Raw.HOUSES_OWNED,),
    ),
    Definition(
        "household_income_eur_month",
        "EUR/month",
        "mean net household income, prices of 2025",
        (Raw.INCOME,),
        (Raw.HOUSEHOLDS,),
    ),
    Definition("owner_share", "share", "households that own their home", (Raw.OWNERS,), (Raw.HOUSEHOLDS,)),
    Definition(
        "cost_stress_share",
        "share",
        "households that pay more than the stress share of income for rent or mortgage",
        (Raw.STRESSED,),
        (Raw.HOUSEHOLDS,),
    ),
    Definition("under_occupied_share", "share", "households in a too large home", (Raw.TOO_LARGE,), (Raw.HOUSEHOLDS,)),
    Definition(
        "under_occupied_share_65plus",
        "share",
        "households aged 65+ in a too large home",
        (Raw.TOO_LARGE_65PLUS,),
        (Raw.HOUSEHOLDS_65PLUS,),
    ),
    Definition("family_homes_freed", "dwellings/month", "family homes that a senior household left", (Raw.FREED,)),
    Definition(
        "family_homes_to_families",
        "dwellings/month",
        "of those taken this month: by families with children",
        (Raw.FREED_TO_FAMILIES,),
    ),
    Definition(
        "family_homes_to_young",
        "dwellings/month",
        "of those taken this month: by households under 40 without children",
        (Raw.FREED_TO_YOUNG,),
    ),
    Definition(
        "family_homes_to_others", "dwellings/month", "of those taken this month: by others", (Raw.FREED_TO_OTHERS,)
    ),
    Definition("social_homes", "dwellings", "social rental homes", (Raw.SOCIAL_HOMES,)),
    Definition(
        "social_per_100_households",
        "dwellings per 100",
        "social homes per 100 private households",
        (Raw.SOCIAL_HOMES,),
        (Raw.HOUSEHOLDS,),
        100.0,
    ),
    Definition("social_queue", "households", "households on the social waiting list", (Raw.SOCIAL_QUEUE,)),
    Definition(
        "social_queue_years",
        "years",
        "mean time that those on the list have waited",
        (Raw.SOCIAL_QUEUE_MONTHS,),
        (Raw.SOCIAL_QUEUE,),
        1 / 12,
    ),
    Definition("social_allocations", "dwellings/month", "social homes let", (Raw.SOCIAL_ALLOCATIONS,)),
    Definition(
        "social_waited_months", "months", "sum of the waits of those housed this month", (Raw.SOCIAL_WAITED_MONTHS,)
    ),
    Definition("homeless_persons", "persons", "persons in households without a home", (Raw.HOMELESS_PERSONS,)),
    Definition("households_seeking", "households", "households that look for another home", (Raw.SEEKERS,)),
    Definition(
        "moves_city", "households/month", "households that moved within the city or left nest or partner", (Raw.MOVES,)
    ),
    Definition(
        "moves_65plus", "households/month", "households aged 65+ that moved within the city", (Raw.MOVES_65PLUS,)
    ),
    Definition("persons_moved", "persons/month", "persons who took another home in the city", (Raw.PERSONS_MOVED,)),
    Definition("purchases", "dwellings/month", "homes bought", (Raw.PURCHASES,)),
    Definition("in_migrants", "persons/month", "persons who came to live here", (Raw.IN_MIGRANTS,)),
    Definition("out_migrants", "persons/month", "persons who left the city", (Raw.OUT_MIGRANTS,)),
    Definition("births", "persons/month", "births", (Raw.BIRTHS,)),
    Definition("deaths", "persons/month", "deaths", (Raw.DEATHS,)),
    Definition("unions", "couples/month", "new couples", (Raw.UNIONS,), (), 0.5),
    Definition("splits", "couples/month", "couples that parted", (Raw.SPLITS,), (), 0.5),
    Definition("life_cycle_homes", "dwellings", "life-cycle-proof homes", (Raw.LIFE_CYCLE_HOMES,)),
    Definition("neglected_dwellings", "dwellings", "vacant or neglected dwellings on the inventory", (Raw.NEGLECTED,)),
    Definition("second_homes", "dwellings", "second homes and the like", (Raw.SECOND_HOMES,)),
    Definition("homes_built", "dwellings/month", "homes completed", (Raw.BUILT,)),
    Definition("homes_demolished", "dwellings/month", "homes pulled down", (Raw.DEMOLISHED,)),
    Definition("homes_lost", "households/month", "households that lost their home", (Raw.LOST_HOME,)),
    Definition("need_light", "persons", "at home and in need of some help", (Raw.NEED_LIGHT,)),
    Definition("need_heavy", "persons", "at home and in need of much help every day", (Raw.NEED_HEAVY,)),
    Definition("need_dementia", "persons", "at home with dementia", (Raw.NEED_DEMENTIA,)),
    Definition(
        "informal_hours_week", "hours/week", "care given by partners, children and others", (Raw.INFORMAL_HOURS,)
    ),
    Definition("home_care_hours_week", "hours/week", "home nursing and home help", (Raw.HOME_CARE_HOURS,)),
    Definition("day_care_hours_week", "hours/week", "care in day-care centres", (Raw.DAY_CARE_HOURS,)),
    Definition("unmet_hours_week", "hours/week", "help needed at home that nobody gives", (Raw.UNMET_HOURS,)),
    Definition("carers", "persons", "people at home with a main informal carer", (Raw.CARERS,)),
    Definition("carers_overburdened", "persons", "of those carers: overburdened", (Raw.CARERS_OVERBURDENED,)),
    Definition("alone_65plus", "persons", "aged 65+ who live alone at home", (Raw.ALONE_65PLUS,)),
    Definition("isolated_65plus", "persons", "of those: expected to be socially isolated", (Raw.ISOLATED,)),
    Definition(
        "isolated_share",
        "share",
        "aged 65+ living alone who are socially isolated",
        (Raw.ISOLATED,),
        (Raw.ALONE_65PLUS,),
    ),
    Definition("nursing_places", "places", "places in nursing homes", (Raw.NURSING_PLACES,)),
    Definition("nursing_places_open", "places", "of those: for inhabitants, with staff", (Raw.NURSING_PLACES_OPEN,)),
    Definition("nursing_residents", "persons", "residents of nursing homes", (Raw.NURSING_RESIDENTS,)),
    Definition(
        "nursing_occupancy",
        "share",
        "residents over the places for inhabitants",
        (Raw.NURSING_RESIDENTS,),
        (Raw.NURSING_PLACES_INHABITANTS,),
    ),
    Definition(
        "city_operator_share",
        "share",
        "nursing places run by the city",
        (Raw.NURSING_PLACES_CITY,),
        (Raw.NURSING_PLACES,),
    ),
    Definition("nursing_waiting", "persons", "seniors on the waiting list of a nursing home", (Raw.NURSING_WAITING,)),
    Definition(
        "nursing_queue_months",
        "months",
        "mean time that those on the list have waited",
        (Raw.NURSING_WAITING_MONTHS,),
        (Raw.NURSING_WAITING,),
    ),
    Definition("nursing_entries", "persons/month", "entries in nursing homes", (Raw.NURSING_ENTRIES,)),
    Definition("nursing_refusals", "persons/month", "offers of a nursing place refused", (Raw.NURSING_REFUSALS,)),
    Definition(
        "nursing_gave_up", "persons/month", "seniors who left the waiting list by themselves", (Raw.NURSING_GAVE_UP,)
    ),
    Definition("nursing_transfers", "persons/month", "residents who moved to another site", (Raw.NURSING_TRANSFERS,)),
    *(
        Definition(
            f"residential_share_{sex}_{label}",
            "share",
            f"{sex} aged {years} who live in a nursing home",
            (Raw[f"RESIDENT_{sex.upper()}_{group}"],),
            (Raw[f"AGED_{sex.upper()}_{group}"],),
        )
        for sex in ("men", "women")
        for group, label, years in (("65_74", "65_74", "65-74"), ("75_84", "75_84", "75-84"), ("85", "85plus", "85+"))
    ),
    Definition(
        "family_minutes",
        "minutes",
        "by car from a resident's nursing home to the nearest child in the city",
        (Raw.FAMILY_MINUTES,),
        (Raw.WITH_FAMILY,),
    ),
    Definition(
        "weekly_visitors",
        "persons",
        "family members who visit a resident every week",
        (Raw.WEEKLY_VISITORS,),
        (Raw.NURSING_RESIDENTS,),
    ),
    Definition(
        "visited_weekly_share",
        "share",
        "residents whom family visits every week",
        (Raw.VISITED_WEEKLY,),
        (Raw.NURSING_RESIDENTS,),
    ),
    Definition("care_jobs", "FTE", "care jobs in nursing homes", (Raw.CARE_JOBS,)),
    Definition("care_jobs_vacant", "FTE", "of those: vacant", (Raw.CARE_JOBS_VACANT,)),
    Definition("assisted_homes", "dwellings", "assisted homes", (Raw.ASSISTED_HOMES,)),
    Definition("assisted_homes_vacant", "dwellings", "of those: vacant", (Raw.ASSISTED_VACANT,)),
    Definition("moves_to_assisted", "households/month", "households that took an assisted home", (Raw.MOVES_ASSISTED,)),
    Definition("day_care_places", "places", "places in day-care centres", (Raw.DAY_CARE_PLACES,)),
    Definition("day_care_guests", "persons", "people who go to a day-care centre", (Raw.DAY_CARE_GUESTS,)),
    Definition(
        "family_homes_freed_by_care",
        "dwellings/month",
        "family homes that fell free because somebody entered a nursing home",
        (Raw.FREED_BY_CARE,),
    ),
    Definition("firms", "local units", "open local business units", (Raw.FIRMS,)),
    Definition("firm_births", "local units/month", "local units that opened", (Raw.FIRM_BIRTHS,)),
    Definition("firm_closures", "local units/month", "local units that closed", (Raw.FIRM_CLOSURES,)),
    Definition("jobs", "jobs", "positions at workplaces in the city, filled or vacant", (Raw.JOBS,)),
    Definition("vacancies_jobs", "jobs", "of those: vacant", (Raw.JOBS_VACANT,)),
    Definition("job_vacancy_share", "share", "vacant positions over all", (Raw.JOBS_VACANT,), (Raw.JOBS,)),
    Definition(
        "residents_working_here",
        "persons",
        "inhabitants of the city who work here, by workplace",
        (Raw.JOBS_RESIDENTS,),
    ),
    Definition("in_commuters", "persons", "people from outside who work here, by workplace", (Raw.JOBS_COMMUTERS,)),
    Definition("out_commuters", "persons", "inhabitants who work outside, the city only", (Raw.WORK_ELSEWHERE,)),
    Definition(
        "employment_rate", "share", "employed over inhabitants of 20 to 64", (Raw.EMPLOYED_20_64,), (Raw.AGED_20_64,)
    ),
    Definition("students", "persons", "students in higher education, by campus", (Raw.STUDENTS,)),
    Definition("student_rooms", "rooms", "student rooms", (Raw.STUDENT_ROOMS,)),
    Definition("students_in_rooms", "persons", "students who live in a student room", (Raw.STUDENTS_ROOMS,)),
    Definition("students_in_flats", "persons", "students who share a small flat", (Raw.STUDENTS_FLATS,)),
    Definition("students_at_home", "persons", "students who live at home in the city", (Raw.STUDENTS_HOME,)),
    Definition(
        "students_unhoused",
        "persons",
        "students who want a room, find none and travel, by campus",
        (Raw.STUDENTS_UNHOUSED,),
    ),
    Definition("graduates", "persons/month", "students who graduate, the city only", (Raw.GRADUATES,)),
    Definition(
        "graduates_staying",
        "persons/month",
        "of those: live at home in the city, or come to live here within a year",
        (Raw.GRADUATES_STAYING,),
    ),
    Definition("chains_closed", "chains/month", "vacancy chains that ended with a taker", (Raw.CHAINS,)),
    Definition("chain_links", "homes/month", "homes in those chains", (Raw.CHAIN_LINKS,)),
    Definition(
        "chains_to_arrivals", "chains/month", "of those: ended by a household from elsewhere", (Raw.CHAINS_TO_ARRIVALS,)
    ),
)

_TRIPS = tuple(Raw(Raw.TRIPS_WALK + mode) for mode in Mode)
_KM = tuple(Raw(Raw.KM_WALK + mode) for mode in Mode)
_BY_CAR = (Mode.CAR, Mode.ELECTRIC_CAR, Mode.PASSENGER, Mode.SHARED_CAR, Mode.PARK_AND_RIDE)


def _trips(*modes: Mode) -> tuple[Raw, ...]:
    return tuple(_TRIPS[mode] for mode in modes)


def _share(name: str, meaning: str, *modes: Mode) -> Definition:
    return Definition(f"mode_share_{name}", "share", f"trips of inhabitants {meaning}", _trips(*modes), _TRIPS)


TRAVEL_DEFINITIONS: tuple[Definition, ...] = (
    Definition("trips_per_person", "trips/day", "trips of inhabitants on a mean day", _TRIPS, (Raw.PEOPLE_IN_SECTORS,)),
    Definition("km_per_person", "km/day", "distance travelled by inhabitants", _KM, (Raw.PEOPLE_IN_SECTORS,)),
    Definition("trip_km", "km", "mean length of a trip", _KM, _TRIPS),
    _share("car", "by car as driver or passenger", *_BY_CAR),
    _share("car_driver", "at the wheel", *(mode for mode in _BY_CAR if mode != Mode.PASSENGER)),
    _share("bike", "by bike", Mode.BIKE, Mode.E_BIKE, Mode.SHARED_BIKE),
    _share("e_bike", "by e-bike", Mode.E_BIKE),
    _share("walk", "on foot", Mode.WALK),
    _share("transit", "by bus or train", Mode.BUS, Mode.TRAIN, Mode.BIKE_AND_TRAIN),
    _share("shared_car", "with a shared car", Mode.SHARED_CAR),
    _share("sustainable", "on foot, by bike, bus or train", *(mode for mode in Mode if mode not in _BY_CAR)),
    Definition("vehicle_km", "km/day", "kilometres that inhabitants drive", (Raw.CAR_KM,)),
    Definition(
        "vehicle_km_per_person", "km/day", "kilometres driven per inhabitant", (Raw.CAR_KM,), (Raw.PEOPLE_IN_SECTORS,)
    ),
    Definition(
        "electric_km_share", "share", "of the kilometres driven: electric", (Raw.CAR_KM_ELECTRIC,), (Raw.CAR_KM,)
    ),
    Definition("co2_travel", "kg/day", "CO2 of the kilometres that inhabitants drive, power included", (Raw.CO2_KG,)),
    Definition(
        "cars_per_1000",
        "cars per 1000 inhabitants",
        "cars of households and of firms registered here",
        (Raw.CARS, Raw.FIRM_CARS),
        (Raw.POPULATION,),
        1000.0,
    ),
    Definition("household_cars", "cars", "cars at the disposal of households", (Raw.CARS,)),
    Definition("households_without_car", "share", "households without a car", (Raw.WITHOUT_CAR,), (Raw.HOUSEHOLDS,)),
    Definition("electric_car_share", "share", "of the cars of households: electric", (Raw.CARS_ELECTRIC,), (Raw.CARS,)),
    Definition("company_cars", "cars", "cars of households that an employer provides", (Raw.CARS_COMPANY,)),
    Definition("car_sharing_households", "households", "members of a car-sharing scheme", (Raw.SHARING_HOUSEHOLDS,)),
    Definition(
        "hub_trips",
        "trips/day",
        "trips that change at a station or hub, or start there with a shared car or bike",
        _trips(Mode.SHARED_CAR, Mode.SHARED_BIKE, Mode.PARK_AND_RIDE, Mode.BIKE_AND_TRAIN),
    ),
    Definition("shared_car_trips", "trips/day", "trips with a shared car", (Raw.TRIPS_SHARED_CAR,)),
    Definition("shared_cars", "cars", "shared cars on offer", (Raw.SHARED_CARS,)),
    Definition("hubs", "hubs", "mobility hubs", (Raw.HUBS,)),
    Definition("charge_points", "points", "public charge points", (Raw.CHARGE_POINTS,)),
    Definition(
        "charge_points_per_100", "points per 100 inhabitants", "public charge points", (Raw.CHARGE_POINTS,),
        (Raw.POPULATION,), 100.0,
    ),
    Definition(
        "active_minutes", "minutes/day", "walked and cycled per inhabitant", (Raw.ACTIVE_MINUTES,),
        (Raw.PEOPLE_IN_SECTORS,),
    ),
    Definition(
        "active_share", "share", "inhabitants of 12 and older who walk and cycle 30 minutes on a mean day",
        (Raw.TRAVELLERS_ACTIVE,), (Raw.TRAVELLERS,),
    ),
    *(
        Definition(name, unit, meaning, (raw,), (Raw.PEOPLE_IN_SECTORS,))
        for name, unit, meaning, raw in (
            ("ease_of_travel", "logsum", "ease of reaching everything from home, over the base year's", Raw.REACH_EASE),
            ("jobs_reach_car", "jobs", "jobs within 30 minutes by car from home", Raw.REACH_JOBS_CAR),
            ("jobs_reach_transit", "jobs", "jobs within 30 minutes by bus or train", Raw.REACH_JOBS_TRANSIT),
            ("jobs_reach_bike", "jobs", "jobs within 15 minutes by bike", Raw.REACH_JOBS_BIKE),
            ("services_walk", "share", "of five kinds of services: within 15 minutes on foot", Raw.REACH_SERVICES_WALK),
            (
                "services_walk_senior",
                "share",
                "the same at the pace of people of 75 and older",
                Raw.REACH_SERVICES_WALK_SENIOR,
            ),
            ("services_bike", "share", "of five kinds of services: within 15 minutes by bike", Raw.REACH_SERVICES_BIKE),
        )
    ),
)  # fmt: skip


DEFINITIONS: tuple[Definition, ...] = (*_CITY_DEFINITIONS, *TRAVEL_DEFINITIONS)

DERIVED: tuple[Definition, ...] = (
    Definition(
        "price_to_income",
        "years",
        "mean price of an owned house with two or three façades over mean yearly household income",
        (),
    ),
    Definition("graduates_staying_share", "share", "graduates who stay, last twelve months, the city only", ()),
    Definition("net_migration", "persons/month", "in-migrants less out-migrants", ()),
    Definition("social_wait_years", "years", "mean wait of those housed in the last twelve months", ()),
    Definition("chain_length_city", "homes", "mean homes in a vacancy chain within the city, last twelve months", ()),
    Definition("chain_length_region", "homes", "the same when chains go on where arriving households came from", ()),
    Definition(
        "nursing_waited_months_median", "months", "median wait of those who entered in the last twelve months", ()
    ),
    Definition("nursing_waited_months_p90", "months", "90th percentile of the same", ()),
)
