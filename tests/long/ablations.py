"""Directions of the paper's table 3 at a small scale: self-conditioning, zero terminal SNR, QK-norm.

    python -m tests.long.ablations --out ablations [--steps 400] [--seeds 4] [--rows "default;no-zero-snr"]

Renders worlds at 32 x 32, codes them with the starter's tokenizer (5 x 4 x 4 latents), and trains `ucf101-l` and the
rows of table 3 at a reduced width on them, their subjects as classes, with nothing else changed. From each run 512
clips are sampled by 50 steps of DDIM without guidance. The figure is the Fréchet distance to worlds that were not in
training, in the first 32 principal components of the true latents; the FVD needs a pretrained network.

Runs of one seed see the same batches, levels and noise, and their clips begin with
the same noise: rows are compared seed by seed. Prints a line a run, and for each row the mean difference to the row
that it changes, with its standard error; ``ablations.json`` has all of it. Runs that are in the folder already are
not trained again.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.diffusion.samplers import ddim
from engine.evaluation.distances import frechet
from engine.models.transformer import WindowTransformer
from engine.packs.load import load_pack
from engine.runtime.devices import autocast
from engine.training.data.latents import LatentSource
from engine.training.data.prepare import encode_shards
from engine.training.data.store import ShardStore, write_shard
from engine.training.denoiser.full_size import DenoiserTrainer
from engine.training.distributed.gathered import gathered
from engine.training.distributed.process_group import ProcessGroup
from engine.training.precision import training_dtype
from engine.training.runs.full_size import DTYPES, DenoiserRun, with_overrides
from engine.training.runs.paper import PAPER_RUNS
from engine.worlds.dataset.sampling import sample_spec
from engine.worlds.render.clip import render_clip

STARTER = Path(__file__).parents[2] / "resources" / "starter"
ROWS = {
    "default": (),
    "self-conditioning-0.0": (),
    "no-zero-snr": (),
    "no-qk-norm": (),
    "default, rate x 8": ("loop.lr=0.016",),
    "no-qk-norm, rate x 8": ("loop.lr=0.016",),
}
"""Row of table 3 -> what else is changed. Stability, for which the paper keeps QK-norm, shows at a high rate."""
PLAIN = {
    row: "default" + row[row.find(",") :] * ("," in row) for row in ROWS if not row.startswith("default")
}
"""Row -> the row that it changes."""
SIDE, CLIPS, FRESH, SAMPLES, COMPONENTS = 32, 1024, 1024, 512, 32


@dataclass(frozen=True)
class Result:
    """One run: distance to true clips, the last losses' mean, the largest gradient norm after warm-up."""

    row: str
    seed: int
    distance: float
    loss: float
    worst_gradient: float


def data(out: Path) -> list[str]:
    """Latents of training and fresh worlds in ``out``; returns the classes."""
    tokenizer = load_pack(STARTER).tokenizer.float()
    specs = [sample_spec(seed) for seed in range(CLIPS + FRESH)]
    classes = sorted({spec.subject for spec in specs})
    for name, some in (("train", specs[:CLIPS]), ("fresh", specs[CLIPS:])):
        if (out / f"{name}-z" / "statistics.json").exists() and len(ShardStore(out / f"{name}-z")) == len(
            some
        ):
            continue
        for index, at in enumerate(range(0, len(some), 256)):
            part = some[at : at + 256]
            clips = np.stack([render_clip(spec, height=SIDE, width=SIDE) for spec in part])
            write_shard(out / name, index, clips, [{"label": classes.index(spec.subject)} for spec in part])
        encode_shards(out / name, tokenizer, out / f"{name}-z", lambda done, total: None)
    return classes


def reduced(row: str, classes: int, steps: int, seed: int) -> DenoiserRun:
    """A row of table 3 at a reduced width and depth."""
    half = training_dtype() is torch.bfloat16
    settings = [
        "model.width=64", "model.layers=4", "model.heads=2", "model.grid=[5,4,4]", "model.spatial_window=[4,4]",
        "model.spacetime_window=[2,2]", f"model.classes={classes}", "batch=32", "loop.lr=0.002", "loop.ema=0.995",
        f"loop.steps={steps}", f"loop.warmup={steps // 10}", f"loop.seed={seed}", "loop.log_steps=1",
        "loop.report_steps=1000000", "loop.checkpoint_minutes=1000", "recompute=false",
        f"numbers={'bf16' if half else 'fp32'}",
    ]  # fmt: skip
    run = with_overrides(PAPER_RUNS[f"ucf101-l/{row.split(',')[0]}"], [*settings, *ROWS[row]])
    assert isinstance(run, DenoiserRun)
    return run


def flat(store: ShardStore) -> NDArray[np.float32]:
    """All latents as rows."""
    return np.stack([np.asarray(store[i]).astype(np.float32).ravel() for i in range(len(store))])


