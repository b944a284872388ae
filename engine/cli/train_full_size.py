"""``walt train --dry-run``, ``walt train runs`` and ``walt train full``: the paper's sizes from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.api.errors import UsageError
from engine.api.types import FPS, TIME, WINDOW_FRAMES, is_frame_count

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from engine.training.runs.cost import Cost
    from engine.training.runs.full_size import DenoiserRun, FullRun


def add_dry_run(train: argparse.ArgumentParser) -> None:
    """Options of ``walt train`` itself."""
    group = train.add_argument_group("what a run of the paper's size costs, without starting it")
    group.add_argument("--dry-run", metavar="RUN", help="a run that `walt train runs` lists, or a JSON file")
    group.add_argument("--gpus", type=int, default=8, help="how many (default: %(default)s)")
    group.add_argument(
        "--gpu-memory", type=float, default=80.0, metavar="GB", help="of each (default: %(default)s)"
    )
    group.add_argument(
        "--tflops",
        type=float,
        default=125.0,
        help="what each really does, in 10^12 operations a second (default: %(default)s, 40%% of an A100 in bfloat16)",
    )
    group.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change the run (repeatable)"
    )
    group.add_argument("--json", action="store_true", help="print one JSON object")


def add_steps(steps: Any) -> None:
    """Sub-commands of ``walt train``."""
    listing = steps.add_parser("runs", help="list the paper's runs, or print one as JSON")
    listing.add_argument("name", nargs="?", help="print this one")
    full = steps.add_parser("full", help="train at the paper's sizes, on one process or several (torchrun)")
    full.add_argument("name", metavar="RUN", help="a run that `walt train runs` lists, or a JSON file")
    full.add_argument(
        "--out", type=Path, required=True, help="the run's folder; a run that is there is resumed"
    )
    full.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="change the run (repeatable)"
    )
    full.add_argument(
        "--noise", action="store_true", help="random data: to try a run and to measure its speed"
    )
    full.add_argument(
        "--start", type=Path, metavar="RUN", help="folder of the run whose weights a new run starts from"
    )
    full.add_argument(
        "--videos", type=Path, nargs="+", default=[], metavar="DIR", help="latents of clips (HIGH LOW)"
    )
    full.add_argument(
        "--images", type=Path, nargs="+", default=[], metavar="DIR", help="latents of images (HIGH LOW)"
    )
    full.add_argument("--embeddings", type=Path, metavar="DIR", help="captions encoded by `walt train embed`")
    full.add_argument("--clips", type=Path, metavar="DIR", help="shards of clips, for a tokenizer")
    full.add_argument(
        "--tokenizer", type=Path, metavar="RUN", help="what coded the latents: reports then draw samples"
    )
    full.add_argument("--minutes", type=float, default=0.0, help="stop after so many minutes and save")

    footage = steps.add_parser(
        "footage", help="cut a folder, tars or a manifest of video into shards of clips"
    )
    footage.add_argument("source", type=Path, help="folder, WebDataset .tar, or manifest (.csv, .parquet)")
    footage.add_argument(
        "--out", type=Path, required=True, help="folder of shards, a sub-folder for each size"
    )
    footage.add_argument("--sizes", default="128x224", help="heights x widths, the nearest aspect is taken")
    footage.add_argument("--frames", type=int, default=WINDOW_FRAMES, help="of a clip (default: %(default)s)")
    footage.add_argument("--fps", type=float, default=float(FPS), help="frames a second (default: %(default)s)")
    footage.add_argument(
        "--per-video", type=int, default=8, help="clips of one video at most (default: %(default)s)"
    )
    footage.add_argument("--labels", action="store_true", help="sub-folders are classes")
    footage.add_argument("--workers", type=int, default=0, help="processes (default: one a core)")
    embedding = steps.add_parser("embed", help="encode the captions of shards by a frozen T5, once")
    embedding.add_argument("--data", type=Path, action="append", required=True, help="shards (repeatable)")
    embedding.add_argument(
        "--t5", type=Path, required=True, help="folder of the T5 encoder, as transformers saves it"
    )
    embedding.add_argument(
        "--length", type=int, default=128, help="tokens of a caption (default: %(default)s)"
    )
    embedding.add_argument(
        "--out", type=Path, required=True, help="folder of the encoded captions; it is added to"
    )


def dry_run(args: argparse.Namespace) -> None:
    """Print what a run costs."""
    from engine.training.runs.cost import estimate
    from engine.training.runs.find import read_full_run
    from engine.training.runs.full_size import run_to_json, with_overrides

    run = with_overrides(read_full_run(args.dry_run), args.set)
    cost = estimate(run, args.gpus, args.tflops, args.gpu_memory)
    if args.json:
        print(json.dumps({"name": args.dry_run, "run": run_to_json(run), "cost": cost.to_json()}, indent=1))
        return
    print("\n".join(_lines(args.dry_run, run, cost, args.gpu_memory)))


def _lines(name: str, run: FullRun, cost: Cost, gpu_memory: float) -> list[str]:
    critic = cost.discriminator_parameters
    also = f", and a discriminator of {critic / 1e6:,.1f} M" if critic else ""
    again = cost.recompute_flops_per_step / 1e15
    fits = "" if cost.memory_gb <= gpu_memory else f"  does not fit in {gpu_memory:g} GB"
    loop = run.loop
    lines = [
        f"{name}  ({run.source})",
        f"parameters      {cost.parameters / 1e6:,.1f} M{also}",
        f"schedule        {cost.steps:,} steps of {cost.batch}, {loop.optimizer}, rate {loop.lr:g}",
        f"operations      {cost.flops_per_step / 1e15:.3f} PFLOP a step, and {again:.3f} to run layers again",
        f"memory a GPU    {cost.memory_gb:.1f} GB: state {cost.state_gb:.1f}, gathered layers {cost.gathered_gb:.1f}, "
        f"activations {cost.activations_gb:.1f}{fits}",
        f"on {cost.gpus} GPUs      {cost.per_gpu} samples each at once, {cost.parts} parts a step",
        f"time            {cost.seconds_per_step:.2f} s a step, {cost.days:.1f} days at {cost.tflops:g} TFLOP/s a GPU",
        "not in the paper:",
    ]
    data = _flat(run)
    lines += [f"  {field} = {json.dumps(data.get(field))}: {why}" for field, why in run.assumed.items()]
    return lines


def _flat(run: FullRun) -> dict[str, Any]:
    from engine.training.runs.full_size import run_to_json

    flat: dict[str, Any] = {}
    for name, value in run_to_json(run).items():
        if isinstance(value, dict) and name != "assumed":
            flat |= {f"{name}.{key}": inner for key, inner in cast("dict[str, Any]", value).items()}
        else:
            flat[name] = value
    return flat


def runs(args: argparse.Namespace) -> None:
    """List the named runs, or print one."""
    from engine.training.runs.find import read_full_run
    from engine.training.runs.full_size import run_to_json
    from engine.training.runs.paper import PAPER_RUNS

    if args.name:
        print(json.dumps(run_to_json(read_full_run(args.name)), indent=1))
        return
    for name, run in PAPER_RUNS.items():
        print(f"{name:34}{run.loop.steps:>10,} steps of {run.batch:<6}{run.source}")


def full(args: argparse.Namespace) -> None:
    """Train; every process of torchrun comes here."""
    from dataclasses import replace
    from functools import partial

    from engine.training.data.latents import LatentSource
    from engine.training.denoiser.full_size import DenoiserTrainer, keep_run
    from engine.training.denoiser.slots import NoiseSource
    from engine.training.distributed.process_group import ProcessGroup
    from engine.training.packing import load_run_tokenizer
    from engine.training.precision import avoid_amx
    from engine.training.runs.find import read_full_run
    from engine.training.runs.full_size import DenoiserRun, with_overrides
    from engine.training.tokenizer.gan_trainer import GanTrainer, NoiseClips, ShardClips

    run = with_overrides(read_full_run(args.name), args.set)
    run = replace(run, loop=replace(run.loop, minutes=args.minutes))
    with ProcessGroup() as group:
        if isinstance(run, DenoiserRun):
            data = (
                NoiseSource(run)
                if args.noise
                else LatentSource(run, args.videos, args.images, args.embeddings)
            )
            tokenizer = None if args.tokenizer is None else partial(load_run_tokenizer, args.tokenizer)
            trainer = DenoiserTrainer(run, data, group, args.out, _start(run, args.start), tokenizer)
        else:
            avoid_amx()
            clips = NoiseClips(run.crop) if args.noise else ShardClips(_needed(args.clips), run)
            trainer = GanTrainer(run, clips, group, args.out, args.start)
        if group.main:
            keep_run(args.out, run)
            print(f"{group.size} processes, {trainer.slice} samples each at once", file=sys.stderr)
        trainer.loop.run()
        if isinstance(trainer, GanTrainer):
            trainer.finish()


def _needed(clips: Path | None) -> Path:
    if clips is None:
        raise UsageError(
            "no-training-data", "A tokenizer needs clips to train on.", "Give --clips DIR, or --noise."
        )
    return clips


def _start(run: DenoiserRun, folder: Path | None) -> Callable[[], dict[str, Tensor]] | None:
    """Weights of another run at this one's grid: the aspect fine-tune of table 6 starts so."""
    if folder is None:
        return None
    from engine.models.interpolation import interpolate_state
    from engine.models.transformer import WindowTransformer
    from engine.training.distributed.gathered import gathered
    from engine.training.runs.find import read_full_run
    from engine.training.runs.full_size import DenoiserRun

    before = read_full_run(folder)
    if not isinstance(before, DenoiserRun):
        raise UsageError("wrong-run", f"{folder} is not a run of a transformer.")

    def state() -> dict[str, Tensor]:
        model = gathered(folder, WindowTransformer(before.model))
        try:
            return interpolate_state(model.state_dict(), before.model, run.model)
        except ValueError as error:
            raise UsageError("wrong-run", f"{folder} doesn't fit this run: {error}.") from None

    return state


