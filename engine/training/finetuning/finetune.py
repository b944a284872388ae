"""Fine-tuning from examples to an installed pack: encode, rehearse, train, pack. Can be stopped and resumed."""

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

from engine.api.clip import Cancelled
from engine.api.errors import UsageError, WaltError
from engine.api.events import Event, FinetuneDone, FinetunePhase, FinetuneSample, FinetuneStep
from engine.kinds.registry import capabilities_of
from engine.packs.load import LoadedPack, load_pack
from engine.packs.manifest import CARD, Network, WaltManifest
from engine.packs.save import save_pack
from engine.packs.store import InstalledPack, PackStore
from engine.runtime.devices import Device, resolve
from engine.runtime.memory import is_out_of_memory
from engine.training.finetuning.adapters import merge_adapters
from engine.training.finetuning.latents import (
    ClipSize,
    can_rehearse,
    cancellable,
    encode_examples,
    encode_rehearsal,
)
from engine.training.finetuning.new_words import extended_encoder, extended_vocabulary
from engine.training.finetuning.run import FinetuneRun, StopSignal
from engine.training.finetuning.trainer import Callbacks, FinetuneTrainer, TrainingLatents

DISK_FACTOR = 6
"""Disk space in pack sizes: model, average and optimizer in two checkpoints, and the new pack."""
_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REHEARSAL_SEED = 4_000_000
"""Added to the run's seed; no other training uses worlds of these seeds."""
_FOLDER = "lessons"
"""Of unfinished runs, beside the folder of packs; its name is older than this module's, so that they can be resumed."""


def finetune(
    run: FinetuneRun,
    store: PackStore,
    emit: Callable[[Event], None],
    cancelled: Callable[[], bool] = lambda: False,
    stop: StopSignal | None = None,
    job: str = "",
    *,
    replace: bool = False,
    device: str = "auto",
) -> FinetuneDone:
    """Train a pack on the run's examples and install the result among the user's packs.

    A run that was stopped is resumed when it is given again, unless it was discarded.

    Args:
        run: What is trained on what.
        store: Has the pack, and gets the new one in its last root.
        emit: Gets FinetuneStep and FinetuneSample.
        cancelled: Asked after every step; True stops the run.
        stop: Ends training early, or discards what a cancelled run wrote.
        job: Id that the events carry.
        replace: Whether an installed pack of the new name is replaced.
        device: Where to train.

    Raises:
        UsageError: ``no-clips``, ``pack-exists``.
        WaltError: ``device-not-available``, ``pack-not-found``, ``pack-damaged``, ``pack-not-teachable``,
            ``peft-not-installed``, ``output-not-writable``, ``out-of-memory``.
        Cancelled: nothing was installed.
    """
    stop, place = stop or StopSignal(), resolve(device).torch
    root = store.own
    pack = store.find(run.pack)
    target = root / run.name
    taken = {one.name for one in store.installed()}
    if replace and target.exists():
        taken.discard(run.name)
    if run.name in taken or (target.exists() and not replace):
        raise UsageError(
            "pack-exists", f"A pack called {run.name} is installed already.", "Choose another name."
        )
    work = root.parent / _FOLDER / _fingerprint(run, pack)
    try:
        _require_disk_space(root, pack)
        work.mkdir(parents=True, exist_ok=True)
        _Finetuning(run, pack, target, work, emit, cancelled, stop, job, place).execute()
    except Cancelled:
        if stop.discard.is_set():
            shutil.rmtree(work, ignore_errors=True)
        raise
    except WaltError:
        raise
    except Exception as error:
        raise _for_people(error) from error
    shutil.rmtree(work, ignore_errors=True)
    return FinetuneDone(job, run.name)


