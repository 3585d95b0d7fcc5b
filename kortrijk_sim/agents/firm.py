"""A firm as a Mesa agent: a view on one local business unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import mesa
import numpy as np

from kortrijk_sim.agents.firm_rules import closure_per_year
from kortrijk_sim.agents.person_view import Person
from kortrijk_sim.city.vocabulary import FirmStatus

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel


class ClosingTerms(NamedTuple):
    """The terms behind the chance that a firm closes."""

    age_years: float
    jobs: int
    one_job_per_year: float
    size_ratio: float
    closure_per_year: float

    def sentences(self) -> list[str]:
        """Return the terms as sentences."""
        return [
            f"The firm is {self.age_years:.1f} years old and has {self.jobs} position{'' if self.jobs == 1 else 's'}.",
            f"Of firms of that age with one position {100 * self.one_job_per_year:.1f} % close in a year.",
            f"With its size the chance counts {self.size_ratio:.2f} times.",
            f"Together: {100 * self.closure_per_year:.1f} % a year.",
        ]


class Firm(mesa.Agent):  # type: ignore[misc]
    """A local business unit.

    Args:
        model: The model.
        row: Row of the firm table.
    """

    model: KortrijkModel

    def __init__(self, model: KortrijkModel, row: int) -> None:
        super().__init__(model)
        self.row = row

    def _column(self, name: str) -> Any:
        return getattr(self.model.state.economy.firms, name)[self.row]

    @property
    def key(self) -> int:
        """Name of the firm in every run with this seed."""
        return int(self._column("key"))

    @property
    def is_open(self) -> bool:
        """Whether the firm is open."""
        return bool(self._column("status") == FirmStatus.OPEN)

    @property
    def jobs(self) -> int:
        """Positions at this place, filled or vacant."""
        return int(self._column("jobs"))

    @property
    def residents(self) -> int:
        """Positions filled by inhabitants of the city."""
        return int(self._column("residents"))

    @property
    def commuters(self) -> int:
        """Positions filled from outside the city."""
        return int(self._column("commuters"))

    @property
    def vacancies(self) -> int:
        """Positions that nobody holds."""
        return max(0, self.jobs - self.residents - self.commuters)

    @property
    def industry(self) -> int:
        """Row of the table ``industries`` (NACE section)."""
        return int(self._column("nace"))

    @property
    def age_years(self) -> float:
        """Years since the firm opened."""
        return (self.model.month - int(self._column("founded"))) / 12.0

    @property
    def in_scale_up_space(self) -> bool:
        """Whether the firm has a place in business space for scale-ups."""
        return bool(self._column("hosted"))

    @property
    def wijk(self) -> str:
        """Name of the wijk."""
        geography = self.model.geography
        return geography.wijken[geography.sectors[int(self._column("sector"))].wijk].name

    @property
    def staff(self) -> list[Person]:
        """The inhabitants of the city who work here."""
        e = self.model.state.economy
        rows = np.flatnonzero(e.work.firm[: int(e.counts[2])] == self.row)
        return [Person(self.model, int(row)) for row in rows]

    def explain_closing(self) -> ClosingTerms:
        """Return why the firm is likely or unlikely to close, without what policy does for it."""
        p = self.model.environment.economy.params.firms
        level = self.model.state.economy.anchor.established_closure_per_year
        one = float(closure_per_year(self.age_years, 1, level, False, p))
        total = float(closure_per_year(self.age_years, self.jobs, level, False, p))
        return ClosingTerms(self.age_years, self.jobs, one, total / one if one else 1.0, total)
