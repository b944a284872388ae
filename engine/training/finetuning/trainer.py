"""Training of a pack's base stage on examples and rehearsed worlds, with the loop of all training."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.api.clip import Cancelled
from engine.diffusion.guidance import Guidance
from engine.diffusion.known_frames import frame_condition
from engine.diffusion.schedule import Schedule
from engine.media.pixels import to_frames
from engine.models.text_encoder import TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import WindowTransformer
from engine.runtime.files import atomic_write
from engine.text.vocabulary import Vocabulary
from engine.training.checkpoint import latest
from engine.training.data.captions import Captioner
from engine.training.denoiser.loss import (
    Denoiser,
    DenoisingBatch,
    LatentSet,
    known_frames,
    mean_loss,
    validate,
)
from engine.training.denoiser.sampling import sample_latents
from engine.training.finetuning.adapters import add_adapters
from engine.training.finetuning.run import FinetuneRun
from engine.training.loop import Draw, Loop, LoopConfig, OneProcess
from engine.training.precision import autocast

SAMPLES = 8
SAMPLE_SECONDS = 60.0
"""Samples of a run at least, and seconds between two of them where the speed is known."""
SAMPLE_STEPS = 12
CHECK = 4
FRAME_RATE = 0.3
SELF_CONDITIONING = 0.5
DROP = 0.1
LORA_RATE, FULL_RATE, FULL_MUON_RATE = 2e-3, 3e-4, 3e-4
_PLAN = "plan.json"


class _Enough(Exception):
    """Raised between two steps to end training early."""


class _Silent(OneProcess):
    """Without progress bar and log: the callbacks get the progress."""

    main = False


class _AdaptedDenoiser(Denoiser):
    """LoRA's matrices are left to AdamW."""

    adamw_names = (*Denoiser.adamw_names, "lora_")


@dataclass(frozen=True)
class TrainingLatents:
    """Latents of the examples and of rehearsed worlds; a kind may be missing."""

    clips: LatentSet | None
    pictures: LatentSet | None
    rehearsal_clips: LatentSet | None = None
    rehearsal_pictures: LatentSet | None = None


@dataclass(frozen=True)
class Callbacks:
    """Called between two steps.

    Attributes:
        step: Gets steps done, steps in all, seconds left.
        sample: Gets the error now, the error before the first step, a picture (1, h, w, 3).
        cancelled: Whether to stop; checkpoints are kept.
        enough: Whether to end training and use what was learned.
    """

    step: Callable[[int, int, float], None]
    sample: Callable[[float, float, NDArray[np.uint8]], None]
    cancelled: Callable[[], bool]
    enough: Callable[[], bool]


