"""The dice: one stream of draws per process."""

from __future__ import annotations

from enum import IntEnum


class Dice(IntEnum):
    """One stream of draws per process; a number once given never changes its meaning."""

    DEATH = 1
    BIRTH = 2
    BIRTH_SEX = 3
    LEAVE_NEST = 4
    UNION = 5
    UNION_MATCH = 6
    UNION_SAME_SEX = 7
    PARTNER_ELSEWHERE = 8
    SPLIT = 9
    SPLIT_LEAVER = 10
    HEALTH = 11
    ACTIVITY = 12
    STANDING = 13
    LEAVE_NEST_ELSEWHERE = 14
    OUT_MIGRATION = 20
    IN_MIGRATION = 21
    NURSING = 30
    KANGAROO = 31
    NURSING_CHOICE = 32
    CARER = 33
    BURDEN = 34
    DAY_CARE = 35
    ASSISTED = 36
    VISIT = 37
    KIN_OUTSIDE = 38
    CARER_SUPPORT = 39
    INTENT = 40
    WILLINGNESS = 41
    HELP = 42
    TENURE = 43
    AWARENESS = 44
    TASTE = 45
    PRIORITY = 46
    BID = 47
    SOCIAL_LIST = 50
    SOCIAL_DROP = 51
    SOCIAL_PILLAR = 52
    SOCIAL_RANK = 53
    HOMELESS = 54
    HOUSING_FIRST = 55
    CUT = 60
    USE = 61
    DEMOLITION = 62
    BUILD = 63
    CONFORMITY = 64
    FIRM_BIRTH = 70
    FIRM_CLOSURE = 71
    FIRM_GROWTH = 72
    FIRM_ONCE = 73
    WORKPLACE = 74
    JOB_CHANGE = 75
    LAID_OFF = 76
    COMMUTERS = 77
    SOCIAL_JOB = 78
    STUDIES = 80
    STUDY_HERE = 81
    ROOM_WISH = 82
    ROOM_CHOICE = 83
    GRADUATE = 84
    FLAT = 85
    TRAVEL_TASTE = 90
    TRAVEL_PLACES = 91
    TRAVEL_HABIT = 92
    TRAVEL_MEANS = 93


ONCE = -1  # month of what is drawn once in a life
