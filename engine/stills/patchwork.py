"""Completes a picture from its own pieces: a rough painting becomes one of the picture's own texture.

PatchMatch (Barnes et al., 2009) between what is to be completed and what is known, coarse to fine, and the mean of all
patches that lie over a pixel (Wexler et al., 2007). The painting says what lies where; the pieces say how it looks.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
_SIDE = 5
"""Pixels of a patch's side."""
_NEAR = 8
"""How far likenesses are searched for at the finer sizes, in pixels."""
_COARSEST = 64
"""Rows that the coarsest picture has at least."""
_ROUNDS = (5, 2, 1)
"""Of searching and painting, from the coarsest size on; finer ones take over what was found."""


def completed(
    painting: NDArray[np.uint8], known: NDArray[np.bool_], wanted: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """The painting (H, W, 3) with what is ``wanted`` (H, W) and not ``known`` made of pieces of what is known.

    Comes back as it is where there is nothing to do, or no piece is known.
    """
    sizes = [painting.shape[:2]]
    while sizes[0][0] >= 2 * _COARSEST:
        sizes.insert(0, (sizes[0][0] // 2, sizes[0][1] // 2))
    picture, offsets = np.zeros(0, np.float32), np.zeros(0, np.int32)
    for level, (height, width) in enumerate(sizes):
        whole = cv2.resize(painting, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
        blank, asked = (
            cv2.resize(part.astype(np.uint8), (width, height), interpolation=cv2.INTER_AREA) > 0
            for part in (~known, wanted)
        )
        free, sources = blank & asked, _sources(blank)
        if not sources.any() or not free.any():
            return painting
        if level == 0:
            picture = whole
        else:
            picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
            picture[~free] = whole[~free]
        work = _Level(picture, free, sources, level, offsets)
        for _ in range(_ROUNDS[level] if level < len(_ROUNDS) else 0):
            work.search(max(height, width) if level == 0 else _NEAR)
            work.paint()
        if level >= len(_ROUNDS):
            work.paint()
        picture, offsets = work.picture, work.offsets()
    result = np.clip(np.round(picture), 0, 255).astype(np.uint8)
    return np.where((known | ~wanted)[..., None], painting, result)


def _sources(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the centre of a patch may lie that is known as a whole."""
    border = _SIDE // 2
    inside = np.zeros_like(free)
    inside[border:-border, border:-border] = True
    return inside & (cv2.dilate(free.astype(np.uint8), np.ones((_SIDE, _SIDE), np.uint8)) == 0)


class _Level:
    """One size of the picture: for each patch that is not known as a whole the most similar one that is."""

    def __init__(
        self, picture: Floats, free: NDArray[np.bool_], sources: NDArray[np.bool_], seed: int, coarser: Ints
    ) -> None:
        self.picture, self._free, self._sources = picture, free, sources
        self._places = np.argwhere(sources).astype(np.int32)
        self._height, self._width = free.shape
        touched = cv2.dilate(free.astype(np.uint8), np.ones((_SIDE, _SIDE), np.uint8)) > 0
        border = _SIDE // 2
        touched[:border], touched[-border:], touched[:, :border], touched[:, -border:] = False, False, False, False
        self._rows, self._columns = (part.astype(np.int32) for part in np.nonzero(touched))
        self._index = np.full(free.shape, -1, np.int32)
        self._index[self._rows, self._columns] = np.arange(len(self._rows))
        self._random = np.random.default_rng(seed)
        self._found = self._start(coarser)
        self._errors = self._distance(self._found)

    def _start(self, coarser: Ints) -> Ints:
        """Where each patch's likeness is at first, (N, 2): as in the coarser picture, or anywhere."""
        if coarser.size:
            rows = np.minimum(self._rows // 2, coarser.shape[0] - 1)
            columns = np.minimum(self._columns // 2, coarser.shape[1] - 1)
            guess = np.stack([self._rows, self._columns], 1) + 2 * coarser[rows, columns]
        else:
            guess = np.full((len(self._rows), 2), -1)
        return self._legal(guess.astype(np.int32))

    def _legal(self, guess: Ints) -> Ints:
        """The same with those that lead nowhere replaced by random ones."""
        rows, columns = np.clip(guess[:, 0], 0, self._height - 1), np.clip(guess[:, 1], 0, self._width - 1)
        good = self._sources[rows, columns] & (guess[:, 0] == rows) & (guess[:, 1] == columns)
        anywhere = self._places[self._random.integers(0, len(self._places), len(guess))]
        return np.where(good[:, None], guess, anywhere)

    def offsets(self) -> Ints:
        """(H, W, 2): from each patch to its likeness; zero where there is none to find."""
        result = np.zeros((self._height, self._width, 2), np.int32)
        result[self._rows, self._columns] = self._found - np.stack([self._rows, self._columns], 1)
        return result

    def search(self, reach: int) -> None:
        """Improve all likenesses: by those of neighbours, and by chance within ``reach`` pixels and less."""
        self._errors = self._distance(self._found)
        for step in (4, 2, 1) if reach > _NEAR else (1,):
            for down, across in ((0, step), (step, 0), (0, -step), (-step, 0)):
                rows = np.clip(self._rows + down, 0, self._height - 1)
                columns = np.clip(self._columns + across, 0, self._width - 1)
                beside = self._index[rows, columns]
                guess = self._found[beside] - np.array([down, across], np.int32)
                self._try(np.where((beside >= 0)[:, None], guess, self._found).astype(np.int32))
        while reach >= 2:
            around = self._random.integers(-reach, reach + 1, self._found.shape)
            self._try((self._found + around).astype(np.int32))
            reach //= 3

    def _try(self, guess: Ints) -> None:
        guess = self._legal(guess)
        errors = self._distance(guess)
        better = errors < self._errors
        self._found[better], self._errors[better] = guess[better], errors[better]

    def _distance(self, guess: Ints) -> Floats:
        """The mean squared difference of each patch and its likeness."""
        total = np.zeros(len(guess), np.float32)
        for down in range(-(_SIDE // 2), _SIDE // 2 + 1, 2):
            for across in range(-(_SIDE // 2), _SIDE // 2 + 1, 2):
                own = self.picture[self._rows + down, self._columns + across]
                other = self.picture[guess[:, 0] + down, guess[:, 1] + across]
                total += np.square(own - other).sum(1)
        return total

    def paint(self) -> None:
        """Every pixel that is not known becomes the mean of the likenesses that lie over it, the better the more."""
        sums, weights = np.zeros_like(self.picture), np.full((self._height, self._width, 1), 1e-12, np.float32)
        trust = (1 / (self._errors + 30))[:, None].astype(np.float32) ** 2
        for down in range(-(_SIDE // 2), _SIDE // 2 + 1):
            for across in range(-(_SIDE // 2), _SIDE // 2 + 1):
                # No two patches have the same pixel at the same place, so nothing is added twice here.
                rows, columns = self._rows + down, self._columns + across
                sums[rows, columns] += trust * self.picture[self._found[:, 0] + down, self._found[:, 1] + across]
                weights[rows, columns] += trust
        covered = self._free & (weights[..., 0] > 1e-11)
        self.picture = np.where(covered[..., None], sums / weights, self.picture).astype(np.float32)
