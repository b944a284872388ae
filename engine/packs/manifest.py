"""What a pack says about itself: one versioned JSON file, checked before a single weight is read.

A pack of walt's own kind is a folder: ``manifest.json``, ``vocabulary.json``, ``card.md`` and one safetensors file a
network. `MANIFESTS` lists what describes packs of each kind.
A network's shape is data here (house rule 6); this module builds none, so it needs no torch and the window
may read it at start.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from engine.api.errors import UsageError, WaltError
from engine.api.types import STAGES, Aspect, StageName
from engine.packs.base_manifest import (
    DEFAULT_KIND,
    OPEN_KIND,
    VERSION,
    Manifest,
    Strict,
    damaged,
)
from engine.packs.open_manifest import OpenManifest
from engine.runtime.files import read_plain

MANIFEST = "manifest.json"
VOCABULARY = "vocabulary.json"
CARD = "card.md"
PIECES = "pieces.json"
"""How a T5 cuts words; only where the text encoder is one."""
MAX_MANIFEST_BYTES = 4 * 2**20

Network = Literal["tokenizer", "text", "base", "sr1", "sr2"]
NETWORKS: tuple[Network, ...] = ("tokenizer", "text", "base", "sr1", "sr2")
SamplerName = Literal["ddim", "dpmpp-2m"]
Config = dict[str, Any]
"""A network's frozen dataclass as JSON; `engine.packs.load` rebuilds and checks it."""

Side = Annotated[int, Field(ge=8, le=1024, multiple_of=8)]
SCALE: dict[StageName, int] = {"base": 1, "sr1": 2, "sr2": 4}
"""How many times a stage's picture is larger than the base's (paper 4.5: two doublings)."""


class GuidanceSpec(Strict):
    """The fields of `engine.diffusion.guidance.Guidance`, as a pack recommends them for a stage."""

    scale: Annotated[float, Field(ge=0, le=30)] = 1.0
    interval: tuple[Annotated[float, Field(ge=0, le=1)], Annotated[float, Field(ge=0, le=1)]] = (0.0, 1.0)
    rescale: Annotated[float, Field(ge=0, le=1)] = 0.0
    power_cosine: Annotated[float, Field(gt=0, le=16)] | None = None

    @model_validator(mode="after")
    def _interval_in_order(self) -> GuidanceSpec:
        if self.interval[0] > self.interval[1]:
            raise ValueError("the interval ends before it begins")
        return self


class StageSpec(Strict):
    """One denoiser of the cascade and how to sample from it."""

    transformer: Config
    steps: Annotated[int, Field(ge=1, le=1000)] = 50
    first_pass: Annotated[int, Field(ge=0, le=1000)] = 0
    """Steps of a pass before: of the clip that it makes the first latent frame is kept, and the clip is made anew from
    it, as from a still (paper 4.4). Only the base has one, and only a clip that begins with nothing known."""
    sampler: SamplerName = "ddim"
    guidance: GuidanceSpec = GuidanceSpec()
    still_guidance: Annotated[float, Field(ge=0)] | None = None
    """Guidance scale of a clip that begins with a still; None is that of all clips."""
    guide_frames: bool = False
    """Whether the unguided pass also drops the first-frame condition (paper 4.4), or the words only."""
    low_res_noise: Annotated[int, Field(ge=0, le=999)] | None = None
    """Noise index t_sr that the low-resolution latents get (paper 4.5); None for the base."""

    def guidance_scale(self, *, still: bool) -> float:
        """The scale where the request names none; ``still``: the clip begins with one."""
        return self.still_guidance if still and self.still_guidance is not None else self.guidance.scale


