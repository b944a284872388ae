"""What the pack of an open model says: a model in diffusers' format, which stays in a folder of its owner's."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from engine.api.errors import UsageError
from engine.api.types import MAX_PROMPT, Aspect
from engine.packs.base_manifest import MAX_FILE_BYTES, Line, Manifest, Prose, Sha256, Strict

LOCATION = "location.txt"
"""In a pack of an open model: the path of the model's folder."""
ClassName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]{0,80}$")]
PartName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
ArgumentName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")]
OpenPath = Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]{0,40}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,120}$")]
"""A file of a model's folder or of one of its parts."""
OpenSide = Annotated[int, Field(ge=8, le=4096, multiple_of=8)]
Patch = Annotated[int, Field(ge=1, le=16)]

Arguments = dict[ArgumentName, bool | int | float | str | list[float]]


class LengthRule(Strict):
    """The fields of `engine.packs.capabilities.Lengths`."""

    usual: Annotated[int, Field(ge=1, le=10_000)]
    longest: Annotated[int, Field(ge=1, le=10_000)]
    step: Annotated[int, Field(ge=1, le=64)] = 1
    fixed: Annotated[tuple[Annotated[int, Field(ge=1, le=10_000)], ...], Field(max_length=64)] = ()


class OpenModel(Strict):
    """What a model in diffusers' folder format can make, and how it is called.

    Attributes:
        pipeline: Its class in diffusers.
        still_pipeline: The class that begins with pictures, where that is another one with the same parts.
        title: For display.
        licence: Of the weights.
        sizes: (height, width) in pixels by shape.
        fps: Frames a second of its clips.
        lengths: How many frames a clip can have.
        space: Pixels a latent, in height and width.
        time: Frames a latent frame, after the first.
        still: Whether clips begin with stills.
        seen: Frames of a clip that it can see in order to continue it, the best first.
        negative: Whether a prompt can say what to keep away from.
        usual_negative: What a clip keeps away from where the request says nothing.
        steps: Denoising steps.
        fixed_steps: Whether these alone are possible, as for distilled models.
        guidance: Scale of the guidance; None if there is none to set.
        longest_prompt: Characters of a prompt.
        decoded_frames: Frames that the decoder makes at once; 0 for all.
        decoded_bytes: What a pixel of a frame takes while it is decoded.
        precise: Parts that are kept in 32-bit numbers.
        arguments: What else the pipeline is called with, by name.
    """

    pipeline: ClassName
    still_pipeline: ClassName | None = None
    title: Line
    licence: Line
    sizes: Annotated[dict[Aspect, tuple[OpenSide, OpenSide]], Field(min_length=1)]
    fps: Annotated[int, Field(ge=1, le=120)]
    lengths: LengthRule
    space: Annotated[int, Field(ge=1, le=128)]
    time: Annotated[int, Field(ge=1, le=64)]
    still: Literal["no", "may", "must"] = "no"
    seen: Annotated[tuple[Annotated[int, Field(ge=1, le=1000)], ...], Field(max_length=8)] = ()
    negative: bool = True
    usual_negative: Prose = ""
    steps: Annotated[int, Field(ge=1, le=1000)]
    fixed_steps: bool = False
    guidance: Annotated[float, Field(ge=0, le=30)] | None = None
    longest_prompt: Annotated[int, Field(ge=1, le=MAX_PROMPT)] = 2000
    decoded_frames: Annotated[int, Field(ge=0, le=1000)] = 0
    decoded_bytes: Annotated[int, Field(ge=1, le=100_000)] = 600
    precise: Annotated[tuple[PartName, ...], Field(max_length=16)] = ("vae",)
    arguments: Arguments = Field(default_factory=dict, max_length=32)


class DenoiserShape(Strict):
    """A denoiser for estimates: its width, its layers, and the latents of a token in time, height and width."""

    width: Annotated[int, Field(ge=1, le=65536)]
    layers: Annotated[int, Field(ge=1, le=1024)]
    patch: tuple[Patch, Patch, Patch]


class OpenFile(Strict):
    """A file of weights: its bytes, and the SHA-256 of the header that lists its tensors."""

    bytes: Annotated[int, Field(ge=1, le=MAX_FILE_BYTES)]
    header: Sha256


class OpenManifest(Manifest):
    """A model in diffusers' format that stays in a folder of its owner's; `LOCATION` in the pack says which.

    The manifest says what the model is, and not where: it is the same after the folder was moved.
    ``weights`` and ``settings`` are the files that are read, by their paths in the model's folder.
    """

    model: OpenModel
    shape: DenoiserShape
    weights: Annotated[dict[OpenPath, OpenFile], Field(min_length=1, max_length=1000)]
    settings: Annotated[dict[OpenPath, Sha256], Field(max_length=1000)]

    @property
    def needed_files(self) -> frozenset[str]:
        """A pack without its location is no pack."""
        return frozenset({LOCATION})

    @property
    def stored(self) -> dict[str, int]:
        """Bytes of the weights."""
        return {name: file.bytes for name, file in self.weights.items()}

    def size(self, aspect: Aspect) -> tuple[int, int]:
        """Height and width in pixels.

        Raises:
            UsageError: ``aspect-not-in-pack``.
        """
        if aspect not in self.model.sizes:
            message = f"The pack {self.name} does not support the shape {aspect}."
            raise UsageError("aspect-not-in-pack", message, f"Possible: {', '.join(self.model.sizes)}.")
        return self.model.sizes[aspect]


def open_manifest(manifest: Manifest) -> OpenManifest:
    """The manifest of an open model, for what works with these alone.

    Raises:
        UsageError: ``not-in-pack`` for a pack of another kind.
    """
    if not isinstance(manifest, OpenManifest):
        raise UsageError("not-in-pack", f"The pack {manifest.name} is no open model.")
    return manifest
