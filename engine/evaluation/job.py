"""One evaluation as data: what is measured, with how many clips, and where everything goes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from engine.api.request import ClipRequest
from engine.api.types import StageName
from engine.evaluation.linear import LinearCode
from engine.evaluation.photo_features import PhotoFeatures
from engine.evaluation.probe import Probe
from engine.evaluation.prompts import other_specs
from engine.media.pixels import to_frames, to_pixels
from engine.packs.load import LoadedPack
from engine.pipeline.cascade import Cascade
from engine.runtime.files import atomic_write
from engine.worlds.render.clip import render_clip

Figures = dict[str, Any]
"""Numbers by name, ready for JSON."""
_FITTED = 16
"""World clips that the linear code is fitted on."""
Section = Literal["clips", "tokenizer", "sr", "sr_generated", "stills", "continuation"]
SECTIONS: tuple[Section, ...] = ("tokenizer", "sr", "sr_generated", "stills", "continuation", "clips")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of everything.

    Attributes:
        general, heldout: Prompts at the base's size, of the usual mix and of the held-out combinations.
        full: Prompts at full size.
        diverse, seeds: Prompts for the diversity, and seeds for each.
        tokenizer: Clips of each kind at once, twice and four times the base's size.
        sr: Clips of each super-resolution stage, and of both on what the base makes.
        stills: Pictures that are brought to life, each with one camera after the other.
        large: Clips from these pictures at full size, with one camera after the other.
        worlds: First frames of unseen worlds that are brought to life by their prompts.
        continued: Prompts that are continued.
    """

    general: int = 500
    heldout: int = 200
    full: int = 48
    diverse: int = 24
    seeds: int = 4
    tokenizer: tuple[int, int, int] = (24, 8, 3)
    sr: int = 8
    stills: int = 48
    large: int = 96
    worlds: int = 48
    continued: int = 16

    def part(self, share: float) -> Counts:
        """About this share of every count, none of them nothing; seeds stay, for they are compared."""
        fewer = {name: max(2, round(share * getattr(self, name))) for name in _COUNTED}
        return replace(self, **fewer, tokenizer=tuple(max(1, round(share * n)) for n in self.tokenizer))


_COUNTED = ("general", "heldout", "full", "diverse", "sr", "stills", "large", "worlds", "continued")
QUICK = Counts(24, 12, 2, 4, 2, (6, 2, 1), 1, 4, 2, 4, 2)


@dataclass(frozen=True)
class Job:
    """What one evaluation needs.

    Attributes:
        pack: The pack, loaded.
        name: What it is asked for by.
        probe: The ruler; None where no section needs it.
        out: Where the report, the kept clips and the sheets go.
        photos, videos: Folders of real pictures and footage, or None.
        renders: Folder that keeps renders, which other evaluations may share; None keeps them in ``out``.
        features: The image network that only measures; without it its figures are left out.
    """

    pack: LoadedPack
    name: str
    out: Path
    probe: Probe | None = None
    counts: Counts = field(default_factory=Counts)
    seed: int = 0
    photos: Path | None = None
    videos: Path | None = None
    renders: Path | None = None
    features: PhotoFeatures | None = None

    def settings(self) -> Figures:
        """What decides the figures, as JSON holds it; a report is only continued with the same settings."""
        counts = {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(self.counts).items()}
        photos, videos = (
            None if path is None else path.resolve().name for path in (self.photos, self.videos)
        )
        return {
            "pack": self.pack.manifest.name,
            "version": self.pack.manifest.version,
            "weights": {name: spec.sha256[:16] for name, spec in self.pack.manifest.files.items()},
            "device": self.pack.device.torch.type,
            "dtype": str(self.pack.device.dtype).removeprefix("torch."),
            "height": self.size("base")[0],
            "seed": self.seed,
            "counts": counts,
            "photos": photos,
            "videos": videos,
            "features": None if self.features is None else "EfficientNet-Lite2",
        }

    def size(self, stage: StageName) -> tuple[int, int]:
        """Height and width of a stage's pictures; the evaluation looks at 16:9 only."""
        return self.pack.manifest.size("16:9", stage)

    @cached_property
    def linear(self) -> LinearCode:
        """The linear code with the tokenizer's channels, fitted at the base's size on worlds that are not measured."""
        height, width = self.size("base")
        specs = other_specs(_FITTED, self.seed + 1)
        clips = [render_clip(spec, height=height, width=width, samples=2) for spec in specs]
        return LinearCode.fit(clips, self.pack.tokenizer.config.latent_channels)

    def generate(self, prompt: str, upto: StageName = "base", **wishes: object) -> NDArray[np.uint8]:
        """Frames (T, H, W, 3) of one clip made as `walt generate` makes it."""
        request = ClipRequest.parse(prompt=prompt, upto=upto, pack=self.name, **wishes)
        return self._cascade.generate(request, lambda _: None, lambda: False).frames

    def once(self, name: str, make: Callable[[], Figures]) -> Figures:
        """Figures that are kept under ``name`` in ``out``; made first if they are not there."""
        path = self.out / "parts" / f"{name}.json"
        if path.is_file():
            return json.loads(path.read_text("utf-8"))
        figures = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as part:
            part.write_text(json.dumps(figures), "utf-8")
        return figures

    @cached_property
    def _cascade(self) -> Cascade:
        return Cascade(self.pack)

    @torch.inference_mode()
    def encode(self, frames: NDArray[np.uint8]) -> torch.Tensor:
        """Normalised latents (1, C, t, h, w) of a clip, computed as the product computes."""
        with self.pack.device.autocast():
            return self.pack.tokenizer.encode(to_pixels(frames, self.pack.device.torch)[None]).float()

    @torch.inference_mode()
    def decode(self, z: torch.Tensor) -> NDArray[np.uint8]:
        """Frames of latents, chunk by chunk, as the product decodes."""
        with self.pack.device.autocast():
            return np.concatenate([to_frames(chunk[0]) for chunk in self.pack.tokenizer.stream(z)])


def bar(what: str, total: int) -> tqdm[NoReturn]:
    """A progress bar on stderr."""
    return tqdm(total=total, desc=what, unit="", dynamic_ncols=True, file=sys.stderr, mininterval=1.0)
