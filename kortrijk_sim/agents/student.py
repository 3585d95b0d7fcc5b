"""A student as a Mesa agent: a view on one row of the student table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from kortrijk_sim.agents.person_view import Person
from kortrijk_sim.city.vocabulary import StudentLiving

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel


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

    @property
    def living(self) -> StudentLiving:
        """Where the student sleeps in term time."""
        return StudentLiving(self.model.state.economy.students.living[self.row])

    @property
    def institution(self) -> int:
        """Row of the table ``institutions``."""
        return int(self.model.state.economy.students.institution[self.row])

    @property
    def person(self) -> Person | None:
        """The resident who studies, None for a student from outside."""
        row = int(self.model.state.economy.students.person[self.row])
        return Person(self.model, row) if row >= 0 else None
