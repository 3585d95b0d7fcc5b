"""How one gets around: the layered network, its skims, its traffic, and what can be changed about it."""

from kortrijk_sim.city.network.congestion import assign, congested_minutes
from kortrijk_sim.city.network.layered import layered_graph
from kortrijk_sim.city.network.loading import load_network
from kortrijk_sim.city.network.network import Hub, Line, Link, Network, Node, Zone
from kortrijk_sim.city.network.params import NetworkParams
from kortrijk_sim.city.network.skims import Skims, make_skims, with_shared_cars
from kortrijk_sim.city.network.streets import free_car_minutes

__all__ = [
    "Hub",
    "Line",
    "Link",
    "Network",
    "NetworkParams",
    "Node",
    "Skims",
    "Zone",
    "assign",
    "congested_minutes",
    "free_car_minutes",
    "layered_graph",
    "load_network",
    "make_skims",
    "with_shared_cars",
]
