"""A senior as a Mesa agent: a view on a person of 65 or older."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from kortrijk_sim.agents.person_view import PersonView

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel

SENIOR_AGE_YEARS = 65


class Senior(PersonView, mesa.Agent):  # type: ignore[misc]
    """A person of 65 or older who lives in the city.

    Args:
        model: The model.
        row: Row of the person table.
    """

    def __init__(self, model: KortrijkModel, row: int) -> None:
        mesa.Agent.__init__(self, model)
        self.row = row

    @property
    def lives_alone(self) -> bool:
        """Whether the senior is the only member of the household."""
        household = int(self._column("household"))
        return household >= 0 and int(self.model.state.tables.households.members[household]) == 1

    @property
    def waits_for_nursing_home(self) -> bool:
        """Whether the senior is on the waiting list of a nursing home."""
        return bool(self._column("nursing_applied") > -9999)
