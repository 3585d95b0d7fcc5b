"""Mesa agents on top of the columns, made when somebody looks and kept in step with the tables.

A run that nobody looks into makes no agents at all; the first look makes about 81,000, later ones only add
and remove what changed since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from kortrijk_sim.agents.firm import Firm
from kortrijk_sim.agents.household import Household
from kortrijk_sim.agents.senior import SENIOR_AGE_YEARS, Senior
from kortrijk_sim.agents.student import Student
from kortrijk_sim.city.vocabulary import FirmStatus, HouseholdStatus, PersonStatus, StudentStatus

if TYPE_CHECKING:
    from kortrijk_sim.arrays import Array
    from kortrijk_sim.models.model import KortrijkModel


class Views:
    """Keeps Mesa's agent sets equal to the rows in use.

    Args:
        model: The model whose rows are viewed.
    """

    def __init__(self, model: KortrijkModel) -> None:
        self._model = model
        self._month: int | None = None
        self._busy = False
        self._agents: dict[type[Any], dict[int, Any]] = {Household: {}, Senior: {}, Student: {}, Firm: {}}

    def refresh(self) -> None:
        """Add agents for new rows and remove those of closed ones."""
        if self._busy or self._month == self._model.month:
            return
        self._busy = True  # creating an agent asks the model for its agents
        for kind, rows in self._rows().items():
            known = self._agents[kind]
            wanted = set(rows.tolist())
            for row in known.keys() - wanted:
                known.pop(row).remove()
            for row in rows.tolist():
                if row not in known:
                    known[row] = kind(self._model, row)
        self._month = self._model.month
        self._busy = False

    def _rows(self) -> dict[type[Any], Array]:
        state, month = self._model.state, self._model.month
        t, e = state.tables, state.economy
        persons, households = int(t.counts[0]), int(t.counts[1])
        status = t.households.status[:households]
        old = month - t.persons.birth_month[:persons] >= 12 * SENIOR_AGE_YEARS
        return {
            Household: np.flatnonzero((status == HouseholdStatus.HOUSED) | (status == HouseholdStatus.HOMELESS)),
            Senior: np.flatnonzero(old & (t.persons.status[:persons] == PersonStatus.RESIDENT)),
            Student: np.flatnonzero(e.students.status[: e.counts[1]] == StudentStatus.ENROLLED),
            Firm: np.flatnonzero(e.firms.status[: e.counts[0]] == FirmStatus.OPEN),
        }
