"""What students do: want a room, choose one, leave, and stay in the city afterwards."""

from __future__ import annotations

import math
from typing import NamedTuple

from kortrijk_sim.compiling import rule


class StudentParams(NamedTuple):
    """Parameters of students; names and sources in ``parameters_students``."""

    students_growth_per_year: float
    student_room_wish_spread: float
    student_room_per_ease: float
    student_far_first: float
    student_dropout_per_year: float
    graduation_after_3_years_per_year: float
    graduation_later_per_year: float
    student_flat_wish_share: float
    student_flat_landlord_share: float
    student_flat_most_rooms: float
    student_flat_sharers: float
    graduate_stay_logit: float
    graduate_jobs_logit: float
    graduate_homes_logit: float
    graduate_year_here_logit: float
    graduate_near_home_logit: float
    staying_support_logit: float
    internship_logit: float
    graduate_search_months: float
    resident_students_enrolled_here: float


@rule
def room_wish(ease: float, half: float, p: StudentParams) -> float:
    """Probability that a student from outside wants a room here: logistic in the way to the campus.

    ``ease`` is the log weight of the way from the parental home to the campus (0 near, falling with the
    way), ``half`` the one at which half of the students want a room, set on the first day so that the share
    of students who want one is the observed 27 %.
    """
    return 1.0 / (1.0 + math.exp((ease - half) / p.student_room_wish_spread))


@rule
def leaves_study_per_year(years: int, p: StudentParams) -> float:
    """Probability that a student is gone by September, after so many academic years."""
    if years <= 2:
        return p.student_dropout_per_year
    return p.graduation_after_3_years_per_year if years <= 4 else p.graduation_later_per_year


@rule
def graduates(years: int) -> bool:
    """Whether somebody who leaves after so many academic years has a degree."""
    return years >= 3


@rule
def stays_logit(
    vacancies_ratio: float,
    homes_ratio: float,
    years_here: int,
    ease_home: float,
    supported: bool,
    intern: bool,
    p: StudentParams,
) -> float:
    """Logit of staying in the city after graduation: jobs, homes and ties.

    ``vacancies_ratio`` and ``homes_ratio`` are vacant positions and vacant small flats over those of the
    first day, ``years_here`` academic years lived in the city, ``ease_home`` the log weight of the way to the
    parental home.
    """
    value = p.graduate_stay_logit
    value += p.graduate_jobs_logit * math.log(min(5.0, max(0.2, vacancies_ratio)))
    value += p.graduate_homes_logit * math.log(min(5.0, max(0.2, homes_ratio)))
    value += p.graduate_year_here_logit * years_here
    value += p.graduate_near_home_logit * ease_home
    if supported:
        value += p.staying_support_logit
    if intern:
        value += p.internship_logit
    return value


@rule
def stays_probability(
    vacancies_ratio: float,
    homes_ratio: float,
    years_here: int,
    ease_home: float,
    supported: bool,
    intern: bool,
    p: StudentParams,
) -> float:
    """Probability that a graduate from outside wants to stay in the city."""
    return 1.0 / (
        1.0 + math.exp(-stays_logit(vacancies_ratio, homes_ratio, years_here, ease_home, supported, intern, p))
    )


@rule
def age_of_graduate_years(years: int, spread: float) -> int:
    """Age of a graduate from outside: 18 at the start, and a year more for some."""
    return 18 + max(years, 3) + int(2.0 * spread)
