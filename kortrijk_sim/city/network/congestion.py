"""Cars on the network: which links they load, and how much slower loaded roads are."""

from __future__ import annotations

import numpy as np

from kortrijk_sim.arrays import FloatArray
from kortrijk_sim.city.network.network import Network
from kortrijk_sim.city.network.params import NetworkParams, lane_capacities
from kortrijk_sim.city.network.paths import loads
from kortrijk_sim.city.network.streets import car_graph, free_car_minutes


def assign(
    network: Network, params: NetworkParams, od: FloatArray, car_minutes: FloatArray | None = None
) -> FloatArray:
    """Send all cars over their fastest paths.

    Args:
        network: The network.
        params: Its parameters.
        od: Vehicles per day between zones, shape (zones, zones); trips within a zone load no link, those
            without a way neither.
        car_minutes: Minutes per link and direction, shape (links, 2); those of empty roads by default.

    Returns:
        Vehicles per day, shape (links, 2): from a to b and from b to a.
    """
    car = car_graph(network, params, car_minutes)
    zones = network.zone_node
    tree = car.graph.search(car.start[zones])
    flow = np.array(od, dtype=np.float64)
    np.fill_diagonal(flow, 0.0)
    moving = car.direction >= 0
    per_edge = loads(tree, car.end[zones], flow, len(moving))
    count = 2 * len(network.links)
    return np.bincount(car.direction[moving], weights=per_edge[moving], minlength=count).reshape(-1, 2)


def congested_minutes(network: Network, params: NetworkParams, vehicles_per_day: FloatArray) -> FloatArray:
    """Return minutes by car on loaded roads in the peak hour.

    ``t0 (1 + alpha (v/c)^beta)`` of the Bureau of Public Roads on main roads; local streets keep their time.

    Args:
        network: The network.
        params: Its parameters; ``peak_hour_share`` of the day's vehicles drive in the busiest hour.
        vehicles_per_day: Load, shape (links, 2).

    Returns:
        Minutes, shape (links, 2); inf where no car may go.
    """
    streets = network.streets
    capacity = np.maximum(streets.lanes, 1.0) * lane_capacities(params)[streets.road]  # an empty cell means one lane
    used = np.asarray(vehicles_per_day, dtype=np.float64) * params.peak_hour_share / capacity[:, None]
    return free_car_minutes(network, params) * (1 + params.bpr_alpha * used**params.bpr_beta)
