"""A training run of the paper as data; what the paper does not state has a default, with its reason in ``assumed``."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

import torch
from pydantic import TypeAdapter, ValidationError

from engine.api.errors import UsageError
from engine.models.tokenizer import TokenizerConfig
from engine.models.transformer import TransformerConfig
from engine.training.loop import LoopConfig

NumberFormat = Literal["bf16", "fp32"]
DTYPES: dict[NumberFormat, torch.dtype] = {"bf16": torch.bfloat16, "fp32": torch.float32}


@dataclass(frozen=True)
class DenoiserRun:
    """Training of one window transformer.

    Attributes:
        source: Where in the paper the run stands.
        batch: Slots in a step, over all GPUs; a slot is a clip or 1 + t images (section 4.1).
        image_share: Share of slots that hold images.
        self_conditioning: p_sc, share of steps with two passes.
        frame_rate: p_fp, share of clips whose first latent frames are given.
        two_frames: Share of those that are given two frames instead of one.
        drop: Share of captions or labels left out, for guidance.
        max_low_res_t: t_max_noise of a super-resolution stage, as an index into the 1000 steps.
        text_length: Tokens of a caption, the rest is cut.
        zero_terminal_snr, latent_norm: False in rows of table 3e; without the second, latents are as the tokenizer's
            encoder gives them.
        numbers: Format of matrix products; weights, sums over layers and optimizer are float32 in any case.
        recompute: Activation checkpointing: one more forward pass, a fraction of the memory.
        start: The run whose weights this one starts from.
        tokenizer: The run that gives the latents.
        assumed: Field -> why it has its value, for everything that the paper does not state.
    """

    source: str
    model: TransformerConfig
    loop: LoopConfig
    batch: int
    image_share: float = 0.0
    self_conditioning: float = 0.9
    frame_rate: float = 0.0
    two_frames: float = 0.5
    drop: float = 0.1
    max_low_res_t: int = 0
    text_length: int = 128
    zero_terminal_snr: bool = True
    latent_norm: bool = True
    numbers: NumberFormat = "bf16"
    recompute: bool = True
    start: str = ""
    tokenizer: str = ""
    assumed: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class GanConfig:
    """Weights of the tokenizer's losses and the shape of its discriminator (MAGVIT-v2, appendix A.2).

    Attributes:
        reconstruction, adversarial, lecam, perceptual: Weights.
        r1: Cost of the discriminator's gradient penalty.
        r1_every: Steps between penalties, which then count that many times.
        channels, multipliers: The discriminator's width, and its growth at each halving.
        lecam_decay: Of the running means that LeCam compares with.
        start: Step from which the adversarial loss acts.
    """

    reconstruction: float = 5.0
    adversarial: float = 0.1
    lecam: float = 0.001
    perceptual: float = 0.1
    r1: float = 10.0
    r1_every: int = 16
    channels: int = 128
    multipliers: tuple[int, ...] = (2, 4, 4, 4, 4)
    lecam_decay: float = 0.999
    start: int = 0


@dataclass(frozen=True)
class GanTokenizerRun:
    """Training of the tokenizer with an adversarial loss.

    Attributes:
        crop: Frames, height and width of the clips.
        batch: Clips in a step, over all GPUs.
        image_share: Share of clips that stand still on their first frame. Frame 0 is coded like an image in any clip.
    """

    source: str
    model: TokenizerConfig
    loop: LoopConfig
    batch: int
    crop: tuple[int, int, int]
    gan: GanConfig = GanConfig()
    image_share: float = 0.0
    numbers: NumberFormat = "bf16"
    recompute: bool = False
    start: str = ""
    assumed: dict[str, str] = field(default_factory=dict[str, str])


FullRun = DenoiserRun | GanTokenizerRun
_KINDS: dict[str, type[FullRun]] = {"denoiser": DenoiserRun, "gan-tokenizer": GanTokenizerRun}


def run_to_json(run: FullRun) -> dict[str, Any]:
    """The run as plain JSON, with its ``kind``."""
    kind = next(name for name, cls in _KINDS.items() if isinstance(run, cls))
    return {"kind": kind, **asdict(run)}


def run_from_json(data: bytes | str, name: str = "the run") -> FullRun:
    """The inverse of `run_to_json`.

    Raises:
        UsageError: ``bad-run``.
    """
    try:
        fields = TypeAdapter(dict[str, Any]).validate_json(data)
        kind = _KINDS.get(str(fields.pop("kind", "")))
        if kind is None:
            raise UsageError("bad-run", f"{name} does not name its kind.", f"Use one of {', '.join(_KINDS)}.")
        return TypeAdapter(kind).validate_python(fields)
    except (ValidationError, TypeError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        where = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}" if first else str(error)
        raise UsageError("bad-run", f"{name} is not a valid training run: {where}.", "See docs/training.md.") from None


def with_overrides(run: FullRun, settings: list[str]) -> FullRun:
    """The run with ``model.width=64``-like settings applied; values are JSON, or else text.

    Raises:
        UsageError: ``bad-setting`` for a field that is not there, ``bad-run`` for a value that doesn't fit.
    """
    import json

    data = run_to_json(run)
    for setting in settings:
        path, equals, text = setting.partition("=")
        *parents, last = path.split(".")
        place: Any = data
        for parent in parents:
            place = cast("dict[str, Any]", place).get(parent) if isinstance(place, dict) else None
        if not equals or not isinstance(place, dict) or last not in place:
            raise UsageError("bad-setting", f"{setting!r} is not a setting.", "Write e.g. model.width=64.")
        try:
            place[last] = json.loads(text)
        except ValueError:
            place[last] = text
    return run_from_json(json.dumps(data))
