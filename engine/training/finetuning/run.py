"""The whole way from a lesson to an installed pack: read, rehearse, learn, pack. Resumable, and whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from engine.api.errors import UsageError, WaltError
from engine.api.events import Event, FinetuneDone, FinetunePhase, FinetuneSample, FinetuneStep
from engine.packs.load import LoadedPack, load_pack
from engine.packs.manifest import CARD, Manifest, Network
from engine.packs.save import save_pack
from engine.packs.store import InstalledPack, PackStore
from engine.planning.eta import Cancelled
from engine.runtime.devices import Device, resolve
from engine.runtime.memory import is_out_of_memory
from engine.training.finetuning.adapters import merge_adapters
from engine.training.finetuning.dataset import FinetuneDataset, StopSignal
from engine.training.finetuning.latents import Frame, can_rehearse, read_dataset, rehearse, stopping
from engine.training.finetuning.new_words import grown, with_words
from engine.training.finetuning.trainer import FinetuneTrainer, Hears, Shown

ROOM = 6
"""Times the pack's size that a lesson needs on disk: model, average and optimizer twice, and the new pack."""
_NO_ROOM = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_SHIFT = 4_000_000
"""Rehearsed worlds come from seeds that no training used."""


def teach(
    lesson: FinetuneDataset,
    store: PackStore,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool] = lambda: False,
    reins: StopSignal | None = None,
    job: str = "",
    *,
    replace: bool = False,
    device: str = "auto",
) -> FinetuneDone:
    """Teach a pack a lesson and install what comes of it beside the packs of the user's own.

    A lesson that was stopped goes on where it was when it is given again, unless it was thrown away.

    Raises:
        UsageError: ``no-clips``, ``pack-exists``.
        WaltError: ``device-not-available``, ``pack-not-found``, ``pack-damaged``, ``pack-not-teachable``,
            ``peft-not-installed``, ``output-not-writable``, ``out-of-memory``.
        Cancelled: nothing was installed.
    """
    reins, place = reins or StopSignal(), resolve(device).torch
    root = store.roots[-1]
    pack = store.find(lesson.pack)
    target = root / lesson.name
    taken = {one.name for one in store.installed()} - (
        {lesson.name} if replace and target.exists() else set()
    )
    if lesson.name in taken or (target.exists() and not replace):
        raise UsageError(
            "pack-exists", f"A pack called {lesson.name} is installed already.", "Choose another name."
        )
    work = root.parent / "lessons" / _fingerprint(lesson, pack)
    try:
        _require_room(root, pack)
        work.mkdir(parents=True, exist_ok=True)
        _FinetuneRun(lesson, pack, target, work, emit, cancelled, reins, job, place).run()
    except Cancelled:
        if reins.discard.is_set():
            shutil.rmtree(work, ignore_errors=True)
        raise
    except WaltError:
        raise
    except Exception as error:
        raise _for_people(error) from error
    shutil.rmtree(work, ignore_errors=True)
    return FinetuneDone(job, lesson.name)