class WaltManifest(Manifest):
    """A pack of walt's own networks.

    ``sizes`` maps an aspect to the base picture's (height, width) in pixels; each later stage doubles it.
    """

    sizes: Annotated[dict[Aspect, tuple[Side, Side]], Field(min_length=1)]
    tokenizer: Config
    text: Config
    stages: dict[StageName, StageSpec]

    @model_validator(mode="after")
    def _whole_cascade(self) -> WaltManifest:
        present: list[StageName] = [stage for stage in STAGES if stage in self.stages]
        if not present or present != list(STAGES[: len(present)]):
            raise ValueError("the stages must be base, or base and sr1, or all three")
        for stage in present:
            if (self.stages[stage].low_res_noise is None) != (stage == "base"):
                raise ValueError(f"low_res_noise belongs to sr1 and sr2, not to the base (see {stage})")
            if self.stages[stage].first_pass and stage != "base":
                raise ValueError(f"only the base has a first pass (see {stage})")
            if self.stages[stage].still_guidance is not None and stage != "base":
                raise ValueError(f"only the base has a guidance for stills (see {stage})")
        return self

    @property
    def networks(self) -> tuple[Network, ...]:
        """The networks the pack holds: tokenizer, text and its stages."""
        return tuple(name for name in NETWORKS if name in ("tokenizer", "text") or name in self.stages)

    @property
    def needed_files(self) -> frozenset[str]:
        """Words, weights, and how a T5 cuts words where there is one."""
        weights = (weights_file(network) for network in self.networks)
        return frozenset({VOCABULARY, *[PIECES] * self.has_t5, *weights})

    @property
    def has_t5(self) -> bool:
        """Whether the text encoder is a T5 (`engine.models.t5`) and not one that learned the pack's words."""
        return self.text.get("kind") == "t5"

    @property
    def last_stage(self) -> StageName:
        """The stage with the largest pictures."""
        present: list[StageName] = [stage for stage in STAGES if stage in self.stages]
        return present[-1]

    def size(self, aspect: Aspect, stage: StageName) -> tuple[int, int]:
        """Height and width in pixels of ``stage`` at ``aspect``.

        Raises:
            UsageError: ``aspect-not-in-pack`` or ``stage-not-in-pack``.
        """
        if stage not in self.stages:
            raise UsageError(
                "stage-not-in-pack",
                f"The pack {self.name} has no stage {stage}.",
                f"Ask for --upto {self.last_stage}.",
            )
        if aspect not in self.sizes:
            raise UsageError(
                "aspect-not-in-pack",
                f"The pack {self.name} does not support the shape {aspect}.",
                f"Possible: {', '.join(self.sizes)}.",
            )
        height, width = self.sizes[aspect]
        return height * SCALE[stage], width * SCALE[stage]


MANIFESTS: dict[str, type[Manifest]] = {DEFAULT_KIND: WaltManifest, OPEN_KIND: OpenManifest}
"""Kinds of pack and what describes them."""


def walt_manifest(manifest: Manifest) -> WaltManifest:
    """The manifest of a pack of walt's own networks, for what works with these alone.

    Raises:
        UsageError: ``not-in-pack`` for a pack of another kind.
    """
    if not isinstance(manifest, WaltManifest):
        raise UsageError("not-in-pack", f"The pack {manifest.name} does not consist of walt's own networks.")
    return manifest


def weights_file(network: Network) -> str:
    """Name of the file that holds a network's weights."""
    return f"{network}.safetensors"


def fingerprint(folder: Path) -> str:
    """SHA-256 of the manifest's file, which holds those of all others: two packs with the same are the same.

    Raises:
        WaltError: ``pack-damaged``.
    """
    return hashlib.sha256(_read(folder)).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """Read and check ``folder/manifest.json``.

    Raises:
        WaltError: ``pack-damaged``, or ``pack-too-new`` when a later walt wrote it.
    """
    return parse_manifest(_read(folder), folder)


def parse_manifest(text: bytes, folder: Path) -> Manifest:
    """Check a manifest's text; errors name the pack's ``folder``.

    Raises:
        WaltError: see `read_manifest`.
    """
    kind = _kind(text)
    if kind not in MANIFESTS:
        raise _too_new(folder)
    try:
        return MANIFESTS[kind].model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if where == "format" and isinstance(first["input"], int) and first["input"] > VERSION:
            raise _too_new(folder) from None
        raise damaged(folder, f"{where or MANIFEST}: {first['msg']}") from None


def _kind(text: bytes) -> str:
    """The kind that a manifest names; walt's own where it names none, as in all packs before there were kinds."""
    try:
        values: Any = json.loads(text)
        return str(values.get("kind", DEFAULT_KIND))
    except (ValueError, AttributeError, RecursionError):
        return DEFAULT_KIND  # whose check says what is wrong


def _too_new(folder: Path) -> WaltError:
    return WaltError("pack-too-new", f"The pack in {folder} was made for a newer walt.", "Update walt.")


def _read(folder: Path) -> bytes:
    try:
        text = read_plain(folder / MANIFEST, MAX_MANIFEST_BYTES)
    except OSError as error:
        raise damaged(folder, f"{MANIFEST} cannot be read ({error.strerror})") from None
    if len(text) > MAX_MANIFEST_BYTES:
        raise damaged(folder, f"{MANIFEST} is too large")
    return text