class FinetuneTrainer:
    """Trains a base stage, and the text encoder's rows of new words; its other weights are frozen.

    Args:
        run: The run.
        text: Text encoder with the new words.
        fresh: (words, 1), 1 where a word is new.
        base, tokenizer: Of the pack; ``base`` is trained in place, on the tokenizer's device.
        vocabulary: With the new words.
        latents: What is trained on.
        folder: Checkpoints; a run that is there is resumed.
        callbacks: For progress and stopping.
    """

    def __init__(
        self,
        run: FinetuneRun,
        text: TextEncoder,
        fresh: Tensor,
        base: WindowTransformer,
        tokenizer: Tokenizer,
        vocabulary: Vocabulary,
        latents: TrainingLatents,
        folder: Path,
        callbacks: Callbacks,
    ) -> None:
        torch.manual_seed(run.seed)
        self.run, self.latents, self.callbacks, self.folder = run, latents, callbacks, folder
        self.tokenizer, self.schedule = tokenizer, Schedule.linear()
        device = tokenizer.latent_mean.device
        self.captioner = Captioner(vocabulary, length=text.config.length, drop=DROP)
        text.to(device).requires_grad_(False)
        if bool(fresh.any()):
            text.words.weight.requires_grad_(True)
            text.words.weight.register_hook(fresh.to(device).mul)
        base.to(device).requires_grad_(True)
        if run.method == "lora":
            add_adapters(base, run.rank)
        self.model = _AdaptedDenoiser(text, base)
        self.before = float("nan")
        self._took: list[float] = []
        self._began = time.monotonic()

    def train(self) -> int:
        """Train to the end; the averaged weights are then in the model. Returns the steps done.

        Raises:
            Cancelled: when the callbacks said so; the last checkpoint is on disk.
        """
        plan = self._plan()
        self.before = plan["before"]
        steps = int(plan["steps"])
        rate, muon = (LORA_RATE, LORA_RATE) if self.run.method == "lora" else (FULL_RATE, FULL_MUON_RATE)
        config = LoopConfig(
            steps=steps, warmup=max(1, min(20, steps // 10)), final=0.1, lr=rate, muon_lr=muon, weight_decay=0.0,
            ema=0.99, seed=self.run.seed, checkpoint_minutes=2.0, report_steps=int(plan["report"]),
        )  # fmt: skip
        loop = Loop(self.model, self._loss, self._report, config, self.folder, _Silent())
        self._steps, self._began = steps, time.monotonic()
        with suppress(_Enough):
            loop.run()
        loop.ema.swap(self.model)
        self.model.eval()
        return loop.step

    def _plan(self) -> dict[str, float]:
        """Number of steps, by the time of a trial step where the run gives minutes, and the error before them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / _PLAN
        if path.is_file() and latest(self.folder) is not None:
            return json.loads(path.read_text("utf-8"))
        self.model.eval()
        with torch.no_grad():
            before = self._error()
        steps, often = self.run.steps, SAMPLE_SECONDS
        if steps is None:
            each = self._seconds()
            steps, often = max(1, int(self.run.minutes * 60 / each)), max(1.0, SAMPLE_SECONDS / each)
        report = max(1, int(min(steps // SAMPLES, often)))
        plan: dict[str, float] = {"steps": steps, "before": before, "report": report}
        with atomic_write(path) as part:
            part.write_text(json.dumps(plan), "utf-8")
        return plan

    def _seconds(self) -> float:
        """Seconds of the second of two trial steps; the first warms up."""
        taken = 0.0
        self._began = time.monotonic()
        for k in range(2):
            if self.callbacks.cancelled():
                raise Cancelled
            began = time.monotonic()
            loss, _ = self._batch_loss(Draw.at(self.run.seed + 1, k))
            loss.backward()
            taken = time.monotonic() - began
        self.model.zero_grad(set_to_none=True)
        return max(taken, 1e-3)

    def _loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        now = time.monotonic()
        if draw.step:
            self._took = [*self._took[-19:], now - self._began]
        self._began = now
        each = sum(self._took) / len(self._took) if self._took else 0.0
        self.callbacks.step(draw.step, self._steps, each * (self._steps - draw.step))
        if self.callbacks.cancelled():
            raise Cancelled
        if self.callbacks.enough():
            raise _Enough
        return self._batch_loss(draw)

    def _batch_loss(self, draw: Draw) -> tuple[Tensor, dict[str, Tensor]]:
        twice = bool(draw.numpy.random() < SELF_CONDITIONING)
        return mean_loss(self.model, self.schedule, self._batches(draw.numpy), draw.torch, twice)

    def _batches(self, rng: np.random.Generator) -> Iterator[tuple[str, DenoisingBatch]]:
        """A batch of clips, then one of pictures: as many rehearsed ones as examples."""
        latents = self.latents
        for name, kinds in (
            ("video", (latents.clips, latents.rehearsal_clips)),
            ("image", (latents.pictures, latents.rehearsal_pictures)),
        ):
            drawn = [kind.draw(rng, self.run.batch)[:2] for kind in kinds if kind is not None]
            if drawn:
                x0 = torch.cat([z for z, _ in drawn])
                truths = [truth for _, some in drawn for truth in some]
                frames = None
                if x0.shape[2] > 1:
                    frames = frame_condition(x0, known_frames(truths, FRAME_RATE, rng))
                yield name, DenoisingBatch(x0, self.captioner.ids(truths, rng), frames)

    def _error(self) -> float:
        """Validation loss on the first examples, at fixed levels and with fixed noise."""
        kind = self.latents.clips or self.latents.pictures
        assert kind is not None
        picks = list(range(min(CHECK, len(kind.store))))
        texts = [kind.store.truth[i]["captions"][0] for i in picks]
        batch = DenoisingBatch(kind.take(picks, None), self.captioner.encode(texts))
        return validate(self.model, self.schedule, [batch])

    def _report(self, step: int) -> dict[str, float]:
        del step
        self.callbacks.sample(self._error(), self.before, self._picture())
        return {}

    def _picture(self) -> NDArray[np.uint8]:
        """A sample of the first example's first caption, (1, h, w, 3)."""
        config = self.model.transformer.config
        ids = self.captioner.encode([self.run.examples[0].captions[0]])
        shape = (1, config.latent_channels, 1, *config.grid[1:])
        noise = torch.randn(shape, generator=torch.Generator().manual_seed(self.run.seed))
        z = sample_latents(
            self.model, self.schedule, noise, ids, steps=SAMPLE_STEPS, guidance=Guidance(scale=3.0)
        )
        with autocast(z.device):
            return to_frames(self.tokenizer.decode(z)[0])