def embed(args: argparse.Namespace) -> None:
    """Encode the captions of shards by T5."""
    import torch
    from tqdm import tqdm

    from engine.models.t5 import T5Source
    from engine.training.data.captions import fixed_captions
    from engine.training.data.embeddings import embed
    from engine.training.data.store import ShardStore

    device = "cuda" if torch.cuda.is_available() else "cpu"
    source = T5Source(args.t5, args.length, device, torch.bfloat16 if device == "cuda" else torch.float32)
    texts = [
        text
        for folder in args.data
        for truth in ShardStore(folder).truth
        for text in fixed_captions(truth)
    ]
    with tqdm(unit="captions", dynamic_ncols=True) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        new = embed(texts, source, args.out, tell)
    print(f"{new} captions encoded in {args.out}", file=sys.stderr)


def footage(args: argparse.Namespace) -> None:
    """Cut footage into shards, and say what was skipped."""
    import time

    from tqdm import tqdm

    from engine.cli.sizes import picture_size
    from engine.training.data.footage.cutting import Cutting, cut_footage
    from engine.training.data.footage.sources import find_footage
    from engine.training.data.prepare import default_workers

    if not is_frame_count(args.frames):
        hint = f"Use 1 + {TIME}k, e.g. 1 or {WINDOW_FRAMES}."
        raise UsageError("bad-frames", f"{args.frames} frames are not possible.", hint)
    sizes = tuple(picture_size(text) for text in args.sizes.split(","))
    cutting = Cutting(sizes, args.frames, args.fps, args.per_video)
    workers = args.workers or default_workers()
    began = time.monotonic()
    with tqdm(unit="jobs", dynamic_ncols=True) as bar:

        def tell(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        outcome = cut_footage(find_footage(args.source, args.labels), args.out, cutting, workers, tell)
    clips = ", ".join(f"{count} of {size}" for size, count in sorted(outcome.clips.items()))
    skipped = ", ".join(f"{count} ({why})" for why, count in sorted(outcome.skipped.items())) or "none"
    print(f"{outcome.videos} videos; clips: {clips}; skipped: {skipped}", file=sys.stderr)
    rate = sum(outcome.clips.values()) / max(time.monotonic() - began, 1e-9) / workers
    print(f"{rate:.2f} clips a second and worker, if all were cut now", file=sys.stderr)
