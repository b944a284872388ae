"""Train the starter's networks on one GPU in minutes: `python -m engine.training.on_gpu --help`.

The machine's cores render the worlds while the GPU trains; nothing is read but photographs and the networks to begin
with: a tokenizer, or with ``--init`` all of them. Each network gets a run's folder in ``--out``, which
`walt train pack` and ``--init`` read like any other.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from engine.models import attention
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.manifest import MANIFEST
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2, STARTER_TOKENIZER
from engine.training.checkpoint import latest
from engine.training.denoiser.loss import Denoiser
from engine.training.loop import Loop, LoopConfig
from engine.training.on_gpu.compile_ahead import explicit_attention, timing_file
from engine.training.on_gpu.denoiser import Mix, StageTrainer
from engine.training.on_gpu.latent_buffer import LatentBuffer, LatentEncoder
from engine.training.on_gpu.render_workers import KINDS, RenderedJob, RenderSchedule, RenderWorkers
from engine.training.on_gpu.tokenizer import CropQueue, TokenizerTrainer, quality
from engine.training.on_gpu.training_plans import CONTINUE, FROM_SCRATCH, KEEP_TOKENIZER, scheduled
from engine.training.packing import load_averaged
from engine.training.precision import avoid_amx
from engine.training.runs.starter import BASE, SR1, SR2, TOKENIZER, Training, write_run
from engine.training.tokenizer.trainer import measure_latents
from engine.worlds.captions.write import vocabulary
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.render.clip import render_frame

RUNS: dict[str, Training] = {"tokenizer": TOKENIZER, "base": BASE, "sr1": SR1, "sr2": SR2}
SHARED_BUFFERS = {"moves128": "clip128"}
"""Kinds of jobs whose latents are kept with those of another kind."""
ATTENTION = {"fused": attention.attend, "explicit": explicit_attention}
LOOP = LoopConfig(
    steps=0, schedule="trapezoid", final=0.01, betas=(0.9, 0.98), newton_steps=5, ema=0.998,
    checkpoint_minutes=60.0,
)  # fmt: skip
"""Of all networks; runs end by the clock."""
COMPILER_PATIENCE = 0.25
"""Share of all time for which the base waits for its compilers."""


class StarterTraining:
    """All stages with the arguments of the command line."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        avoid_amx()
        self.plan = FROM_SCRATCH if args.init is None else KEEP_TOKENIZER if args.keep_tokenizer else CONTINUE
        self.out: Path = args.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.words = vocabulary()
        self.compilers = self._compilers() if args.compile and args.device == "cuda" else []
        render_frame(sample_spec(0), 0)  # compiles the renderer once, before the worker processes are forked
        self.schedule = RenderSchedule(scheduled(self.plan.phases), args.seconds)
        slots = (args.slots, max(4, args.slots // 6))
        self.workers = RenderWorkers(self.schedule, args.workers, args.photos, self.words, args.seed, slots)
        self.device = torch.device(args.device)
        self.rendered: defaultdict[str, list[RenderedJob]] = defaultdict(list)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True

    def _compilers(self) -> list[subprocess.Popen[bytes]]:
        """Processes that compile the denoisers' layers, one for each kind of attention."""
        whole: tuple[int, ...] = (self.args.batch, self.args.batch // 2, self.args.superres_batch)
        sizes = [str(n // self.args.shrink) for n in whole]
        script = str(Path(__file__).with_name("compile_ahead.py"))
        return [subprocess.Popen([sys.executable, script, str(self.out), *sizes, kind]) for kind in ATTENTION]

    def run(self) -> None:
        """All networks, one after the other."""
        tokenizer = Tokenizer(STARTER_TOKENIZER)
        load_averaged(self.args.tokenizer or _network(self.args.init, "tokenizer"), tokenizer)
        tokenizer.to(self.device, memory_format=torch.channels_last_3d)  # pyright: ignore[reportCallIssue]
        self._wait_for_clips()
        if "tokenizer" in self.plan.ends:
            self._train_tokenizer(tokenizer)
        tokenizer.requires_grad_(False).eval()
        buffers = self._buffers()
        by_kind = {kind: buffers[SHARED_BUFFERS.get(kind, kind)] for kind in KINDS}
        encoder = LatentEncoder(self.workers, tokenizer, by_kind)
        for jobs in self.rendered.values():
            encoder.take(jobs)
        self.rendered.clear()
        encoder.flush()
        self._say("encoded", {name: buffer.count for name, buffer in buffers.items() if buffer.count})

        def poll() -> None:
            encoder.take(list(self.workers.poll()))

        text = TextEncoder(TextConfig(len(self.words), width=STARTER_BASE.text_width or 256, layers=2))
        self._base(text, buffers, poll)
        encoder.flush()
        for name, config, size in (("sr1", STARTER_SR1, "256"), ("sr2", STARTER_SR2, "512")):
            self._superres(name, config, size, text, buffers, poll)
            encoder.flush()
        self._say("rendered", self.workers.rendered)
        if self.device.type == "cuda":
            self._say("memory, GB", round(torch.cuda.max_memory_allocated() / 1e9, 1))
        self.workers.close()

    def _wait_for_clips(self) -> None:
        """Wait until there are some jobs of each small kind."""
        rendered = self.rendered
        while len(rendered["clip128"]) < 12 or not rendered["photo128"] or not rendered["image128"]:
            self._collect()
            time.sleep(0.05)
            if self.schedule.share() * self.args.seconds > 120:
                raise TimeoutError("the workers have rendered too little in two minutes")
        self._say("first clips", {kind: len(jobs) for kind, jobs in rendered.items()})

    def _train_tokenizer(self, tokenizer: Tokenizer) -> None:
        tokenizer.train()
        if self.device.type == "cuda":
            from engine.training.on_gpu.norms import use_kernels  # needs triton

            use_kernels()
        unseen, photos = self._frames("clip128", 12), self._frames("photo128", 4)
        before = quality(tokenizer, unseen), quality(tokenizer, photos)
        batches = CropQueue(self.workers, self.rendered, self.args.shrink)
        lr = self.args.tokenizer_lr
        config = replace(LOOP, lr=lr, muon_lr=1.2 * lr, warmup=60, decay=0.6)
        trainer = TokenizerTrainer(
            tokenizer,
            batches,
            config,
            self.out / "tokenizer",
            self.device,
            self._progress("tokenizer"),
            self._collect,
        )
        trainer.loop.run()
        batches.stop()
        with trainer.loop.averaged():
            after = quality(tokenizer, unseen), quality(tokenizer, photos)
            measure_latents(tokenizer, [*torch.cat([self._frames("clip128", 24), photos]).cpu().numpy()])
        trainer.loop.save()
        self._say("tokenizer psnr, clips and photos", {"before": before, "after": after})
        self._finish("tokenizer", trainer.loop)

    def _frames(self, kind: str, jobs: int) -> Tensor:
        found = [torch.from_numpy(self.workers.frames(job)) for job in self.rendered[kind][:jobs]]
        return torch.cat(found).to(self.device)

    def _collect(self) -> None:
        for job in self.workers.poll():
            self.rendered[job.kind.name].append(job)

    def _buffers(self) -> dict[str, LatentBuffer]:
        c, (t, h, w) = STARTER_BASE.latent_channels, STARTER_BASE.grid
        buffers: dict[str, LatentBuffer] = {}
        for name, size in (("128", 1), ("256", 2), ("512", 4)):
            for kind, frames, share in (("image", 1, 0.6), ("clip", t, 1.0), ("photo", t, 0.1)):
                capacity = int(self.args.capacity * share / (1 if size == 1 else 4 * size))
                shape = (c, frames, h * size, w * size)
                buffers[kind + name] = LatentBuffer(capacity, shape, size > 1, self.device)
        return buffers

    def _base(self, text: TextEncoder, buffers: dict[str, LatentBuffer], poll: Callable[[], None]) -> None:
        model = self._model("base", text, STARTER_BASE)
        worlds, photos, images = buffers["clip128"], buffers["photo128"], buffers["image128"]
        n = self.args.batch // self.args.shrink
        mixes = [
            Mix("clip", ((0.82, worlds), (0.18, photos)), n, moved_photos=(False, True)),
            Mix("image", ((0.5, images), (0.5, worlds)), max(1, n // 2), first_frames=True),
        ]
        if self.compilers:  # layers without the compiler keep more, and the compilers hold memory too
            model.transformer.recompute = torch.cuda.get_device_properties(0).total_memory < 1e11
        compiled = False

        def poll_and_compile() -> None:
            nonlocal compiled
            poll()
            compiled = compiled or self._compile("base", model, COMPILER_PATIENCE)

        self._train("base", model, mixes, poll_and_compile, warmup=50)
        for compiler in self.compilers:
            compiler.kill()

    def _superres(
        self,
        name: str,
        config: TransformerConfig,
        size: str,
        text: TextEncoder,
        buffers: dict[str, LatentBuffer],
        poll: Callable[[], None],
    ) -> None:
        clips, photos, images = (buffers[kind + size] for kind in ("clip", "photo", "image"))
        self._say(name, {"clips": clips.count, "photos": photos.count, "images": images.count})
        transformer = WindowTransformer(config)
        if not self.args.init:
            _fit_low_res_path(transformer, [clips, images])
        model = self._model(name, text, config, transformer)
        self._compile(name, model)
        n = max(1, self.args.superres_batch // self.args.shrink)
        mixes = [Mix("clip", ((0.8, clips), (0.2, photos)), n), Mix("image", ((1.0, images),), 2 * n)]
        self._train(name, model, mixes, poll, warmup=15)

    def _train(
        self, name: str, model: Denoiser, mixes: list[Mix], poll: Callable[[], None], warmup: int
    ) -> None:
        config = replace(LOOP, lr=self.plan.lr, muon_lr=self.plan.muon_lr, warmup=warmup)
        progress = self._progress(name)
        trainer = StageTrainer(
            model, mixes, config, self.out / name, self.device, name == "base", progress, poll
        )
        trainer.loop.run()
        self._finish(name, trainer.loop)
        self._say(name, f"{trainer.samples} samples")

    def _finish(self, name: str, loop: Loop) -> None:
        """Keep the configuration beside the checkpoint, and leave the averaged weights in the model."""
        write_run(self.out / name, replace(RUNS[name], loop=loop.config))
        loop.ema.swap(loop.model)
        self._say(name, f"{loop.step} steps")

    def _model(
        self,
        name: str,
        text: TextEncoder,
        config: TransformerConfig,
        transformer: WindowTransformer | None = None,
    ) -> Denoiser:
        """From nothing or from ``--init``; super-resolution stages keep the base's text encoder."""
        model = Denoiser(text, transformer or WindowTransformer(config))
        if self.args.init:
            kept = {key: value.clone() for key, value in text.state_dict().items()}
            load_averaged(_network(self.args.init, name), model)
            if name != "base":
                text.load_state_dict(kept)
        return model.to(self.device).train()

    def _compile(self, name: str, model: Denoiser, patience: float = 0.0) -> bool:
        """Compile with the kind of attention that was timed as the faster one; whether that was done.

        While compilers are at work it is put off, until share ``patience`` of all time.
        """
        if not self.compilers:
            return False
        files = {kind: timing_file(self.out, name, kind) for kind in ATTENTION}
        times = {kind: float(file.read_text("utf-8")) for kind, file in files.items() if file.exists()}
        at_work = any(compiler.poll() is None for compiler in self.compilers)
        if len(times) < len(files) and at_work and self.schedule.share() < patience:
            return False
        self._say(name, "ms a step", times)
        attention.attend = ATTENTION[min(times, key=times.__getitem__) if times else "fused"]
        model.transformer.recompute = False
        model.transformer.compile_blocks()
        return True

    def _progress(self, name: str) -> Callable[[], float]:
        """Share of a network's time, which begins now."""
        start, end = self.schedule.share(), self.plan.ends[name]
        return lambda: (self.schedule.share() - start) / max(1e-6, end - start)

    def _say(self, *what: object) -> None:
        print(f"[{self.schedule.share() * self.args.seconds:6.1f} s]", *what, flush=True)


def _fit_low_res_path(transformer: WindowTransformer, buffers: list[LatentBuffer]) -> None:
    """Initialise the linear path, if there is one, with the least-squares fit of some pairs."""
    if transformer.low_res_path is None:
        return
    high: list[Tensor] = []
    low: list[Tensor] = []
    for buffer in buffers:
        assert buffer.low is not None
        few = slice(0, min(6, buffer.count))
        for frames, kept in ((buffer.high, high), (buffer.low, low)):
            kept.append(frames[few].float().cpu().transpose(1, 2).flatten(0, 1)[:, :, None])
    noisy = torch.cat(low)
    transformer.low_res_path.fit(noisy + 0.05 * torch.randn_like(noisy), torch.cat(high))


def _network(folder: Path, name: str) -> Path:
    """Where a network is: in a pack, or in a folder that this program wrote."""
    return folder if (folder / MANIFEST).is_file() else folder / name


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(prog="python -m engine.training.on_gpu", description=__doc__)
    add = parser.add_argument
    add("--out", type=Path, required=True, help="folder of the runs, a new one")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument(
        "--tokenizer", type=Path, help="run or pack whose tokenizer to begin with, the rest from nothing"
    )
    start.add_argument("--init", type=Path, help="pack to continue from, or what this program wrote")
    add("--keep-tokenizer", action="store_true", help="train the other networks alone")
    add("--photos", type=Path, required=True, help="folder of photographs")
    add("--seconds", type=float, default=560.0, help="time in all (default: %(default)g)")
    add("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1), help="processes that render")
    add("--device", default="cuda", help="where to train (default: %(default)s)")
    add("--seed", type=int, default=20_000_000, help="of the first world")
    add("--batch", type=int, default=128, help="clips, and half as many images, of the base's step")
    add("--superres-batch", type=int, default=24, help="clips, and twice as many images")
    add("--shrink", type=int, default=1, help="divide batches by this, to try it on a small machine")
    add("--tokenizer-lr", type=float, default=8e-4, help="learning rate (default: %(default)g)")
    add("--slots", type=int, default=2400, help="jobs that may wait in memory")
    add("--capacity", type=int, default=40_000, help="clips that the largest latent buffer holds")
    add("--no-compile", dest="compile", action="store_false", help="do not compile the layers")
    args = parser.parse_args()
    if args.keep_tokenizer and args.init is None:
        parser.error("--keep-tokenizer goes with --init")
    if any(latest(args.out / name) is not None for name in RUNS):
        parser.error(f"{args.out} holds runs already")
    StarterTraining(args).run()


if __name__ == "__main__":
    main()
