"""Worker processes that render worlds and moving photographs into shared memory while the card trains."""

from __future__ import annotations

import mmap
import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.text.vocabulary import Vocabulary
from engine.training.data.captions import Captioner
from engine.training.data.photos import Photos
from engine.training.data.store import CAMERA
from engine.worlds.dataset.sampling import sample_spec, twin
from engine.worlds.spec import WorldSpec

WORDINGS = 8
"""Captions of each clip."""
LENGTH = 32
"""Words of a caption."""


@dataclass(frozen=True)
class ClipKind:
    """What one job renders: ``items`` clips of a size, from worlds or photographs.

    With ``moving`` no camera stands still, and every second clip is the world of the one before it with the camera
    moving the other way; in half of these pairs the subject heads the other way too.
    """

    name: str
    items: int
    frames: int
    height: int
    width: int
    photos: bool = False
    moving: bool = False

    @property
    def shape(self) -> tuple[int, int, int, int, int]:
        """(items, T, H, W, 3)."""
        return self.items, self.frames, self.height, self.width, 3


KINDS = {
    kind.name: kind
    for kind in (
        ClipKind("image128", 64, 1, 128, 224),
        ClipKind("clip128", 4, 17, 128, 224),
        ClipKind("moves128", 4, 17, 128, 224, moving=True),
        ClipKind("photo128", 4, 17, 128, 224, photos=True),
        ClipKind("image256", 16, 1, 256, 448),
        ClipKind("clip256", 1, 17, 256, 448),
        ClipKind("photo256", 1, 17, 256, 448, photos=True),
        ClipKind("image512", 4, 1, 512, 896),
        ClipKind("clip512", 1, 17, 512, 896),
        ClipKind("photo512", 1, 17, 512, 896, photos=True),
    )
}
_LARGE = ("clip512", "photo512")
PLAIN = 0.5
"""Share of captions that are one plain sentence; the others may leave things out and vary in wording."""
MOVES = {
    "pan_left": 3, "pan_right": 3, "orbit_left": 4, "orbit_right": 4,
    "zoom_in": 2, "zoom_out": 2, "tilt_up": 1, "tilt_down": 1,
}  # fmt: skip
"""Weights of the moving cameras; those that are hard to learn come more often."""
PHOTO_MOVES = {
    "pan_left": 2, "pan_right": 2, "tilt_up": 2, "tilt_down": 2, "zoom_in": 4, "zoom_out": 4, "still": 1,
}  # fmt: skip


@dataclass(frozen=True)
class RenderedJob:
    """A finished job: the slot that holds its frames, and its captions (items, WORDINGS, LENGTH) as word ids."""

    kind: ClipKind
    slot: int
    ids: NDArray[np.int16]


