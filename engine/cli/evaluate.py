"""``walt evaluate``: measure a pack; ``walt evaluate probe`` trains the probe it needs. docs/starter.md uses both."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.api.errors import UsageError, WaltError

if TYPE_CHECKING:
    from engine.evaluation.job import Section

_SECTIONS = ("tokenizer", "sr", "sr_generated", "stills", "continuation", "clips")


def add_parser(subparsers: Any) -> None:
    """Say what ``walt evaluate`` understands."""
    summary = "measure how good a pack is"
    parser = subparsers.add_parser("evaluate", help=summary, description=f"{summary.capitalize()}.")
    add = parser.add_argument
    add("--pack", metavar="NAME", default="starter", help="an installed model, or a path to one (starter)")
    add("--probe", metavar="FOLDER", type=Path, help="the probe that reads generated clips")
    add("--out", metavar="DIR", type=Path, help="folder of report and contact sheets; what is there is kept")
    add("--seed", metavar="S", type=int, default=0, help="which unseen worlds and which noise (0)")
    add("--part", type=float, default=1.0, metavar="SHARE", help="only this share of everything, 0.05 to 1")
    add("--quick", action="store_true", help="a few clips of everything: to see that it works, not to judge")
    add("--only", metavar="LIST", help=f"some sections, of {','.join(_SECTIONS)}")
    add("--photos", metavar="DIR", type=Path, help="photographs that no training saw")
    add("--videos", metavar="DIR", type=Path, help="real videos, for the tokenizer")
    add("--features", metavar="FILE", type=Path, help="weights of the image network that measures likeness")
    add("--renders", metavar="DIR", type=Path, help="folder that keeps renders, to share between evaluations")
    add("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute (auto)")
    add("--json", action="store_true", help="print the report on stdout instead of its table")
    steps = parser.add_subparsers(dest="step", metavar="probe", title="the ruler")
    _add_probe(steps)


def _add_probe(steps: Any) -> None:
    parser = steps.add_parser("probe", help="train the probe, or test one on unseen renders")
    add = parser.add_argument
    add("--train", action="store_true", help="render its clips and train it; goes on where it stopped")
    add("--out", metavar="FOLDER", type=Path, required=True, help="folder of the probe")
    add("--data", metavar="DIR", type=Path, help="folder of its clips and its run (FOLDER/work)")
    add("--clips", metavar="N", type=int, default=6000, help="clips to train on (6000)")
    add("--steps", metavar="N", type=int, default=3000, help="steps to train (3000)")
    add(
        "--minutes", metavar="M", type=float, default=0.0, help="stop training after so many minutes and save"
    )
    add("--test", metavar="N", type=int, default=400, help="unseen renders of each kind to test on (400)")


def run(args: argparse.Namespace) -> int:
    """Evaluate a pack, or make and test a probe."""
    return _probe(args) if args.step == "probe" else _evaluate(args)


def _evaluate(args: argparse.Namespace) -> int:
    if args.out is None:
        raise UsageError("usage", "The report needs a folder.", "Give one with --out.")
    if not 0 <= args.seed < 100:
        raise UsageError("usage", f"The seed {args.seed} is not possible.", "Choose 0 to 99.")
    if not 0.05 <= args.part <= 1:
        raise UsageError("usage", f"A part of {args.part} is not possible.", "Choose 0.05 to 1.")
    sections = _sections(args.only)
    from engine.evaluation.job import QUICK, Counts, Job
    from engine.evaluation.photo_features import load_photo_features
    from engine.evaluation.probe import load_probe
    from engine.evaluation.report import summary
    from engine.evaluation.run import evaluate
    from engine.packs.load import load_pack
    from engine.packs.store import PackStore
    from engine.runtime.devices import resolve

    _make(args.out)
    probe = None if args.probe is None else load_probe(args.probe)
    pack = load_pack(PackStore().find(args.pack).path, resolve(args.device))
    counts = QUICK if args.quick else Counts().part(args.part)
    features = None if args.features is None else load_photo_features(args.features, "lite2")
    folders = (args.photos, args.videos, args.renders)
    job = Job(pack, args.pack, args.out, probe, counts, args.seed, *folders, features)
    report = evaluate(job, sections)
    print(json.dumps(report) if args.json else summary(report))
    return 0


def _sections(only: str | None) -> list[Section]:
    from engine.evaluation.job import SECTIONS

    if only is None:
        return list(SECTIONS)
    wanted = [name.strip() for name in only.split(",")]
    odd = [name for name in wanted if name not in SECTIONS]
    if odd:
        raise UsageError("usage", f"There is no section {odd[0]!r}.", f"Sections: {', '.join(_SECTIONS)}.")
    return [name for name in SECTIONS if name in wanted]


def _probe(args: argparse.Namespace) -> int:
    from engine.evaluation.attributes import VALUES
    from engine.evaluation.probe import load_probe, note
    from engine.evaluation.probe_training import examine, train_probe

    _make(args.out)
    if args.train:
        data = args.data if args.data is not None else args.out / "work"
        train_probe(args.out, data, args.clips, args.steps, args.minutes, _bar("shards rendered"))
    tallies = examine(load_probe(args.out), args.test, _bar("renders read"))
    note(args.out, {kind: tally.report() for kind, tally in tallies.items()})
    for kind, tally in tallies.items():
        shares = {name: tally.accuracy(name) for name in VALUES}
        print(f"{kind}: " + ", ".join(f"{n} {s:.1%}" for n, s in shares.items() if s is not None))
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        message = f"The folder {folder} cannot be made: {reason}."
        raise WaltError("output-not-writable", message, "Choose another with --out.") from error


def _bar(what: str) -> Callable[[int, int], None]:
    from tqdm import tqdm

    line = tqdm(desc=what, unit="", dynamic_ncols=True, file=sys.stderr, mininterval=1.0)

    def tell(done: int, total: int) -> None:
        line.total = total
        line.update(done - line.n)

    return tell
