"""The world probe: a small network that reads what a rendered clip shows. Its gradient never reaches a generator.

It sees five of 17 frames at 64 x 112 and the optical flow between all of them: the flow makes camera and gait
plain to a network of a million weights. A 2D CNN looks at each of the five, a convolution over time joins them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.api.errors import WaltError
from engine.api.types import WINDOW_FRAMES
from engine.evaluation.attributes import VALUES, Reading, choices
from engine.evaluation.flow import flows
from engine.media.resize import fit_frames
from engine.runtime.files import atomic_write
from engine.worlds.spec import WorldSpec

FRAMES = WINDOW_FRAMES
HEIGHT, WIDTH = 64, 112
MOMENTS = (0, 4, 8, 12, 16)
_COARSE = 4
"""Flow is averaged over so many pixels each way."""
WEIGHTS, ABOUT = "probe.safetensors", "probe.json"


@dataclass(frozen=True, slots=True)
class Sight:
    """What the probe sees of one clip: frames (5, 64, 112, 3) uint8 and flow (5, 8, 16, 28) float32.

    Four steps of flow (x and y of each) lead to each frame; none to the first.
    """

    frames: NDArray[np.uint8]
    flow: NDArray[np.float32]


def look(frames: NDArray[np.uint8]) -> Sight:
    """Prepare a clip (17, H, W, 3) of any size.

    Raises:
        ValueError: for another number of frames.
    """
    if len(frames) != FRAMES:
        raise ValueError(f"the probe reads clips of {FRAMES} frames, not {len(frames)}")
    small = frames if frames.shape[1:3] == (HEIGHT, WIDTH) else fit_frames(frames, WIDTH, HEIGHT)
    size = (WIDTH // _COARSE, HEIGHT // _COARSE)
    coarse = np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in flows(small)])
    steps = np.zeros((len(MOMENTS), 8, size[1], size[0]), np.float32)
    steps[1:] = coarse.reshape(4, 4, size[1], size[0], 2).transpose(0, 1, 4, 2, 3).reshape(4, 8, size[1], -1)
    return Sight(small[list(MOMENTS)], np.clip(steps / 2, -4, 4).astype(np.float32))


def batch(sights: list[Sight]) -> tuple[Tensor, Tensor]:
    """Pixels (B, 5, 3, 64, 112) in [-1, 1] and flow (B, 5, 8, 16, 28)."""
    pixels = torch.from_numpy(np.stack([sight.frames for sight in sights]))
    flow = torch.from_numpy(np.stack([sight.flow for sight in sights]))
    return pixels.permute(0, 1, 4, 2, 3).float().div(127.5).sub(1), flow


@dataclass(frozen=True)
class ProbeConfig:
    """Shape of a probe: widths at 16 x 28, 8 x 14 and 4 x 7, blocks of the last two, size of the features."""

    widths: tuple[int, int, int] = (32, 64, 128)
    blocks: tuple[int, int, int] = (1, 2, 1)
    features: int = 96


class _Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, width), nn.GroupNorm(8, width)
        self.conv1, self.conv2 = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        y = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(y)))


class Probe(nn.Module):
    """Pixels and flow to logits of every attribute.

    Args:
        config: Its shape.
    """

    adamw_names = ("stem", "moving", "heads")

    def __init__(self, config: ProbeConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or ProbeConfig()
        w0, w1, w2 = config.widths
        b0, b1, b2 = config.blocks
        half = w0 // 2
        self.stem = nn.Conv2d(3, half, 5, stride=2, padding=2)
        self.pixels = nn.Conv2d(half, w0, 3, stride=2, padding=1)
        self.moving = nn.Conv2d(8, w0, 3, padding=1)
        self.body = nn.Sequential(
            *(_Block(w0) for _ in range(b0)), nn.Conv2d(w0, w1, 3, stride=2, padding=1),
            *(_Block(w1) for _ in range(b1)), nn.Conv2d(w1, w2, 3, stride=2, padding=1),
            *(_Block(w2) for _ in range(b2)),
        )  # fmt: skip
        self.norm = nn.GroupNorm(8, w2)
        self.time = nn.Conv1d(w2, w2, 3, padding=1)
        self.squeeze = nn.Linear(4 * w2, config.features)
        self.heads = nn.ModuleDict({n: nn.Linear(config.features, len(v)) for n, v in VALUES.items()})

    def features(self, pixels: Tensor, flow: Tensor) -> Tensor:
        """Features (B, F) of pixels (B, 5, 3, 64, 112) and flow (B, 5, 8, 16, 28)."""
        count, moments = pixels.shape[:2]
        x = pixels.flatten(0, 1).contiguous(memory_format=torch.channels_last)
        x = self.pixels(F.silu(self.stem(x))) + self.moving(flow.flatten(0, 1))
        x = F.silu(self.norm(self.body(x)))
        # Each place of the picture is followed through time, then all places and times are summed up twice:
        # their mean for what fills the picture, their maximum for what is small in it.
        x = x.unflatten(0, (count, moments))  # (B, 5, C, 4, 7)
        along = x.permute(0, 3, 4, 2, 1).flatten(0, 2)  # (B * 28, C, 5)
        moved = F.silu(self.time(along)).unflatten(0, (count, -1))  # (B, 28, C, 5)
        still = x.flatten(3).permute(0, 2, 1, 3).flatten(2)  # (B, C, 140)
        moved = moved.permute(0, 2, 1, 3).flatten(2)  # (B, C, 140)
        pooled = torch.cat([still.mean(-1), still.amax(-1), moved.mean(-1), moved.amax(-1)], dim=-1)
        return self.squeeze(pooled)

    def logits(self, features: Tensor) -> dict[str, Tensor]:
        """Attribute -> (B, values)."""
        lively = F.silu(features)
        return {name: head(lively) for name, head in self.heads.items()}

    @torch.inference_mode()
    def see(self, clips: list[Sight], size: int = 32) -> tuple[NDArray[np.float32], dict[str, Tensor]]:
        """Features (N, F) and logits of prepared clips, ``size`` at a time."""
        found = [self.features(*batch(clips[i : i + size])) for i in range(0, len(clips), size)]
        features = torch.cat(found)
        return features.numpy(), self.logits(features)


def read(logits: dict[str, Tensor], index: int, spec: WorldSpec) -> Reading:
    """What clip ``index`` shows, read as `attributes.choices` allows for the clip that was asked for."""
    out: dict[str, str] = {}
    for name, values in VALUES.items():
        allowed = choices(spec, name) or values
        picks = [values.index(value) for value in allowed]
        out[name] = allowed[int(logits[name][index, picks].argmax())]
    return out


def save_probe(folder: Path, probe: Probe, about: dict[str, object]) -> None:
    """Write weights and JSON (shape, values, and what is known about it) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with atomic_write(folder / WEIGHTS) as part:
        save_file({name: value.contiguous() for name, value in probe.state_dict().items()}, part)
    text = json.dumps({"config": asdict(probe.config), "values": VALUES, **about}, indent=1)
    with atomic_write(folder / ABOUT) as part:
        part.write_text(text + "\n", "utf-8")


