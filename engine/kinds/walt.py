"""walt's own kind of pack: a tokenizer, a text encoder and up to three denoisers, as the manifest describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from engine.api.types import (
    FPS,
    MAX_FRAMES,
    OVERLAP,
    STAGES,
    TIME,
    WALT_PROMPT,
    WINDOW_FRAMES,
    Aspect,
    StageName,
)
from engine.packs.base_manifest import damaged
from engine.packs.capabilities import Capabilities, Lengths, Setting, Stage, StageTitle
from engine.packs.manifest import MAX_MANIFEST_BYTES, VOCABULARY, WaltManifest, walt_manifest
from engine.packs.sizes import Weights, weigh
from engine.packs.verify import verify
from engine.planning.memory import ExecutionPlan
from engine.planning.residency import execution_plans
from engine.planning.workload import Workload, workload_of
from engine.runtime.files import read_plain
from engine.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from engine.api.request import ClipRequest
    from engine.api.types import ResidencyMode, WeightFormat
    from engine.kinds.kind import ClipMaker
    from engine.packs.store import InstalledPack
    from engine.runtime.devices import Device

_TITLES: dict[StageName, StageTitle] = {"base": "sketch", "sr1": "detail", "sr2": "finish"}


class WaltKind:
    """See `engine.kinds.kind.PackKind`."""

    modules = ("engine.pipeline.cascade", "engine.packs.load")

    def capabilities(self, pack: InstalledPack) -> Capabilities:
        """What the pack can make."""
        manifest = walt_manifest(pack.manifest)
        base = manifest.stages["base"]
        learns_words = not manifest.has_t5 and base.transformer.get("text_width") is not None
        return Capabilities(
            fps=FPS,
            lengths=Lengths(usual=WINDOW_FRAMES, longest=MAX_FRAMES, step=TIME),
            stages=tuple(_stage(manifest, stage) for stage in STAGES if stage in manifest.stages),
            still="may",
            seen=(OVERLAP, 1),
            any_word=manifest.has_t5,
            longest_prompt=WALT_PROMPT,
            negative=True,
            steps=Setting(base.steps),
            guidance=Setting(base.guidance_scale(still=False)),
            still_guidance=Setting(base.guidance_scale(still=True)),
            teachable=learns_words and base.transformer.get("frame_conditioning") is True,
            moves_stills=True,
        )

    def vocabulary(self, pack: InstalledPack) -> Vocabulary:
        """The words that the pack knows."""
        try:
            text = read_plain(pack.path / VOCABULARY, MAX_MANIFEST_BYTES)
            if len(text) > MAX_MANIFEST_BYTES:
                raise damaged(pack.path, f"{VOCABULARY} is too large")
            return Vocabulary.from_json(text.decode())
        except OSError as error:
            raise damaged(pack.path, f"{VOCABULARY} cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise damaged(pack.path, f"{VOCABULARY} is not text") from None

    def words_read(self, pack: InstalledPack) -> int | None:
        """How many known words of a prompt are read."""
        length = walt_manifest(pack.manifest).text.get("length")
        return length if isinstance(length, int) and length > 0 else None  # a damaged pack; loading it says so

    def verify(self, pack: InstalledPack, cancelled: Callable[[], bool]) -> None:
        """Compare the size and the SHA-256 of every file."""
        verify(pack.path, pack.manifest, cancelled=cancelled)

    def workload(self, pack: InstalledPack, request: ClipRequest) -> Workload:
        """How many operations a clip takes."""
        return workload_of(walt_manifest(pack.manifest), request)

    def weights(self, pack: InstalledPack, weight_format: WeightFormat) -> Weights:
        """What the networks take in memory, from the headers of their files."""
        return weigh(pack.path, walt_manifest(pack.manifest), weight_format)

    def execution_plans(
        self, pack: InstalledPack, request: ClipRequest, weights: Weights,
        weight_format: WeightFormat,  # noqa: ARG002 (the protocol; `weights` say all)
    ) -> Iterator[ExecutionPlan]:
        """All ways to make a clip, fastest first."""
        return execution_plans(weights, walt_manifest(pack.manifest), request)

    def open(
        self, pack: InstalledPack, device: Device, residency: ResidencyMode, *, int8: bool
    ) -> ClipMaker:
        """The pack's cascade."""
        from engine.packs.load import load_pack
        from engine.pipeline.cascade import Cascade

        return Cascade(load_pack(pack.path, device, residency, int8=int8))


def _stage(manifest: WaltManifest, stage: StageName) -> Stage:
    sizes: dict[Aspect, tuple[int, int]] = {}
    for aspect in manifest.sizes:
        height, width = manifest.size(aspect, stage)
        sizes[aspect] = width, height
    return Stage(stage, _TITLES[stage], sizes)