class RenderWorkers:
    """The processes and the memory that they render into.

    They are forked, so they have to be started before anything touches the card.

    Args:
        next_kind: Gives the name of the kind to render next, or None for nothing now.
        workers: Number of processes.
        photos: Folder of photographs.
        vocabulary: Turns captions into word ids.
        seed: Of the first world.
        slots: How many jobs of ordinary and of large clips may wait to be released.
    """

    def __init__(
        self,
        next_kind: Callable[[], str | None],
        workers: int,
        photos: Path,
        vocabulary: Vocabulary,
        seed: int,
        slots: tuple[int, int],
    ) -> None:
        self.next_kind, self.seed = next_kind, seed
        self.rendered: dict[str, int] = dict.fromkeys(KINDS, 0)
        self._memory = [_SharedSlots(_slot_size(large), slots[large]) for large in (False, True)]
        self._photos, self._vocabulary = Photos(photos), vocabulary
        context = get_context("fork")
        self._jobs: Queue[Any] = context.Queue()
        self._done: Queue[Any] = context.Queue()
        self._ahead = 3 * workers
        self._open = 0
        self._workers: list[BaseProcess] = [
            context.Process(target=self._work, daemon=True) for _ in range(workers)
        ]
        for worker in self._workers:
            worker.start()

    def poll(self) -> Iterator[RenderedJob]:
        """Finished jobs; hands out new ones."""
        self._hand_out()
        while True:
            try:
                name, slot, ids = self._done.get_nowait()
            except queue.Empty:
                return
            self._open -= 1
            self.rendered[name] += KINDS[name].items
            self._hand_out()
            yield RenderedJob(KINDS[name], slot, ids)

    def frames(self, job: RenderedJob) -> NDArray[np.uint8]:
        """(items, T, H, W, 3) of a finished job, valid until it is released."""
        return self._slots(job.kind).view(job.slot, job.kind)

    def release(self, job: RenderedJob) -> None:
        """Free a job's slot for another."""
        self._slots(job.kind).free.append(job.slot)

    def close(self) -> None:
        """Stop all workers."""
        for worker in self._workers:
            worker.kill()

    def _slots(self, kind: ClipKind) -> _SharedSlots:
        return self._memory[kind.name in _LARGE]

    def _hand_out(self) -> None:
        while self._open < self._ahead:
            name = self.next_kind()
            if name is None or not self._slots(KINDS[name]).free:
                return
            kind = KINDS[name]
            self._jobs.put((name, self._slots(kind).free.pop(), self.seed))
            self.seed += kind.items
            self._open += 1

    def _work(self) -> None:
        import cv2

        cv2.setNumThreads(1)
        captioner = Captioner(self._vocabulary, length=LENGTH, drop=0.0, plain=PLAIN)
        while True:
            name, slot, seed = self._jobs.get()
            kind = KINDS[name]
            out = self._slots(kind).view(slot, kind)
            render = self._move_photos if kind.photos else self._render_worlds
            truths = render(kind, seed, out)
            rng = np.random.default_rng((seed, 3))
            ids = [
                [self._vocabulary.encode(captioner.text(truth, rng), LENGTH) for _ in range(WORDINGS)]
                for truth in truths
            ]
            self._done.put((name, slot, np.array(ids, np.int16)))

    def _move_photos(self, kind: ClipKind, seed: int, out: NDArray[np.uint8]) -> list[dict[str, Any]]:
        rng = np.random.default_rng((seed, 1))
        if kind.items == 1:
            out[0], camera = self._photos.clip(rng, kind.frames, kind.height, kind.width)
            return [{CAMERA: camera}]
        cameras = draw_names(rng, PHOTO_MOVES, kind.items)
        for i, (clip, _) in enumerate(self._photos.family(rng, kind.frames, kind.height, kind.width, cameras)):
            out[i] = clip
        return [{CAMERA: camera} for camera in cameras]

    def _render_worlds(self, kind: ClipKind, seed: int, out: NDArray[np.uint8]) -> list[dict[str, Any]]:
        from engine.worlds.render.clip import render_frame

        specs = job_worlds(kind, seed)
        for i, spec in enumerate(specs):
            rng = np.random.default_rng((seed + i, 1))
            moments = [int(rng.integers(17))] if kind.frames == 1 else range(kind.frames)
            for j, moment in enumerate(moments):
                out[i, j] = render_frame(spec, moment, height=kind.height, width=kind.width)
        return [{"spec": spec.to_dict()} for spec in specs]


def job_worlds(kind: ClipKind, seed: int) -> list[WorldSpec]:
    """The worlds that a job renders."""
    specs = [sample_spec(seed + i) for i in range(kind.items)]
    if not kind.moving:
        return specs
    rng = np.random.default_rng((seed, 2))
    for i, camera in zip(range(0, kind.items, 2), draw_names(rng, MOVES, kind.items), strict=False):
        specs[i] = replace(specs[i], camera=camera)
        other = twin(specs[i])
        specs[i + 1] = replace(other, heading=specs[i].heading) if rng.random() < 0.5 else other
    return specs


def draw_names(rng: np.random.Generator, weights: dict[str, int], count: int) -> list[str]:
    """``count`` names, drawn by weight."""
    share = np.array(list(weights.values())) / sum(weights.values())
    return [list(weights)[i] for i in rng.choice(len(weights), count, p=share)]


class _SharedSlots:
    """Slots of equal size in memory that forked processes share."""

    def __init__(self, size: int, slots: int) -> None:
        self.size = size
        self.memory = mmap.mmap(-1, size * slots)
        self.free = list(range(slots))[::-1]

    def view(self, slot: int, kind: ClipKind) -> NDArray[np.uint8]:
        count = int(np.prod(kind.shape))
        flat = np.frombuffer(self.memory, np.uint8, count, slot * self.size)
        return flat.reshape(kind.shape)


def _slot_size(large: bool) -> int:
    return max(int(np.prod(kind.shape)) for kind in KINDS.values() if (kind.name in _LARGE) == large)


class RenderSchedule:
    """What to render next, by the share of the time that has passed.

    Args:
        phases: (share of time to begin at, {kind: jobs}) in order of their begins; a phase's kinds take turns in
            proportion. The last phase that has begun and is not finished is worked on.
        seconds: All the time there is.
    """

    def __init__(self, phases: list[tuple[float, dict[str, float]]], seconds: float) -> None:
        self.phases, self.seconds = phases, seconds
        self.began = time.monotonic()
        self.given: list[dict[str, int]] = [dict.fromkeys(jobs, 0) for _, jobs in phases]

    def share(self) -> float:
        """Share of the time that has passed."""
        return (time.monotonic() - self.began) / self.seconds

    def __call__(self) -> str | None:
        """The next kind, or None when everything is rendered."""
        share = self.share()
        for (begin, jobs), given in reversed(list(zip(self.phases, self.given, strict=True))):
            if begin > share:
                continue
            left = {name: given[name] / count for name, count in jobs.items() if given[name] < count}
            if left:
                name = min(left, key=left.__getitem__)
                given[name] += 1
                return name
        return None
