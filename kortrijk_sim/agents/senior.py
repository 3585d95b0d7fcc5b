"""A senior as a Mesa agent: a view on a person of 65 or older."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

from kortrijk_sim.agents.person_view import Person, PersonView
from kortrijk_sim.city.vocabulary import CarerKind

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

    def _care(self, name: str) -> float:
        return float(getattr(self.model.state.tables.care, name)[self.row])

    @property
    def need_hours_week(self) -> float:
        """Help needed at home, in hours a week."""
        return self._care("need_hours_week")

    @property
    def unmet_hours_week(self) -> float:
        """Help needed at home that nobody gives, in hours a week."""
        return self._care("unmet_hours_week")

    @property
    def carer_kind(self) -> CarerKind:
        """Who mainly cares without pay."""
        return CarerKind(int(self._care("carer_kind")))

    @property
    def carer(self) -> Person | None:
        """The informal carer, or None: nobody, or somebody who does not live in the city."""
        row = int(self._care("carer"))
        return Person(self.model, row) if row >= 0 else None

    @property
    def carer_overburdened(self) -> bool:
        """Whether the informal carer is overburdened."""
        return self._care("burdened_since") > -9999

    @property
    def nursing_home(self) -> str:
        """Name of the nursing home lived in, empty at home."""
        site = int(self._column("nursing_place"))
        return self.model.site_names[site] if site >= 0 else ""

    @property
    def weekly_visitors(self) -> int:
        """Family members who visit a resident of a nursing home every week."""
        return int(self._care("visitors")) if self.in_nursing_home else 0

    @property
    def nursing_entry_per_year(self) -> float:
        """Yearly probability of asking for a place in a nursing home; nan for somebody who lives in one."""
        return float("nan") if self.in_nursing_home else self.model.entry_per_year(self.row)

    @property
    def waits_for_nursing_home(self) -> bool:
        """Whether the senior is on the waiting list of a nursing home."""
        return bool(self._column("nursing_applied") > -9999)