def note(folder: Path, examined: dict[str, object]) -> None:
    """Add what an examination found to a probe's JSON."""
    path = folder / ABOUT
    about = {**json.loads(path.read_text("utf-8")), "examined": examined}
    with atomic_write(path) as part:
        part.write_text(json.dumps(about, indent=1) + "\n", "utf-8")


def fingerprint(probe: Probe) -> str:
    """Which probe this is: the start of a hash of its weights."""
    digest = hashlib.sha256()
    for name, value in sorted(probe.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.contiguous().numpy().tobytes())
    return digest.hexdigest()[:16]


def load_probe(folder: Path) -> Probe:
    """The probe of a folder, ready to read.

    Raises:
        WaltError: ``no-probe``, or ``probe-damaged`` when it reads other attributes than this version asks.
    """
    if not (folder / ABOUT).is_file():
        hint = "Train one with `walt evaluate probe --train --out FOLDER`."
        raise WaltError("no-probe", f"There is no probe in {folder}.", hint)
    try:
        about = json.loads((folder / ABOUT).read_text("utf-8"))
        config = about["config"]
        if {name: tuple(v) for name, v in about["values"].items()} != VALUES:
            raise ValueError("it reads other attributes than this version of walt")
        probe = Probe(ProbeConfig(tuple(config["widths"]), tuple(config["blocks"]), int(config["features"])))
        probe.load_state_dict(load_file(folder / WEIGHTS))
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        reason = str(error).splitlines()[0]
        raise WaltError("probe-damaged", f"The probe in {folder} can't be used: {reason}.") from error
    return probe.eval().requires_grad_(False)
