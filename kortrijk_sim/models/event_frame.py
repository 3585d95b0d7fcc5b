"""The event log as a table for people: keys for rows, words for codes."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from kortrijk_sim.arrays import Array
from kortrijk_sim.models.events import CARE_KINDS, EVENT_UNITS, Cause, Kind, Profile
from kortrijk_sim.models.state import EVENT_ROWS, Tables


def _keys(keys: Array, rows: Array) -> Array:
    return np.where(rows >= 0, keys[np.maximum(rows, 0)], np.uint64(0))


class EventLog:
    """The events of a run.

    Args:
        tables: The state to read.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __len__(self) -> int:
        return int(self._tables.counts[EVENT_ROWS])

    @property
    def units(self) -> dict[str, str]:
        """Unit of each column of :meth:`frame`."""
        return {"date": "first day of the month", **EVENT_UNITS}

    def frame(self, first: int = 0) -> pd.DataFrame:
        """Return the events as a data frame; persons, households and dwellings by key, 0 for none.

        Args:
            first: First row of the log to return.
        """
        t, rows = self._tables, slice(first, len(self))
        log = t.log
        months = np.arange(int(log.month[rows].max()) + 1) if len(self) > first else np.arange(0)
        dates = np.array([datetime.date(2025 + int(m) // 12, int(m) % 12 + 1, 1) for m in months], dtype=object)

        def words(codes: Array, names: type[Kind] | type[Cause] | type[Profile]) -> pd.Categorical[str]:
            return pd.Categorical.from_codes(codes.astype(np.int16), pd.Index([n.name.lower() for n in names]))

        at_site = np.isin(log.kind[rows], CARE_KINDS)
        return pd.DataFrame(
            {
                "month": log.month[rows].copy(),
                "date": dates[log.month[rows]] if len(dates) else dates,
                "kind": words(log.kind[rows], Kind),
                "cause": words(log.cause[rows], Cause),
                "profile": words(log.profile[rows], Profile),
                "person": _keys(t.persons.key, log.person[rows]),
                "household": _keys(t.households.key, log.household[rows]),
                "origin": _keys(t.dwellings.key, log.origin[rows]),
                "destination": _keys(t.dwellings.key, log.destination[rows]),
                "chain": log.chain[rows].copy(),
                "position": np.where(at_site, 0, log.position[rows]).astype(np.int16),
                "site": _keys(t.sites.key, np.where(at_site, log.position[rows], -1)),
                "value": log.value[rows].copy(),
            }
        )
