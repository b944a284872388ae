"""The starter's training runs as data: what `walt train` does when no other configuration is given."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from engine.api.errors import UsageError
from engine.packs.recipes import STARTER_BASE, STARTER_SR1, STARTER_SR2, STARTER_TOKENIZER
from engine.runtime.files import atomic_write
from engine.training.denoiser.base import BaseTraining
from engine.training.denoiser.superres import SuperresTraining
from engine.training.loop import LoopConfig
from engine.training.tokenizer.trainer import TokenizerTraining

TOKENIZER = TokenizerTraining(
    model=STARTER_TOKENIZER,
    loop=LoopConfig(steps=12_000, lr=1e-3, muon_lr=1.5e-3, report_steps=400),
)
TOKENIZER_DECODER = replace(TOKENIZER, freeze_encoder=True)
BASE_IMAGES = BaseTraining(
    model=STARTER_BASE,
    loop=LoopConfig(steps=30_000, lr=1e-3, muon_lr=2e-3, warmup=300, report_steps=500),
    image_batch=32,
    video_batch=0,
    self_conditioning=0.3,
)
BASE = BaseTraining(
    model=STARTER_BASE,
    loop=LoopConfig(steps=60_000, lr=7e-4, muon_lr=1.5e-3, warmup=300, report_steps=1000),
    image_batch=12,
    video_batch=6,
)
BASE_SQUARE = replace(BASE, crop_width=16)
BASE_CAMERAS = replace(
    BASE,
    loop=LoopConfig(steps=2000, lr=4e-4, muon_lr=8e-4, warmup=50, final=0.02, ema=0.998, report_steps=500),
    image_batch=4,
    video_batch=12,
    frame_rate=0.6,
    self_conditioning=0.25,
    freeze_text=True,
)
"""To go on from a base that is there, for what words say of the camera: most clips have their first frames given. The
text encoder stays what the super-resolution stages know."""
SR1 = SuperresTraining(
    model=STARTER_SR1,
    loop=LoopConfig(steps=20_000, lr=7e-4, muon_lr=1.5e-3, report_steps=1000),
    max_low_res_t=200,
    report_low_res_t=30,
)
SR2 = replace(SR1, model=STARTER_SR2)

Training = TokenizerTraining | BaseTraining | SuperresTraining
RUNS: dict[str, Training] = {
    "starter-tokenizer": TOKENIZER,
    "starter-tokenizer-decoder": TOKENIZER_DECODER,
    "starter-base-images": BASE_IMAGES,
    "starter-base-square": BASE_SQUARE,
    "starter-base": BASE,
    "starter-base-cameras": BASE_CAMERAS,
    "starter-sr1": SR1,
    "starter-sr2": SR2,
}


KINDS: dict[str, type[Training]] = {
    "tokenizer": TokenizerTraining,
    "base": BaseTraining,
    "superres": SuperresTraining,
}
_FILE = "run.json"


def write_run(folder: Path, training: Training) -> None:
    """Keep the run's configuration beside its checkpoints."""
    kind = next(name for name, cls in KINDS.items() if isinstance(training, cls))
    text = json.dumps({"kind": kind, **asdict(training)}, indent=1)
    with atomic_write(folder / _FILE) as part:
        part.write_text(text, "utf-8")


def read_run(name: str | Path) -> Training:
    """A named run, a JSON file (its ``kind`` says which: tokenizer, base or superres), or a run's own folder.

    Raises:
        UsageError: ``no-such-run`` or ``bad-run``.
    """
    if name in RUNS:
        return RUNS[str(name)]
    path = Path(name) / _FILE if Path(name).is_dir() else Path(name)
    if not path.is_file():
        hint = f"Named runs: {', '.join(RUNS)}; or give a JSON file."
        raise UsageError("no-such-run", f"There is no run {str(name)!r}.", hint)
    try:
        fields = TypeAdapter(dict[str, Any]).validate_json(path.read_bytes())
        kind = KINDS[str(fields.pop("kind", ""))]
        return TypeAdapter(kind).validate_python(fields)
    except KeyError:
        raise UsageError("bad-run", f"{path} does not name its kind.", f"Use one of {', '.join(KINDS)}.") from None
    except (ValidationError, TypeError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise UsageError(
            "bad-run", f"{path} is not a valid training run: {reason}.", "See docs/training.md."
        ) from None
