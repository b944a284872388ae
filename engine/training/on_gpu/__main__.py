"""Train the starter's networks on one GPU in minutes: `python -m engine.training.on_gpu --help`.

The worlds are drawn by the machine's cores while the GPU trains; nothing is read but photographs and the networks to
begin with: a tokenizer, or with ``--init`` all of them. Writes a folder a network, which `walt train pack` and
``--init`` read like any other run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from engine.models import attention
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.manifest import MANIFEST
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2, STARTER_TOKENIZER
from engine.training.denoiser.loss import Denoiser
from engine.training.on_gpu import tokens
from engine.training.on_gpu.bank import Bank, Coder
from engine.training.on_gpu.denoise import Batch, Stage
from engine.training.on_gpu.farm import KINDS, Farm, Job, Plan
from engine.training.on_gpu.keep import keep
from engine.training.on_gpu.plans import FROM_NOTHING, KEEPING, ONWARD, ordered
from engine.training.on_gpu.warm import explicit, timing
from engine.training.packing import averaged
from engine.training.precision import avoid_amx
from engine.training.runs.starter import BASE, SR1, SR2, TOKENIZER, Training
from engine.training.tokenizer.trainer import measure_latents
from engine.worlds.captions.write import vocabulary
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.render.clip import render_frame

BANKS = {"moves128": "clip128"}
"""Kinds of jobs that are kept with those of another kind."""
ATTENTION = {"fused": attention.attend, "explicit": explicit}


class Run:
    """Everything between the command line and the files."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        avoid_amx()
        self.course = FROM_NOTHING if args.init is None else KEEPING if args.keep_tokenizer else ONWARD
        self.out: Path = args.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.words = vocabulary()
        self.warm = self._warm() if args.compile and args.device == "cuda" else []
        render_frame(sample_spec(0), 0)  # compiled once, before the farm's processes part
        self.plan = Plan(ordered(self.course.parts), args.seconds)
        slots = (args.slots, max(4, args.slots // 6))
        self.farm = Farm(self.plan, args.workers, args.photos, self.words, args.seed, slots)
        self.device = torch.device(args.device)
        self.drawn: defaultdict[str, list[Job]] = defaultdict(list)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True

    def _warm(self) -> list[subprocess.Popen[bytes]]:
        """Compilers of the denoisers' layers, one for each kind of attention; what they time is in their files."""
        whole = (self.args.batch, self.args.batch // 2, self.args.superres_batch)
        sizes = [str(n // self.args.shrink) for n in whole]
        script = str(Path(__file__).with_name("warm.py"))
        return [subprocess.Popen([sys.executable, script, str(self.out), *sizes, kind]) for kind in ATTENTION]

    def go(self) -> None:
        """All stages, one after the other."""
        tokenizer = self._begin()
        if "tokenizer" in self.course.ends:
            self._learn(tokenizer)
        tokenizer.requires_grad_(False).eval()
        banks = self._banks()
        by_kind = {kind: banks[BANKS.get(kind, kind)] for kind in KINDS}
        coder = Coder(self.farm, tokenizer, by_kind, self.device)
        for jobs in self.drawn.values():
            coder.take(jobs)
        self.drawn.clear()
        coder.flush()
        self._say("coded", {name: bank.count for name, bank in banks.items() if bank.count})
        poll = lambda: coder.take(list(self.farm.poll()))  # noqa: E731
        text = TextEncoder(TextConfig(len(self.words), width=STARTER_BASE.text_width or 256, layers=2))
        self._base(text, banks, poll)
        coder.flush()
        for name, config, size in (("sr1", STARTER_SR1, "256"), ("sr2", STARTER_SR2, "512")):
            self._superres(name, config, size, text, banks, poll)
            coder.flush()
        self._say("drawn", self.farm.made)
        if self.device.type == "cuda":
            self._say("memory, GB", round(torch.cuda.max_memory_allocated() / 1e9, 1))
        self.farm.close()

    def _begin(self) -> Tokenizer:
        """The tokenizer to begin with, and the first clips."""
        tokenizer = Tokenizer(STARTER_TOKENIZER)
        averaged(self.args.tokenizer or _network(self.args.init, "tokenizer"), tokenizer)
        tokenizer = tokenizer.to(self.device, memory_format=torch.channels_last_3d)
        self._wait()
        return tokenizer

    def _wait(self) -> None:
        """Until there is a little of everything that is small."""
        while len(self.drawn["clip128"]) < 12 or not self.drawn["photo128"] or not self.drawn["image128"]:
            self._collect()
            time.sleep(0.05)
            if self.plan.share() * self.args.seconds > 120:
                raise TimeoutError("the farm has drawn too little in two minutes")
        self._say("first clips", {k: len(v) for k, v in self.drawn.items()})

    def _learn(self, tokenizer: Tokenizer) -> None:
        tokenizer.train()
        if self.args.device == "cuda":
            from engine.training.on_gpu.norms import use_kernels  # its compiler is not everywhere

            use_kernels()
        unseen = self._clips("clip128", 12)
        photos = self._clips("photo128", 4)
        before = tokens.quality(tokenizer, unseen), tokens.quality(tokenizer, photos)
        batches = tokens.CropQueue(self.farm, self.drawn, self.args.shrink, tokens.CROPS)
        steps = tokens.train_tokenizer(
            tokenizer,
            batches,
            self._until("tokenizer"),
            self._collect,
            self.device,
            self.args.tokenizer_lr,
        )
        batches.stop()
        after = tokens.quality(tokenizer, unseen), tokens.quality(tokenizer, photos)
        self._say("tokenizer psnr, clips and photos", {"before": before, "after": after})
        measure_latents(tokenizer, [*torch.cat([self._clips("clip128", 24), photos]).cpu().numpy()])
        self._keep("tokenizer", tokenizer, TOKENIZER, steps)

    def _clips(self, kind: str, jobs: int) -> Tensor:
        found = [torch.from_numpy(self.farm.pixels(job)) for job in self.drawn[kind][:jobs]]
        return torch.cat(found).to(self.device)

    def _collect(self) -> None:
        for job in self.farm.poll():
            self.drawn[job.kind.name].append(job)

    def _banks(self) -> dict[str, Bank]:
        room = self.args.room
        c, (t, h, w) = STARTER_BASE.latent_channels, STARTER_BASE.grid
        banks: dict[str, Bank] = {}
        for name, size in (("128", 1), ("256", 2), ("512", 4)):
            for kind, frames, share in (("image", 1, 0.6), ("clip", t, 1.0), ("photo", t, 0.1)):
                most = int(room * share / (1 if size == 1 else 4 * size))
                shape = (c, frames, h * size, w * size)
                banks[kind + name] = Bank(most, shape, size > 1, self.device)
        return banks

    def _base(self, text: TextEncoder, banks: dict[str, Bank], poll: Callable[[], None]) -> None:
        model = self._model("base", text, STARTER_BASE)
        worlds, photos, images = banks["clip128"], banks["photo128"], banks["image128"]
        n = self.args.batch // self.args.shrink
        batches = [
            Batch("clip", ((0.82, worlds), (0.18, photos)), n, photos=(False, True)),
            Batch("image", ((0.5, images), (0.5, worlds)), max(1, n // 2), first=True),
        ]

        if self.warm:  # layers without the compiler keep more, and the compilers hold memory too
            model.transformer.recompute = torch.cuda.get_device_properties(0).total_memory < 1e11

        compiled = False

        def between() -> None:
            nonlocal compiled
            poll()
            compiled = compiled or self._compile("base", model, 0.25)

        self._train("base", model, batches, True, between)
        for warm in self.warm:
            warm.kill()

    def _superres(
        self,
        name: str,
        config: TransformerConfig,
        size: str,
        text: TextEncoder,
        banks: dict[str, Bank],
        poll: Callable[[], None],
    ) -> None:
        clips, photos, images = (banks[kind + size] for kind in ("clip", "photo", "image"))
        self._say(name, {"clips": clips.count, "photos": photos.count, "images": images.count})
        transformer = WindowTransformer(config)
        if transformer.low_res_path is not None and not self.args.init:
            self._fit(transformer, [clips, images])
        model = self._model(name, text, config, transformer)
        self._compile(name, model)
        n = max(1, self.args.superres_batch // self.args.shrink)
        batches = [
            Batch("clip", ((0.8, clips), (0.2, photos)), n, photos=(False, False)),
            Batch("image", ((1.0, images),), 2 * n),
        ]
        self._train(name, model, batches, False, poll)

    def _train(
        self, name: str, model: Denoiser, batches: list[Batch], learn_text: bool, poll: Callable[[], None]
    ) -> None:
        stage = Stage(name, model, batches, self.device, self.course.lr, self.course.muon_lr, learn_text)
        stage.train(self._until(name), poll)
        self._keep(name, model, {"base": BASE, "sr1": SR1, "sr2": SR2}[name], stage.steps)

    def _fit(self, transformer: WindowTransformer, banks: list[Bank]) -> None:
        """Begin the linear path with the best guess of some pairs."""
        assert transformer.low_res_path is not None
        highs, lows = [], []
        for bank in banks:
            few = slice(0, min(6, bank.count))
            assert bank.low is not None
            highs.append(bank.high[few].float().cpu().transpose(1, 2).flatten(0, 1)[:, :, None])
            lows.append(bank.low[few].float().cpu().transpose(1, 2).flatten(0, 1)[:, :, None])
        low = torch.cat(lows)
        transformer.low_res_path.fit(low + 0.05 * torch.randn_like(low), torch.cat(highs))

    def _model(
        self,
        name: str,
        text: TextEncoder,
        config: TransformerConfig,
        transformer: WindowTransformer | None = None,
    ) -> Denoiser:
        """From nothing or from what ``--init`` has; the text encoder is the one given, but of the base's weights."""
        model = Denoiser(text, transformer or WindowTransformer(config))
        if self.args.init:
            kept = {key: value.clone() for key, value in text.state_dict().items()}
            averaged(_network(self.args.init, name), model)
            if name != "base":
                text.load_state_dict(kept)
        return model.to(self.device).train()

    def _compile(self, name: str, model: Denoiser, patience: float = 0.0) -> bool:
        """Compile with the attention that was timed as the faster one.

        Until share ``patience`` of all time it waits for compilers that are at work. Whether it was done.
        """
        if not self.warm:
            return False
        files = {kind: timing(self.out, name, kind) for kind in ATTENTION}
        times = {kind: float(file.read_text()) for kind, file in files.items() if file.exists()}
        at_work = any(warm.poll() is None for warm in self.warm)
        if len(times) < len(files) and at_work and self.plan.share() < patience:
            return False
        self._say(name, "ms a step", times)
        attention.attend = ATTENTION[min(times, key=times.__getitem__) if times else "fused"]
        model.transformer.recompute = False
        model.transformer.compile_blocks()
        return True

    def _until(self, name: str) -> Callable[[], float]:
        """Share of a stage's time, which begins now."""
        start, end = self.plan.share(), self.course.ends[name]
        return lambda: (self.plan.share() - start) / max(1e-6, end - start)

    def _keep(self, name: str, model: nn.Module, training: Training, steps: int) -> None:
        keep(self.out / name, model, training, steps, self.plan.share() * self.args.seconds / 3600)
        self._say("kept", name)

    def _say(self, *what: object) -> None:
        print(f"[{self.plan.share() * self.args.seconds:6.1f} s]", *what, flush=True)


def _network(folder: Path, name: str) -> Path:
    """Where a network is: in a pack, or in a folder that this script wrote."""
    return folder if (folder / MANIFEST).is_file() else folder / name


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument(
        "--tokenizer", type=Path, help="run or pack whose tokenizer to begin with, the rest from nothing"
    )
    start.add_argument("--init", type=Path, help="pack to go on from, or what this wrote")
    parser.add_argument("--keep-tokenizer", action="store_true", help="go on with the other networks alone")
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--seconds", type=float, default=560.0)
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seed", type=int, default=20_000_000, help="of the first world")
    parser.add_argument(
        "--batch", type=int, default=128, help="clips, and half as many images, of the base's step"
    )
    parser.add_argument("--superres-batch", type=int, default=24)
    parser.add_argument(
        "--shrink", type=int, default=1, help="divide batches by, for a try on a small machine"
    )
    parser.add_argument("--tokenizer-lr", type=float, default=8e-4)
    parser.add_argument("--slots", type=int, default=2400)
    parser.add_argument("--room", type=int, default=40_000, help="clips that fit the bank")
    parser.add_argument("--no-compile", dest="compile", action="store_false")
    args = parser.parse_args()
    if args.keep_tokenizer and args.init is None:
        parser.error("--keep-tokenizer goes with --init")
    Run(args).go()


if __name__ == "__main__":
    main()
