"""``walt train``: data, tokenizer, base, super-resolution, pack. docs/training.md walks through it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.api.errors import UsageError
from engine.api.types import FPS, TIME, WINDOW_FRAMES, is_frame_count
from engine.cli.finetune import add_finetune, finetune
from engine.cli.sizes import picture_size
from engine.cli.train_full_size import add_dry_run, add_steps

if TYPE_CHECKING:
    from engine.training.loop import Loop, LoopConfig
    from engine.training.runs.starter import Training


def add_parser(subparsers: Any) -> None:
    """Add ``train`` and its own sub-commands."""
    train = subparsers.add_parser("train", help="train a tokenizer, a base or a super-resolution stage")
    add_dry_run(train)
    steps = train.add_subparsers(dest="step", metavar="STEP", title="steps")
    add_steps(steps)
    _add_prepare(steps)
    _add_encode(steps)
    tokenizer = _add_training(steps, "tokenizer", "starter-tokenizer", "train the causal tokenizer")
    tokenizer.add_argument("--clips", type=Path, action="append", default=[], help="clip shards (repeatable)")
    tokenizer.add_argument("--photos", type=Path, help="folder of pictures, moved by a virtual camera")
    base = _add_training(steps, "base", "starter-base", "train text encoder and base stage")
    base.add_argument("--tokenizer", type=Path, required=True, help="folder of the tokenizer's run, or a pack")
    base.add_argument("--images", type=Path, help="latent shards of images")
    base.add_argument(
        "--videos", type=Path, action="append", default=[], help="latent shards of clips (repeatable)"
    )
    superres = _add_training(steps, "superres", "starter-sr1", "train a super-resolution stage")
    superres.add_argument("--tokenizer", type=Path, required=True, help="folder of the tokenizer's run, or a pack")
    superres.add_argument(
        "--base", type=Path, required=True, help="folder of the base's run (its text encoder)"
    )
    superres.add_argument(
        "--images", type=Path, nargs=2, metavar=("HIGH", "LOW"), help="latent shards of images"
    )
    superres.add_argument(
        "--videos", type=Path, nargs=2, metavar=("HIGH", "LOW"), help="latent shards of clips"
    )
    _add_pack(steps)
    add_finetune(steps)


def add_device(parser: argparse.ArgumentParser) -> None:
    """Add ``--device``."""
    choices = ["auto", "cpu", "cuda", "mps"]
    parser.add_argument("--device", choices=choices, default="auto", help="where to compute (auto)")


def run(args: argparse.Namespace) -> int:
    """Run one training step, or say what a run would cost."""
    from engine.cli import train_full_size as full_size

    if args.dry_run is not None:
        full_size.dry_run(args)
        return 0
    if args.step is None:
        raise UsageError("usage", "No training command is given.", "See `walt train --help`.")
    steps = {
        "runs": full_size.runs,
        "full": full_size.full,
        "embed": full_size.embed,
        "footage": full_size.footage,
        "prepare": _prepare,
        "encode": _encode,
        "tokenizer": _tokenizer,
        "base": _base,
        "superres": _superres,
        "pack": _pack,
        "finetune": finetune,
    }
    steps[args.step](args)
    return 0


def _add_prepare(steps: Any) -> None:
    parser = steps.add_parser(
        "prepare", help="render worlds, or cut a folder of footage, into shards of clips"
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--worlds", type=int, metavar="N", help="render N clips of training worlds")
    source.add_argument(
        "--folder", type=Path, help="videos (and, for --frames 1, pictures) with captions in .txt files"
    )
    source.add_argument("--photos", type=Path, help="photographs, moved by a virtual camera")
    parser.add_argument(
        "--twins", action="store_true", help="every second world is the one before it, moving the other way"
    )
    parser.add_argument("--count", type=int, default=1000, help="clips of --photos (default: %(default)s)")
    parser.add_argument("--cameras", nargs="+", metavar="MOVE", help="moves of --photos (default: all)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--size", default="128x224", help="height x width in pixels (default: %(default)s)")
    parser.add_argument("--frames", type=int, default=WINDOW_FRAMES, help="1 makes images (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0, help="processes (default: one a core)")


def _add_encode(steps: Any) -> None:
    parser = steps.add_parser("encode", help="code shards of clips into shards of latents")
    parser.add_argument("--clips", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, required=True, help="folder of the tokenizer's run, or a pack")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--shrink", type=int, default=1, help="halve (2) or quarter (4) the pictures first")
    add_device(parser)


def _add_training(steps: Any, name: str, default: str, summary: str) -> argparse.ArgumentParser:
    parser = steps.add_parser(name, help=summary)
    parser.add_argument("--run", default=default, help="named run or JSON file (default: %(default)s)")
    parser.add_argument(
        "--out", type=Path, required=True, help="the run's folder; a run that is there is resumed"
    )
    parser.add_argument("--init", type=Path, help="start from the averaged weights of another run")
    parser.add_argument("--minutes", type=float, default=0.0, help="stop after so many minutes and save")
    parser.add_argument("--steps", type=int, help="length of the schedule")
    add_device(parser)
    return parser


def _add_pack(steps: Any) -> None:
    parser = steps.add_parser("pack", help="make an installable pack of trained runs")
    for name in ("tokenizer", "base", "sr1", "sr2"):
        parser.add_argument(
            f"--{name}", type=Path, required=name in ("tokenizer", "base"), help=f"run of the {name}, or a pack"
        )
    parser.add_argument("--t5", type=Path, help="folder of the T5 that runs of `walt train full` were trained with")
    parser.add_argument("--about", type=Path, required=True, help="JSON with title, licence, description...")
    parser.add_argument("--card", type=Path, required=True, help="the model card, Markdown")
    parser.add_argument("--out", type=Path, required=True, help="folder that will hold the pack")


def _prepare(args: argparse.Namespace) -> None:
    from engine.training.data.prepare import default_workers, prepare_folder, prepare_photos, prepare_worlds

    height, width = picture_size(args.size)
    if not is_frame_count(args.frames):
        hint = f"Use 1 + {TIME}k, e.g. 1 or {WINDOW_FRAMES}."
        raise UsageError("bad-frames", f"{args.frames} frames are not possible.", hint)
    if args.folder is not None:
        count = prepare_folder(args.folder, args.out, height, width, args.frames, FPS, _progress("files"))
        print(f"{count} clips in {args.out}", file=sys.stderr)
        return
    if args.photos is not None:
        from engine.training.data.photos import CAMERAS

        if odd := set(args.cameras or ()) - set(CAMERAS):
            raise UsageError("usage", f"There is no camera motion {min(odd)!r}.", f"There are {', '.join(CAMERAS)}.")
        tell = _progress("shards")
        moves = args.cameras or CAMERAS
        prepare_photos(args.photos, args.out, args.count, height, width, args.frames, args.seed, tell, moves)
        return
    workers = args.workers or default_workers()
    tell = _progress("shards")
    prepare_worlds(args.out, args.worlds, height, width, args.frames, args.seed, workers, tell, args.twins)


def _encode(args: argparse.Namespace) -> None:
    from engine.runtime.devices import resolve
    from engine.training.data.prepare import encode_shards
    from engine.training.packing import load_run_tokenizer

    tokenizer = load_run_tokenizer(args.tokenizer).to(resolve(args.device).torch)
    encode_shards(args.clips, tokenizer, args.out, _progress("shards"), args.shrink)


def _tokenizer(args: argparse.Namespace) -> None:
    from engine.runtime.devices import resolve
    from engine.training.data.photos import Photos
    from engine.training.data.store import ClipStore
    from engine.training.precision import avoid_amx
    from engine.training.runs.starter import read_run
    from engine.training.tokenizer.trainer import CropSource, TokenizerTrainer, TokenizerTraining

    avoid_amx()
    training = read_run(args.run)
    if not isinstance(training, TokenizerTraining):
        raise UsageError("wrong-run", f"{args.run} does not train a tokenizer.")
    training = replace(training, loop=_loop(training.loop, args))
    sources: dict[str, tuple[CropSource, float]] = {
        str(path.name): (ClipStore(path), 1.0) for path in args.clips
    }
    if args.photos is not None:
        sources["photos"] = (Photos(args.photos), max(0.5, 0.5 * len(sources)))
    if not sources:
        raise UsageError("no-training-data", "A tokenizer needs --clips or --photos.")
    trainer = TokenizerTrainer(training, sources, args.out, resolve(args.device).torch)
    _train(trainer.loop, training, args)
    if not training.freeze_encoder:
        trainer.finish()


def _base(args: argparse.Namespace) -> None:
    from engine.runtime.devices import resolve
    from engine.training.denoiser.base import BaseTrainer, BaseTraining
    from engine.training.packing import load_run_tokenizer
    from engine.training.runs.starter import read_run
    from engine.worlds.captions.write import vocabulary

    training = read_run(args.run)
    if not isinstance(training, BaseTraining):
        raise UsageError("wrong-run", f"{args.run} does not train a base stage.")
    if args.images is None and not args.videos:
        raise UsageError("no-training-data", "A base stage needs --images or --videos.")
    training = replace(training, loop=_loop(training.loop, args))
    tokenizer, words = load_run_tokenizer(args.tokenizer), vocabulary()
    device = resolve(args.device).torch
    trainer = BaseTrainer(training, tokenizer, words, args.images, args.videos, args.out, device)
    _train(trainer.loop, training, args)


def _superres(args: argparse.Namespace) -> None:
    from engine.runtime.devices import resolve
    from engine.training.denoiser.superres import SuperresTrainer, SuperresTraining
    from engine.training.packing import load_run_tokenizer, load_text
    from engine.training.runs.starter import read_run
    from engine.worlds.captions.write import vocabulary

    training = read_run(args.run)
    if not isinstance(training, SuperresTraining):
        raise UsageError("wrong-run", f"{args.run} does not train a super-resolution stage.")
    if args.images is None and args.videos is None:
        raise UsageError("no-training-data", "A super-resolution stage needs --images or --videos.")
    training = replace(training, loop=_loop(training.loop, args))
    words = vocabulary()
    images, videos = (None if pair is None else (pair[0], pair[1]) for pair in (args.images, args.videos))
    trainer = SuperresTrainer(
        training,
        load_run_tokenizer(args.tokenizer),
        load_text(args.base, words),
        words,
        images,
        videos,
        args.out,
        resolve(args.device).torch,
    )
    _train(trainer.loop, training, args)


def _pack(args: argparse.Namespace) -> None:
    from engine.training.packing import build_pack

    stages = {name: folder for name in ("base", "sr1", "sr2") if (folder := getattr(args, name)) is not None}
    try:
        about = json.loads(args.about.read_text("utf-8"))
        manifest = build_pack(args.out, about, args.card.read_text("utf-8"), args.tokenizer, stages, args.t5)
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise UsageError("bad-pack-description", f"The pack can't be described: {reason}.") from None
    total = sum(file.bytes for file in manifest.files.values())
    print(f"{args.out}: {total / 1e6:.1f} MB", file=sys.stderr)


def _train(loop: Loop, training: Training, args: argparse.Namespace) -> None:
    """Start from ``--init`` where the run is new, keep its configuration beside it, and run it."""
    from engine.training.packing import load_averaged
    from engine.training.runs.starter import write_run

    if args.init is not None and loop.step == 0:
        load_averaged(args.init, loop.model)
        loop.restart()
    write_run(args.out, training)
    loop.run()


def _loop(loop: LoopConfig, args: argparse.Namespace) -> LoopConfig:
    steps = loop.steps if args.steps is None else args.steps
    return replace(loop, minutes=args.minutes, steps=steps)


def _progress(what: str) -> Any:
    from tqdm import tqdm

    bar = tqdm(unit=what, dynamic_ncols=True)

    def tell(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    return tell
