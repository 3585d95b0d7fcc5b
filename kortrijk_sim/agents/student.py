"""A student as a Mesa agent: a view on one row of the student table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mesa

from kortrijk_sim.agents.person_view import Person
from kortrijk_sim.agents.student_rules import room_wish, stays_probability
from kortrijk_sim.city.vocabulary import StudentLiving

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel


class LivingTerms(NamedTuple):
    """The terms behind where a student lives in term time."""

    home: str
    at_home_in_city: bool
    living: StudentLiving
    way_log_weight: float
    wants_room_probability: float

    def sentences(self) -> list[str]:
        """Return the terms as sentences."""
        if self.at_home_in_city:
            return ["The student lives in Kortrijk and stays at home."]
        where = {
            StudentLiving.ROOM: "The student has a room.",
            StudentLiving.FLAT: "There was no room; the student shares a small flat.",
            StudentLiving.UNHOUSED: "There was no room and no flat: the student travels every day.",
        }.get(self.living, "The student travels every day.")
        return [
            f"The parents live in {self.home}.",
            f"The way to the campus weighs {self.way_log_weight:.1f} (0 next door, lower farther away).",
            f"With such a way {100 * self.wants_room_probability:.0f} % want a room.",
            where,
        ]


class Student(mesa.Agent):  # type: ignore[misc]
    """A student in higher education at a campus in the city, resident or not.

    Args:
        model: The model.
        row: Row of the student table.
    """

    model: KortrijkModel

    def __init__(self, model: KortrijkModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    def _column(self, name: str) -> Any:
        return getattr(self.model.state.economy.students, name)[self.row]

    @property
    def key(self) -> int:
        """Name of the student in every run with this seed."""
        return int(self._column("key"))

    @property
    def living(self) -> StudentLiving:
        """Where the student sleeps in term time."""
        return StudentLiving(self._column("living"))

    @property
    def institution(self) -> int:
        """Row of the table ``institutions``."""
        return int(self._column("institution"))

    @property
    def years(self) -> int:
        """Academic years begun."""
        return 1 + max(0, self.model.month - int(self._column("since"))) // 12

    @property
    def home(self) -> str:
        """Wijk of the parental home, or the place outside the city."""
        zone, geography = int(self._column("home_zone")), self.model.geography
        if zone < 0:
            return ""
        if zone < len(geography.sectors):
            return geography.wijken[geography.sectors[zone].wijk].name
        return self.model.outside_names[zone - len(geography.sectors)]

    @property
    def wijk(self) -> str:
        """Wijk slept in, empty outside the city."""
        sector, geography = int(self._column("sector")), self.model.geography
        return geography.wijken[geography.sectors[sector].wijk].name if sector >= 0 else ""

    @property
    def person(self) -> Person | None:
        """The resident who studies, None for a student from outside."""
        row = int(self._column("person"))
        return Person(self.model, row) if row >= 0 else None

    def _way(self) -> float:
        """Return the log weight of the way from the parental home to the campus, 0 without a home."""
        zone = int(self._column("home_zone"))
        campus = int(self.model.state.economy.anchor.campus[self.institution])
        return float(self.model.environment.economy.reach.ease[zone, campus]) if zone >= 0 else 0.0

    def explain_living(self) -> LivingTerms:
        """Return why the student lives where he or she does."""
        e, p = self.model.state.economy, self.model.environment.economy.params.students
        at_home = self.living == StudentLiving.AT_HOME_IN_CITY
        way = self._way()
        return LivingTerms(self.home, at_home, self.living, way, float(room_wish(way, e.anchor.room_half, p)))

    @property
    def staying_probability(self) -> float:
        """Probability of wanting to stay after graduation, with jobs and homes of the first day and no support.

        Inhabitants live here anyway: 1.
        """
        if int(self._column("person")) >= 0:
            return 1.0
        p = self.model.environment.economy.params.students
        return float(stays_probability(1.0, 1.0, int(self._column("city_years")), self._way(), False, False, p))
