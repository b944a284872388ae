"""Distances between sets of clips in the probe's features: Fréchet distance and diversity."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.floating]


def frechet(a: Features, b: Features) -> float:
    """Fréchet distance (squared) of two sets of features (N, F), each taken for normally distributed.

    |mean_a - mean_b|^2 + tr(A + B - 2 (A^1/2 B A^1/2)^1/2), with covariances A and B (Heusel et al., 2017).

    Raises:
        ValueError: for fewer than two clips in a set.
    """
    if min(len(a), len(b)) < 2:
        raise ValueError("a distribution needs at least two clips")
    x, y = a.astype(np.float64), b.astype(np.float64)
    gap = x.mean(0) - y.mean(0)
    cov_x, cov_y = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = _root(cov_x)
    both = np.linalg.eigvalsh(root @ cov_y @ root)
    cross = float(np.sqrt(np.maximum(both, 0)).sum())
    return max(0.0, float(gap @ gap + np.trace(cov_x) + np.trace(cov_y) - 2 * cross))


def _root(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(np.atleast_2d(cov))
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T


def spread(groups: Sequence[NDArray[np.generic]]) -> float:
    """Mean distance (root of the mean square) between the members of each group (n, ...), over all groups.

    Raises:
        ValueError: when no group has two members.
    """
    gaps = [
        float(np.sqrt(np.square(g[i].astype(np.float64) - g[j].astype(np.float64)).mean()))
        for g in groups
        for i, j in combinations(range(len(g)), 2)
    ]
    if not gaps:
        raise ValueError("diversity needs two clips of the same prompt")
    return sum(gaps) / len(gaps)
