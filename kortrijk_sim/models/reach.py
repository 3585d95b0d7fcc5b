"""What work and study need to know of ways between zones, as the network has it this month.

Zones are the statistical sectors and then the places outside.
"""

from __future__ import annotations

from typing import NamedTuple

from kortrijk_sim.arrays import Array, FloatArray
from kortrijk_sim.models.access import Access
from kortrijk_sim.models.transport import Transport


class Reach(NamedTuple):
    """What the processes of work and study need to know of ways."""

    ease: FloatArray  # (zones, zones) log weight of commuting from the row's zone to the column's
    labour_access: FloatArray  # (sectors,) log of the workers in reach
    quality: Array  # (sectors,) what else draws firms since the first day: hubs that have opened


def reach_of(transport: Transport) -> Reach:
    """Return what work and study need to know of a month's network."""
    return Reach(transport.commuting, transport.access[:, Access.LABOUR], transport.hubs - transport.base.hubs)
