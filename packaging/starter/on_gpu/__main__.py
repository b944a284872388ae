"""Train every network of the starter on one GPU in minutes: `python packaging/starter/on_gpu --help`.

The worlds are drawn by the machine's cores while the GPU trains; nothing is read but photographs and, if given, the
tokenizer to begin with. Writes a folder a network, which `walt train pack` and ``--init`` read like any other run.
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

import tokens
import torch
from bank import Bank, Coder
from denoise import Batch, Stage
from farm import Farm, Job, Plan
from keep import keep
from torch import Tensor, nn

from engine.models import attention
from engine.models.text import TextConfig, TextEncoder
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import TransformerConfig, WindowTransformer
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2, STARTER_TOKENIZER
from engine.training.denoising import Denoiser
from engine.training.packing import averaged
from engine.training.runs import BASE, SR1, SR2, TOKENIZER, Training
from engine.training.tokenizer import measure_latents
from engine.worlds.captions import vocabulary
from engine.worlds.render import render_frame
from engine.worlds.sampling import sample_spec

ENDS = {"tokenizer": 0.22, "base": 0.77, "sr1": 0.89, "sr2": 0.985}
"""Share of the time by which each network is done."""
PLAN: list[tuple[float, dict[str, float]]] = [
    (0.0, {"photo128": 40, "clip128": 80, "image256": 4, "image512": 8, "image128": 20}),
    (0.0, {"clip128": 1500, "image128": 160, "photo128": 700, "image256": 16, "image512": 30}),
    (0.0, {"clip128": float("inf")}),
    (0.59, {"clip256": 500, "image256": 160, "photo256": 260}),
    (0.59, {"clip512": 110, "image512": 420, "photo512": 140}),
    (0.59, {"clip128": float("inf")}),
]


class Run:
    """Everything between the command line and the files."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.out: Path = args.out
        self.out.mkdir(parents=True, exist_ok=True)
        self.words = vocabulary()
        self.warm = self._warm() if args.compile and args.device == "cuda" else None
        render_frame(sample_spec(0), 0)  # compiled once, before the farm's processes part
        self.plan = Plan(ordered(PLAN), args.seconds)
        slots = (args.slots, max(4, args.slots // 25))
        self.farm = Farm(self.plan, args.workers, args.photos, self.words, args.seed, slots)
        self.device = torch.device(args.device)
        self.drawn: defaultdict[str, list[Job]] = defaultdict(list)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        if args.explicit:
            attention.attend = explicit

    def _warm(self) -> subprocess.Popen[bytes]:
        sizes = [str(self.args.batch // self.args.shrink), str(self.args.superres_batch // self.args.shrink)]
        return subprocess.Popen([sys.executable, str(Path(__file__).with_name("warm.py")), *sizes])

    def go(self) -> None:
        """All stages, one after the other."""
        tokenizer = self._tokenizer()
        banks = self._banks()
        coder = Coder(self.farm, tokenizer, banks, self.device)
        for jobs in self.drawn.values():
            coder.take(jobs)
        self.drawn.clear()
        coder.flush()
        self._say("coded", {name: bank.count for name, bank in banks.items() if bank.count})
        poll = lambda: coder.take(list(self.farm.poll()))  # noqa: E731
        if self.warm is not None:
            self._say("compiler", self.warm.poll())
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

    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer(STARTER_TOKENIZER)
        averaged(self.args.tokenizer, tokenizer)
        tokenizer = tokenizer.train().to(self.device, memory_format=torch.channels_last_3d)
        if self.args.compile:
            tokens.fuse_norms()
        while len(self.drawn["clip128"]) < 12 or not self.drawn["photo128"] or not self.drawn["image128"]:
            self._collect()
            time.sleep(0.05)
            if self.plan.share() * self.args.seconds > 120:
                raise TimeoutError("the farm has drawn too little in two minutes")
        self._say("first clips", {k: len(v) for k, v in self.drawn.items()})
        unseen = self._clips("clip128", 12)
        photos = self._clips("photo128", 4)
        before = tokens.quality(tokenizer, unseen), tokens.quality(tokenizer, photos)
        batches = tokens.CropQueue(self.farm, self.drawn, self.args.shrink, tokens.CROPS)
        steps = tokens.train_tokenizer(
            tokenizer,
            batches,
            self._until(0.0, "tokenizer"),
            self._collect,
            self.device,
            self.args.tokenizer_lr,
        )
        batches.stop()
        after = tokens.quality(tokenizer, unseen), tokens.quality(tokenizer, photos)
        self._say("tokenizer psnr, clips and photos", {"before": before, "after": after})
        measure_latents(tokenizer, [*torch.cat([self._clips("clip128", 24), photos]).cpu().numpy()])
        self._keep("tokenizer", tokenizer, TOKENIZER, steps)
        return tokenizer.requires_grad_(False).eval()

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
        model = self._model(text, STARTER_BASE)
        worlds, photos, images = banks["clip128"], banks["photo128"], banks["image128"]
        n = self.args.batch // self.args.shrink
        batches = [
            Batch("clip", ((0.86, worlds), (0.14, photos)), n, photos=(False, True)),
            Batch("image", ((0.5, images), (0.5, worlds)), n, first=True),
        ]
        stage = Stage("base", model, batches, self.device, self.args.lr, self.args.muon_lr, True)
        stage.train(self._until(ENDS["tokenizer"], "base"), poll)
        self._keep("base", model, BASE, stage.steps)

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
        if transformer.low_res_path is not None:
            self._fit(transformer, [clips, images])
        model = self._model(text, config, transformer)
        n = max(1, self.args.superres_batch // self.args.shrink)
        batches = [
            Batch("clip", ((0.8, clips), (0.2, photos)), n, photos=(False, False)),
            Batch("image", ((1.0, images),), 2 * n),
        ]
        began = ENDS["base" if name == "sr1" else "sr1"]
        stage = Stage(name, model, batches, self.device, self.args.lr, self.args.muon_lr, False)
        stage.train(self._until(began, name), poll)
        self._keep(name, model, SR1 if name == "sr1" else SR2, stage.steps)

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
        self, text: TextEncoder, config: TransformerConfig, transformer: WindowTransformer | None = None
    ) -> Denoiser:
        model = Denoiser(text, transformer or WindowTransformer(config)).to(self.device)
        if self.args.compile:
            model.transformer.compile_blocks()
        return model

    def _until(self, begin: float, name: str) -> Callable[[], float]:
        """Share of a stage's time."""
        start = max(begin, self.plan.share()) if begin else 0.0
        return lambda: (self.plan.share() - start) / max(1e-6, ENDS[name] - start)

    def _keep(self, name: str, model: nn.Module, training: Training, steps: int) -> None:
        keep(self.out / name, model, training, steps, self.plan.share() * self.args.seconds / 3600)
        self._say("kept", name)

    def _say(self, *what: object) -> None:
        print(f"[{self.plan.share() * self.args.seconds:6.1f} s]", *what, flush=True)


def ordered(parts: list[tuple[float, dict[str, float]]]) -> list[tuple[float, dict[str, float]]]:
    """For `Plan`, which asks the last part first: those that begin together in the order written."""
    begins = sorted({begin for begin, _ in parts})
    return [part for begin in begins for part in reversed([p for p in parts if p[0] == begin])]


def explicit(q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None) -> Tensor:
    """`engine.models.attention.attend` by plain products."""
    scores = q.to(v.dtype) @ k.to(v.dtype).transpose(-1, -2)
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    return scores.float().softmax(-1).to(v.dtype) @ v


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True, help="run or pack to begin with")
    parser.add_argument("--photos", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--seconds", type=float, default=560.0)
    parser.add_argument("--workers", type=int, default=max(1, (os.cpu_count() or 2) - 1))
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--seed", type=int, default=20_000_000, help="of the first world")
    parser.add_argument(
        "--batch", type=int, default=128, help="clips, and as many images, of the base's step"
    )
    parser.add_argument("--superres-batch", type=int, default=24)
    parser.add_argument(
        "--shrink", type=int, default=1, help="divide batches by, for a try on a small machine"
    )
    parser.add_argument("--lr", type=float, default=1.5e-3)
    parser.add_argument("--muon-lr", type=float, default=2.5e-3)
    parser.add_argument("--tokenizer-lr", type=float, default=1e-3)
    parser.add_argument("--slots", type=int, default=2400)
    parser.add_argument("--room", type=int, default=40_000, help="clips that fit the bank")
    parser.add_argument(
        "--explicit", action="store_true", help="attention by plain products, fused by the compiler"
    )
    parser.add_argument("--no-compile", dest="compile", action="store_false")
    Run(parser.parse_args()).go()


if __name__ == "__main__":
    main()
