"""A person as an object: a view on one row of the person table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kortrijk_sim.city.vocabulary import Activity, Health, PersonStatus, Role, Sex

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel


class PersonView:
    """What can be read of a person; nothing is stored here but the row."""

    model: KortrijkModel
    row: int

    def _column(self, name: str) -> Any:
        return getattr(self.model.state.tables.persons, name)[self.row]

    @property
    def key(self) -> int:
        """Name of the person in every run with this seed."""
        return int(self._column("key"))

    @property
    def alive_here(self) -> bool:
        """Whether the person lives in the city."""
        return bool(self._column("status") == PersonStatus.RESIDENT)

    @property
    def age_years(self) -> int:
        """Age in completed years."""
        return int((self.model.month - self._column("birth_month")) // 12)

    @property
    def sex(self) -> Sex:
        """Sex as registered."""
        return Sex(self._column("sex"))

    @property
    def role(self) -> Role:
        """Position in the household."""
        return Role(self._column("role"))

    @property
    def activity(self) -> Activity:
        """Main activity."""
        return Activity(self._column("activity"))

    @property
    def health(self) -> Health:
        """Need of help in daily life."""
        return Health(self._column("health"))

    @property
    def income_eur_month(self) -> float:
        """Net income in EUR a month, prices of 2025."""
        return float(self._column("income_eur_month"))

    @property
    def in_nursing_home(self) -> bool:
        """Whether the person lives in a nursing home."""
        return bool(self._column("nursing_place") >= 0)

    @property
    def wijk(self) -> str:
        """Name of the wijk lived in, empty without a home."""
        household, site = int(self._column("household")), int(self._column("nursing_place"))
        if site >= 0:
            return self.model.wijk_of_site(site)
        return self.model.wijk_of_household(household) if household >= 0 else ""

    @property
    def partner(self) -> Person | None:
        """The partner, or None."""
        row = int(self._column("partner"))
        return Person(self.model, row) if row >= 0 else None

    @property
    def workplace(self) -> str:
        """Wijk or place outside the city where the person works, empty without work."""
        zone, geography = int(self.model.state.economy.work.zone[self.row]), self.model.geography
        if zone < 0:
            return ""
        if zone < len(geography.sectors):
            return geography.wijken[geography.sectors[zone].wijk].name
        return self.model.outside_names[zone - len(geography.sectors)]

    def biography(self) -> list[str]:
        """Return the person's life since January 2025 as sentences, from the event log."""
        return self.model.biography(person=self.row)


class Person(PersonView):
    """Any person, by row.

    Args:
        model: The model.
        row: Row of the person table.
    """

    def __init__(self, model: KortrijkModel, row: int) -> None:
        self.model = model
        self.row = row

    def __repr__(self) -> str:
        return f"Person({self.row}, {self.sex.name.lower()}, {self.age_years})"
