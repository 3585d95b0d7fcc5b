"""The compiled skims beside the shortest paths that NetworkX finds on the layered graph."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx
import numpy as np

from kortrijk_sim.city.network import Network, NetworkParams, Skims, layered_graph, make_skims

PUBLIC = ("bus", "train", "bike_train", "park_ride")


def felt(skims: Skims, params: NetworkParams, mode: str, origin: int, target: int) -> float:
    """Return the minutes as they feel that the parts of a trip by bus or train add up to."""
    of = {part: float(getattr(skims, f"{mode}_{part}")[origin, target]) for part in _parts(mode)}
    cost = of["ride"] + of["transfer"] + params.transit_boarding_minutes * of["boardings"]
    cost += params.transit_wait_weight * of["wait"] + params.transit_walk_weight * of["walk"]
    return cost + params.park_ride_car_weight * of.get("car", 0.0)


def disagreements(network: Network, params: NetworkParams, origins: Iterable[int]) -> list[str]:
    """Return what differs between the skims from some zones and the paths on the layered graph, as sentences."""
    skims, graph = make_skims(network, params), layered_graph(network, params)
    wrong: list[str] = []

    def compare(mode: str, origin: int, target: int, got: float, wanted: float, worth: float = np.inf) -> None:
        wanted = wanted if wanted <= worth else np.inf
        if not np.isclose(got, wanted, rtol=1e-5, atol=1e-3, equal_nan=False) and got != wanted:
            wrong.append(
                f"{mode} from {network.zones[origin].name} to {network.zones[target].name}: {got} not {wanted}"
            )

    for origin in origins:
        zone = network.zones[origin]
        start = ("car leaving", zone.node) if ("car leaving", zone.node) in graph else ("car", zone.node)
        lengths = {
            "walk": _from(graph, ("walk", zone.node)),
            "bike": _from(graph, ("bike", zone.node)),
            "car": _from(graph, start),
            "home": _from(graph, ("home", zone.code)),
            "home by bike": _from(graph, ("home by bike", zone.code)),
            "home by car": _from(graph, ("home by car", zone.code)),
        }
        for target, other in enumerate(network.zones):
            if target == origin:
                continue
            end = ("car arriving", other.node) if ("car arriving", other.node) in graph else ("car", other.node)
            compare("walk", origin, target, skims.walk[origin, target], _to(lengths["walk"], ("walk", other.node)))
            felt_bike = skims.bike_perceived[origin, target]
            compare("bike", origin, target, felt_bike, _to(lengths["bike"], ("bike", other.node)))
            compare("car", origin, target, skims.car[origin, target], _to(lengths["car"], end))
            by_bus, by_train = ("arrived by bus", other.code), ("arrived by train", other.code)
            wanted = {
                "bus": _to(lengths["home"], by_bus),
                "train": _to(lengths["home"], by_train),
                "bike_train": _to(lengths["home by bike"], by_train),
                "park_ride": min(_to(lengths["home by car"], by_bus), _to(lengths["home by car"], by_train)),
            }
            ratio = params.transit_dominated_ratio
            worth = ratio * params.transit_walk_weight * _to(lengths["walk"], ("walk", other.node))
            compare("bus", origin, target, felt(skims, params, "bus", origin, target), wanted["bus"], worth)
            worth = min(worth, ratio * wanted["bus"] if wanted["bus"] <= worth else worth)
            got = felt(skims, params, "train", origin, target)
            compare("train", origin, target, got, wanted["train"], worth)
            got = felt(skims, params, "park_ride", origin, target)
            if np.isfinite(got) or not _drives_as_far(graph, zone.code, other.code, skims.car[origin, target]):
                compare("park_ride", origin, target, got, wanted["park_ride"], worth)
            got = felt(skims, params, "bike_train", origin, target)
            if wanted["bike_train"] > min(worth, ratio * skims.bike_perceived[origin, target]):
                wanted["bike_train"] = np.inf
            if np.isinf(got) or np.isinf(wanted["bike_train"]):
                compare("bike_train", origin, target, got, wanted["bike_train"])
                continue
            path = nx.dijkstra_path(graph, ("home by bike", zone.code), by_train, weight="cost")
            ridden = graph[path[0]][path[1]][0]  # what the bike feels like depends on the streets taken
            parked = params.transit_walk_weight * params.bike_train_park_minutes
            compare("bike_train", origin, target, got, wanted["bike_train"] - ridden["cost"] + parked)
            minutes = skims.bike_train_bike[origin, target]
            compare("bike to the train", origin, target, minutes, ridden["minutes"])
    return wrong


def _drives_as_far(graph: nx.MultiDiGraph, origin: str, target: str, minutes: float) -> bool:
    """Return whether the best trip with a parked car, if any, has as long a drive as the trip by car alone."""
    start, drives = ("home by car", origin), []
    for end in (("arrived by bus", target), ("arrived by train", target)):
        if start in graph and end in graph and nx.has_path(graph, start, end):
            cost, path = nx.single_source_dijkstra(graph, start, end, weight="cost")
            drives.append((cost, graph[path[0]][path[1]][0]["minutes"]))
    return not drives or min(drives)[1] >= minutes - 1e-3


def _parts(mode: str) -> tuple[str, ...]:
    return ("ride", "transfer", "boardings", "wait", "walk", *(["car"] if mode == "park_ride" else []))


def _from(graph: nx.MultiDiGraph, start: tuple[str, str]) -> dict[tuple[str, str], float]:
    return nx.single_source_dijkstra_path_length(graph, start, weight="cost") if start in graph else {}


def _to(lengths: dict[tuple[str, str], float], end: tuple[str, str]) -> float:
    return lengths.get(end, np.inf)
