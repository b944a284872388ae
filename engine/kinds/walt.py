"""walt's own kind of pack: a tokenizer, a text encoder and up to three denoisers, as the manifest describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.types import (
    FPS,
    MAX_FRAMES,
    MAX_PROMPT,
    OVERLAP,
    STAGES,
    TIME,
    WINDOW_FRAMES,
    Aspect,
    StageName,
)
from engine.packs.capabilities import Capabilities, Lengths, Setting, Stage, StageTitle
from engine.packs.manifest import MAX_MANIFEST_BYTES, VOCABULARY, damaged
from engine.runtime.files import read_plain
from engine.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from engine.packs.store import InstalledPack

_TITLES: dict[StageName, StageTitle] = {"base": "sketch", "sr1": "detail", "sr2": "finish"}


class WaltKind:
    """See `engine.kinds.kind.PackKind`."""

    def capabilities(self, pack: InstalledPack) -> Capabilities:
        """What the pack can make."""
        manifest = pack.manifest
        base = manifest.stages["base"]
        learns_words = not manifest.has_t5 and base.transformer.get("text_width") is not None
        return Capabilities(
            fps=FPS,
            lengths=Lengths(usual=WINDOW_FRAMES, longest=MAX_FRAMES, step=TIME),
            stages=tuple(_stage(pack, stage) for stage in STAGES if stage in manifest.stages),
            still="may",
            seen=(OVERLAP, 1),
            any_word=manifest.has_t5,
            longest_prompt=MAX_PROMPT,
            negative=True,
            steps=Setting(base.steps),
            guidance=Setting(base.guidance_scale(still=False)),
            still_guidance=Setting(base.guidance_scale(still=True)),
            teachable=learns_words and base.transformer.get("frame_conditioning") is True,
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
        length = pack.manifest.text.get("length")
        return length if isinstance(length, int) and length > 0 else None  # a damaged pack; loading it says so


def _stage(pack: InstalledPack, stage: StageName) -> Stage:
    sizes: dict[Aspect, tuple[int, int]] = {}
    for aspect in pack.manifest.sizes:
        height, width = pack.manifest.size(aspect, stage)
        sizes[aspect] = width, height
    return Stage(stage, _TITLES[stage], sizes)