class _FinetuneRun:
    def __init__(
        self,
        lesson: FinetuneDataset,
        pack: InstalledPack,
        target: Path,
        work: Path,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        reins: StopSignal,
        job: str,
        device: torch.device,
    ) -> None:
        self.lesson, self.pack, self.target, self.work = lesson, pack, target, work
        self.emit, self.cancelled, self.reins, self.job = emit, cancelled, reins, job
        self.device = device

    def run(self) -> None:
        self._tell("reading", 0, len(self.lesson.examples))
        loaded = load_pack(self.pack.path, Device(torch.device("cpu"), torch.float32))
        loaded.tokenizer.to(self.device)
        base = loaded.transformer("base")
        if base.config.text_width is None or not base.config.frame_conditioning or loaded.manifest.has_t5:
            raise WaltError(
                "pack-not-teachable", f"The pack {self.pack.name} is of a kind that cannot be taught."
            )
        captions = [text for one in self.lesson.examples for text in one.captions]
        vocabulary, new = with_words(loaded.vocabulary, captions)
        text, fresh = grown(loaded.text, loaded.vocabulary, vocabulary)
        shown, rehearsed = self._shown(loaded)
        hears = Hears(
            lambda done, total, left: self._tell("learning", done, total, left),
            lambda error, before, picture: self.emit(FinetuneSample(self.job, error, before, picture)),
            self.cancelled,
            self.reins.enough.is_set,
        )
        pupil = FinetuneTrainer(
            self.lesson,
            text,
            fresh,
            base,
            loaded.tokenizer,
            vocabulary,
            shown,
            self.work / "run",
            hears,
        )
        steps = pupil.learn()
        self._tell("packing", 0, 1)
        if self.lesson.method == "lora":
            merge_adapters(base)
        networks: dict[Network, nn.Module] = {"tokenizer": loaded.tokenizer, "text": text}
        networks |= {stage: loaded.transformer(stage) for stage in loaded.manifest.stages}
        manifest = self._manifest(loaded.manifest, asdict(text.config), new)
        save_pack(self.target, manifest, networks, vocabulary, self._card(new, steps, rehearsed))
        self._tell("packing", 1, 1)

    def _shown(self, loaded: LoadedPack) -> tuple[Shown, int]:
        grid = loaded.shapes["base"].grid
        down = 2 ** len(loaded.tokenizer.config.down_time)
        frame = Frame(1 + down * (grid[0] - 1), grid[1] * 8, grid[2] * 8)
        read = stopping(lambda done, total: self._tell("reading", done, total), self.cancelled)
        clips, pictures = read_dataset(
            self.lesson.examples, self.work / "lesson", frame, loaded.tokenizer, read
        )
        count = self.lesson.rehearsal if can_rehearse(loaded.vocabulary) else 0
        if not count:
            return Shown(clips, pictures), 0
        recall = stopping(lambda done, total: self._tell("recalling", done, total), self.cancelled)
        folder, seed = self.work / "known", self.lesson.seed + _SHIFT
        known_clips, known_pictures = rehearse(count, seed, folder, frame, loaded.tokenizer, recall)
        return Shown(clips, pictures, known_clips if clips else None, known_pictures), count

    def _tell(self, phase: FinetunePhase, done: int, total: int, left: float | None = None) -> None:
        self.emit(FinetuneStep(self.job, phase, done, total, left))

    def _manifest(self, old: Manifest, text: dict[str, object], new: tuple[str, ...]) -> Manifest:
        words = f" New words: {', '.join(new)}." if new else ""
        told = f"{old.title}, taught {len(self.lesson.examples)} examples more.{words} {old.description}"
        changed = {
            "name": self.lesson.name, "title": self.lesson.title, "version": "1", "description": told[:4000],
            "text": text, "files": {},
        }  # fmt: skip
        return Manifest.model_validate(old.model_dump() | changed)

    def _card(self, new: tuple[str, ...], steps: int, rehearsed: int) -> str:
        lesson = self.lesson
        try:
            old = (self.pack.path / CARD).read_text("utf-8")
        except OSError:
            old = ""
        how = (
            f"LoRA of rank {lesson.rank}, merged"
            if lesson.method == "lora"
            else "all weights of the base stage"
        )
        lines = [
            f"# {lesson.title}",
            f"The pack {self.pack.name} {self.pack.manifest.version}, taught on {len(lesson.examples)} captioned files"
            f" in {steps} steps ({how}). The tokenizer and the stages above the base are unchanged.",
            f"New words: {', '.join(new) or 'none'}.",
            f"Rehearsed in between: {rehearsed} rendered worlds."
            if rehearsed
            else "Nothing was rehearsed in between: it may have forgotten some of what it knew.",
            "Its licence is that of the pack it was made from; what the clips allow is up to whoever taught it.",
            f"## Before\n\n{old}",
        ]
        return "\n\n".join(lines)


def _fingerprint(lesson: FinetuneDataset, pack: InstalledPack) -> str:
    """The same for the same lesson: files as they are now, captions, the pack, and how it is taught."""
    seen: list[object] = [
        pack.manifest.model_dump_json(),
        lesson.model_dump(mode="json", exclude={"title", "minutes"}),
    ]
    for one in lesson.examples:
        try:
            facts = one.file.stat()
            seen.append((facts.st_size, facts.st_mtime_ns))
        except OSError:
            seen.append(None)
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def _require_room(root: Path, pack: InstalledPack) -> None:
    root.mkdir(parents=True, exist_ok=True)
    needed = ROOM * pack.bytes
    if shutil.disk_usage(root).free < needed:
        raise WaltError(
            "output-not-writable",
            f"There is no room for the lesson: it needs {needed / 1e6:.0f} MB.",
            "Free some space, then try again.",
        )


def _for_people(error: Exception) -> Exception:
    """What a person can act on; anything else as it is."""
    full = isinstance(error, OSError) and error.errno in _NO_ROOM
    if full or (type(error).__name__ == "SafetensorError" and "space" in str(error).lower()):
        return WaltError(
            "output-not-writable", "The disk is full.", "Free some space; the lesson then goes on."
        )
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return WaltError("output-not-writable", f"The lesson cannot be written: {reason}.")
    if is_out_of_memory(error):
        return WaltError(
            "out-of-memory",
            "There is not enough memory for this lesson.",
            "Close other programs; it then goes on.",
        )
    return error
