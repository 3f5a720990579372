"""An incompatibility graph as few cliques and stars."""

from __future__ import annotations

from collections.abc import Mapping

Node = tuple[int, int]

HUB = 12
"""More neighbours than this are kept apart from their hub by one cumulative instead of many no-overlaps."""


def cover(neighbours: Mapping[Node, set[Node]]) -> tuple[list[list[Node]], list[tuple[Node, list[Node]]]]:
    """Cliques and stars (hub, rays) that together hold every edge of a graph.

    Nodes with more than `HUB` neighbours become hubs, largest first; cliques then grow greedily over what is left.
    """
    left = {k: set(found) for k, found in neighbours.items()}
    stars = []
    for hub in sorted(left, key=lambda k: (-len(left[k]), k)):
        if len(left[hub]) > HUB:
            rays = sorted(left[hub])
            left[hub] = set()
            for k in rays:
                left[k].discard(hub)
            stars.append((hub, rays))
    edges = {(a, b) for a, bs in left.items() for b in bs if a < b}
    cliques = []
    for a, b in sorted(edges):
        if (a, b) not in edges:
            continue
        clique = [a, b]
        common = neighbours[a] & neighbours[b]
        while common:
            node = max(common, key=lambda k: (len(left[k] & common), k))
            clique.append(node)
            common &= neighbours[node]
        edges -= {(x, y) for x in clique for y in clique}
        cliques.append(clique)
    return cliques, stars
