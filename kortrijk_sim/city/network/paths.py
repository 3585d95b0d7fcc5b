"""Shortest paths in a compiled library, and exact sums along the paths that were found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from kortrijk_sim.arrays import FloatArray, IntArray


class Tree(NamedTuple):
    """Shortest paths from some sources to every node.

    Attributes:
        distance: Cost of the best path, shape (sources, nodes); inf where there is none.
        previous: Node before, same shape; negative at the source and where there is no path.
        edge: Number of the edge that leads from there, same shape; -1 where there is none.
    """

    distance: FloatArray
    previous: IntArray
    edge: IntArray


class Graph:
    """A directed graph, compiled for searches.

    Args:
        tail, head: Node numbers of the edges, shape (edges,).
        cost: Cost of the edges, 0 or more, shape (edges,). Of edges between the same nodes the cheapest counts.
        size: Number of nodes.
    """

    def __init__(self, tail: IntArray, head: IntArray, cost: FloatArray, size: int) -> None:
        key = tail.astype(np.int64) * size + head
        order = np.lexsort((cost, key))  # stable: of equal edges the first stays
        first = np.ones(len(order), dtype=np.bool_)
        first[1:] = key[order[1:]] != key[order[:-1]]
        self._edge = order[first].astype(np.int32)
        self._key = key[self._edge]
        self._size = size
        starts = np.zeros(size + 1, dtype=np.int32)
        np.cumsum(np.bincount(tail[self._edge], minlength=size), out=starts[1:])
        self._matrix = csr_array((cost[self._edge].astype(np.float64), head[self._edge], starts), shape=(size, size))

    def search(self, sources: IntArray) -> Tree:
        """Return the shortest paths from each source to all nodes."""
        if len(sources) == 0:
            nothing = np.empty((0, self._size), dtype=np.int32)
            return Tree(np.empty((0, self._size)), nothing, nothing)
        distance, previous = dijkstra(self._matrix, indices=sources, return_predecessors=True)
        edge = np.full(previous.shape, -1, dtype=np.int32)
        source, node = np.nonzero(previous >= 0)
        key = previous[source, node].astype(np.int64) * self._size + node
        edge[source, node] = self._edge[np.searchsorted(self._key, key)]
        return Tree(distance, previous, edge)


def sums(tree: Tree, targets: IntArray, values: FloatArray) -> FloatArray:
    """Return sums of edge values along the paths of a tree.

    Args:
        tree: Paths from some sources.
        targets: Node numbers, shape (targets,).
        values: What an edge adds, shape (edges, kinds).

    Returns:
        Array (kinds, sources, targets); 0 where the path is empty or missing.
    """
    sources = len(tree.distance)
    total = np.zeros((values.shape[1], sources * len(targets)))
    for pairs, edges in _steps(tree, targets):
        total[:, pairs] += values[edges].T
    return total.reshape(values.shape[1], sources, len(targets))


def loads(tree: Tree, targets: IntArray, flow: FloatArray, edges: int) -> FloatArray:
    """Return what passes over each edge when each pair's flow takes its path.

    Args:
        tree: Paths from some sources.
        targets: Node numbers, shape (targets,).
        flow: Units from each source to each target, shape (sources, targets).
        edges: Number of edges.

    Returns:
        Array (edges,).
    """
    flat = flow.ravel()
    load = np.zeros(edges)
    for pairs, passed in _steps(tree, targets):
        load += np.bincount(passed, weights=flat[pairs], minlength=edges)
    return load


def _steps(tree: Tree, targets: IntArray) -> Iterator[tuple[NDArray[np.int64], IntArray]]:
    """Walk all paths back at once: per step the pairs (source * targets + target) under way and their edges."""
    sources, size = tree.distance.shape
    pairs = np.arange(sources * len(targets))
    base = np.repeat(np.arange(sources, dtype=np.int64) * size, len(targets))
    at = base + np.tile(targets.astype(np.int64), sources)
    previous, edge = tree.previous.ravel(), tree.edge.ravel()
    while True:
        edges = edge[at]
        going = edges >= 0
        if not going.any():
            return
        pairs, base, edges = pairs[going], base[going], edges[going]
        yield pairs, edges
        at = base + previous[at[going]]