class _Finetuning:
    """One call of `finetune`, whose arguments it has."""

    def __init__(
        self,
        run: FinetuneRun,
        pack: InstalledPack,
        target: Path,
        work: Path,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        stop: StopSignal,
        job: str,
        device: torch.device,
    ) -> None:
        self.run, self.pack, self.target, self.work = run, pack, target, work
        self.emit, self.cancelled, self.stop, self.job = emit, cancelled, stop, job
        self.device = device

    def execute(self) -> None:
        """All phases, one after the other."""
        self._phase("reading", 0, len(self.run.examples))
        loaded = load_pack(self.pack.path, Device(torch.device("cpu"), torch.float32))
        loaded.tokenizer.to(self.device)
        base = loaded.transformer("base")
        if not capabilities_of(self.pack).teachable:
            raise WaltError("pack-not-teachable", f"The pack {self.pack.name} cannot be fine-tuned.")
        captions = [text for one in self.run.examples for text in one.captions]
        vocabulary, new = extended_vocabulary(loaded.vocabulary, captions)
        text, fresh = extended_encoder(loaded.text, loaded.vocabulary, vocabulary)
        latents, rehearsed = self._latents(loaded)
        callbacks = Callbacks(
            lambda done, total, left: self._phase("learning", done, total, left),
            lambda error, before, picture: self.emit(FinetuneSample(self.job, error, before, picture)),
            self.cancelled,
            self.stop.enough.is_set,
        )
        folder = self.work / "run"
        trainer = FinetuneTrainer(
            self.run, text, fresh, base, loaded.tokenizer, vocabulary, latents, folder, callbacks
        )
        steps = trainer.train()
        self._phase("packing", 0, 1)
        if self.run.method == "lora":
            merge_adapters(base)
        networks: dict[Network, nn.Module] = {"tokenizer": loaded.tokenizer, "text": text}
        networks |= {stage: loaded.transformer(stage) for stage in loaded.manifest.stages}
        manifest = self._manifest(loaded.manifest, asdict(text.config), new)
        save_pack(self.target, manifest, networks, vocabulary, self._card(new, steps, rehearsed))
        self._phase("packing", 1, 1)

    def _latents(self, loaded: LoadedPack) -> tuple[TrainingLatents, int]:
        """What is trained on, and how many rendered worlds are among it."""
        grid = loaded.shapes["base"].grid
        down = 2 ** len(loaded.tokenizer.config.down_time)
        size = ClipSize(1 + down * (grid[0] - 1), grid[1] * 8, grid[2] * 8)
        progress = cancellable(lambda done, total: self._phase("reading", done, total), self.cancelled)
        clips, pictures = encode_examples(
            self.run.examples, self.work / "examples", size, loaded.tokenizer, progress
        )
        count = self.run.rehearsal if can_rehearse(loaded.vocabulary) else 0
        if not count:
            return TrainingLatents(clips, pictures), 0
        progress = cancellable(lambda done, total: self._phase("recalling", done, total), self.cancelled)
        folder, seed = self.work / "rehearsal", self.run.seed + _REHEARSAL_SEED
        known_clips, known_pictures = encode_rehearsal(count, seed, folder, size, loaded.tokenizer, progress)
        return TrainingLatents(clips, pictures, known_clips if clips else None, known_pictures), count

    def _phase(self, phase: FinetunePhase, done: int, total: int, left: float | None = None) -> None:
        self.emit(FinetuneStep(self.job, phase, done, total, left))

    def _manifest(self, old: WaltManifest, text: dict[str, object], new: tuple[str, ...]) -> WaltManifest:
        words = f" New words: {', '.join(new)}." if new else ""
        description = f"{old.title}, fine-tuned on {len(self.run.examples)} examples.{words} {old.description}"
        changed = {
            "name": self.run.name, "title": self.run.title, "version": "1", "description": description[:4000],
            "text": text, "files": {},
        }  # fmt: skip
        return WaltManifest.model_validate(old.model_dump() | changed)

    def _card(self, new: tuple[str, ...], steps: int, rehearsed: int) -> str:
        run = self.run
        try:
            old = (self.pack.path / CARD).read_text("utf-8")
        except OSError:
            old = ""
        how = (
            f"LoRA of rank {run.rank}, merged"
            if run.method == "lora"
            else "all weights of the base stage"
        )
        lines = [
            f"# {run.title}",
            f"The pack {self.pack.name} {self.pack.manifest.version}, fine-tuned on {len(run.examples)} captioned files"
            f" in {steps} steps ({how}). The tokenizer and the stages above the base are unchanged.",
            f"New words: {', '.join(new) or 'none'}.",
            f"Rehearsed meanwhile: {rehearsed} rendered worlds."
            if rehearsed
            else "Nothing was rehearsed: it may have forgotten some of what it could do.",
            "Its licence is that of the pack it was made from; what the clips allow is up to whoever fine-tuned it.",
            f"## Before\n\n{old}",
        ]
        return "\n\n".join(lines)


def _fingerprint(run: FinetuneRun, pack: InstalledPack) -> str:
    """Names the run's folder: a hash of the files as they are now, the captions, the pack, and all settings."""
    seen: list[object] = [
        pack.manifest.model_dump_json(),
        run.model_dump(mode="json", exclude={"title", "minutes"}),
    ]
    for one in run.examples:
        try:
            facts = one.file.stat()
            seen.append((facts.st_size, facts.st_mtime_ns))
        except OSError:
            seen.append(None)
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:16]


def _require_disk_space(root: Path, pack: InstalledPack) -> None:
    root.mkdir(parents=True, exist_ok=True)
    needed = DISK_FACTOR * pack.bytes
    if shutil.disk_usage(root).free < needed:
        raise WaltError(
            "output-not-writable",
            f"There is not enough disk space: fine-tuning needs {needed / 1e6:.0f} MB.",
            "Free some space, then try again.",
        )


def _for_people(error: Exception) -> Exception:
    """The error as a WaltError where a person can do something about it, else unchanged."""
    full = isinstance(error, OSError) and error.errno in _DISK_FULL
    if full or (type(error).__name__ == "SafetensorError" and "space" in str(error).lower()):
        return WaltError(
            "output-not-writable", "The disk is full.", "Free some space, then start it again: it is resumed."
        )
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return WaltError("output-not-writable", f"Fine-tuning cannot write its files: {reason}.")
    if is_out_of_memory(error):
        return WaltError(
            "out-of-memory",
            "There is not enough memory for fine-tuning.",
            "Close other programs, then start it again: it is resumed.",
        )
    return error