class Space:
    """The first principal components of the true latents, and where fresh ones lie in them."""

    def __init__(self, train: ShardStore, fresh: ShardStore) -> None:
        known = flat(train)
        self.mean = known.mean(0)
        self.axes = np.linalg.svd(known - self.mean, full_matrices=False)[2][:COMPONENTS].T
        self.known, self.fresh = self.place(known), self.place(flat(fresh))

    def place(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Rows (N, numbers of a clip) to (N, components)."""
        return (rows - self.mean) @ self.axes


@torch.no_grad()
def sample(
    folder: Path, run: DenoiserRun, trainer: DenoiserTrainer, labels: list[int]
) -> NDArray[np.float32]:
    """Clips of the averaged weights as rows."""
    model = gathered(folder, WindowTransformer(run.model))
    made: list[NDArray[np.float32]] = []
    for at in range(0, SAMPLES, 128):
        noise = torch.randn(
            128, run.model.latent_channels, *run.model.grid, generator=torch.Generator().manual_seed(at)
        )
        told = torch.tensor(labels[at : at + 128])

        def denoise(x: Tensor, t: int, before: Tensor | None, told: Tensor = told) -> Tensor:
            estimate = before if run.self_conditioning else None  # a network that never saw one gets none
            with autocast(x.device, DTYPES[run.numbers]):
                return model(x, torch.full((len(x),), t), x0_prev=estimate, labels=told).float()

        made.append(ddim(denoise, noise, trainer.schedule, 50).flatten(1).numpy())
    return np.concatenate(made)


def logged(folder: Path, figure: str) -> NDArray[np.float64]:
    """A figure of all steps."""
    lines = [line.split(",") for line in (folder / "log.csv").read_text().splitlines()]
    return np.array([float(line[4]) for line in lines if line[3] == figure])


def measure(row: str, seed: int, out: Path, classes: int, steps: int, space: Space, world: ProcessGroup) -> Result:
    """Train one run and judge it."""
    run = reduced(row, classes, steps, seed)
    folder = out / f"{row.replace(', ', '-').replace(' ', '')}-{seed}"
    trainer = DenoiserTrainer(run, LatentSource(run, [out / "train-z"], [], None), world, folder)
    trainer.loop.run()
    store = ShardStore(out / "train-z")
    clips = sample(folder, run, trainer, [int(store.truth[i]["label"]) for i in range(SAMPLES)])
    losses, gradients = logged(folder, "loss"), logged(folder, "grad")
    distance = frechet(space.place(clips), space.fresh) if np.isfinite(clips).all() else float("inf")
    return Result(
        row, seed, distance, float(losses[-steps // 5 :].mean()), float(gradients[steps // 10 :].max())
    )


def differences(results: list[Result]) -> dict[str, tuple[float, float]]:
    """Row -> how much farther from true clips it is than the row that it changes: mean over seeds, standard error."""
    found = {(one.row, one.seed): one.distance for one in results}
    out: dict[str, tuple[float, float]] = {}
    for row, plain in PLAIN.items():
        each = np.array(
            [
                found[row, seed] - at
                for (name, seed), at in found.items()
                if name == plain and (row, seed) in found
            ]
        )
        if len(each) > 1:
            out[row] = float(each.mean()), float(each.std(ddof=1) / len(each) ** 0.5)
    return out


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for data, runs and figures")
    parser.add_argument("--steps", type=int, default=400, help="of each run (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=4, help="runs of each row (default: %(default)s)")
    parser.add_argument("--rows", default=";".join(ROWS), help="which, divided by ; (default: %(default)s)")
    args = parser.parse_args()
    began = time.process_time()
    classes = data(args.out)
    space = Space(ShardStore(args.out / "train-z"), ShardStore(args.out / "fresh-z"))
    told: dict[str, Any] = {"steps": args.steps, "floor": frechet(space.known[:SAMPLES], space.fresh)}
    print(f"{SAMPLES} true clips from fresh ones: {told['floor']:.1f}", flush=True)
    results: list[Result] = []
    with ProcessGroup() as world:
        for seed in range(args.seeds):
            for row in args.rows.split(";"):
                one = measure(row, seed, args.out, len(classes), args.steps, space, world)
                results.append(one)
                print(
                    f"{row:24} seed {seed}  distance {one.distance:8.1f}  loss {one.loss:.4f}"
                    f"  largest gradient {one.worst_gradient:.2f}",
                    flush=True,
                )
                compared = differences(results)
                told |= {"runs": [asdict(one) for one in results], "differences": compared}
                told["minutes"] = (time.process_time() - began) / 60
                (args.out / "ablations.json").write_text(json.dumps(told, indent=1), "utf-8")
    for row, (mean, error) in differences(results).items():
        print(f"{row:24} farther than {PLAIN[row]} by {mean:+.1f} ± {error:.1f}")
    print(f"{told['minutes']:.0f} minutes of one core")


if __name__ == "__main__":
    main()
