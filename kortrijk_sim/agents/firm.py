"""A firm as a Mesa agent: a view on one local business unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from kortrijk_sim.models.model import KortrijkModel


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

    @property
    def jobs(self) -> int:
        """Jobs at this place."""
        return int(self.model.state.economy.firms.jobs[self.row])

    @property
    def industry(self) -> int:
        """Row of the table ``industries`` (NACE section)."""
        return int(self.model.state.economy.firms.nace[self.row])

    @property
    def wijk(self) -> str:
        """Name of the wijk."""
        geography = self.model.geography
        return geography.wijken[geography.sectors[int(self.model.state.economy.firms.sector[self.row])].wijk].name
