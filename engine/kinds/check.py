"""The door for requests: what a pack cannot do is said before any weight is loaded. No torch here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.api.errors import UsageError
from engine.api.request import ClipRequest
from engine.kinds.registry import kind_of
from engine.packs.capabilities import Capabilities, Setting
from engine.packs.store import InstalledPack
from engine.text.suggestions import suggest
from engine.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of the prompt that will have no effect, and the known word that is spelt most alike."""

    word: str
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a pack makes of a request.

    Attributes:
        unknown: Words of the prompts that it does not know.
        unread: Known words beyond the length that it reads.
        picture: All of the still to begin with, (H, W, 3): see `engine.media.images.read_still`.
    """

    unknown: tuple[UnknownWord, ...]
    unread: tuple[str, ...]
    picture: NDArray[np.uint8] | None = field(default=None, compare=False)


def check_request(request: ClipRequest, pack: InstalledPack) -> Heard:
    """Whether ``pack`` can make what is asked, and which words of prompt and negative will have no effect.

    Raises:
        UsageError: see `require_capable`; ``prompt-not-known``.
        WaltError: what reading the still, the clip to continue or the vocabulary may raise.
    """
    kind = kind_of(pack)
    size = require_capable(request, kind.capabilities(pack), pack.name)
    vocabulary = kind.vocabulary(pack)
    if request.prompt and not _known(vocabulary, request.prompt):
        raise UsageError(
            "prompt-not-known",
            f"The pack {pack.name} knows none of the words in this prompt.",
            f"It knows {_summary(pack)}.",
        )
    picture = None
    if request.image is not None:
        from engine.media.images import read_still

        larger = max(1.0, (request.size or 0) / min(size))
        picture = read_still(request.image, round(size[0] * larger), round(size[1] * larger))
    if request.source is not None:
        from engine.media.reading import frames_before

        frames_before(request.source, request.source_frame, request.overlap, size)
    both = f"{request.prompt}\n{request.negative}"
    unknown = dict.fromkeys(vocabulary.unknown(request.prompt) + vocabulary.unknown(request.negative))
    length = kind.words_read(pack)
    beyond = len(both) if length is None else length
    return Heard(
        tuple(UnknownWord(word, suggest(vocabulary, word, both)) for word in unknown),
        tuple(
            word for text in (request.prompt, request.negative) for word in _known(vocabulary, text)[beyond:]
        ),
        picture,
    )


def require_capable(request: ClipRequest, able: Capabilities, pack: str) -> tuple[int, int]:
    """Refuse what the record of a pack of this name does not allow; gives the width and height of the clip.

    Raises:
        UsageError: ``stage-not-in-pack``, ``aspect-not-in-pack``, ``bad-request`` for an impossible length, or
            ``not-in-pack`` for what else the pack cannot do.
    """
    stage = able.stage(request.upto)
    if stage is None:
        raise UsageError(
            "stage-not-in-pack", f"The pack {pack} has no stage {request.upto}.", f"Ask for --upto {able.last_stage}."
        )
    if request.aspect not in stage.sizes:
        raise UsageError(
            "aspect-not-in-pack",
            f"The pack {pack} does not make {request.aspect} pictures.",
            f"It makes {', '.join(stage.sizes)}.",
        )
    if not able.lengths.possible(request.frames):
        raise UsageError(
            "bad-request",
            f"{request.frames} frames are not possible: the pack {pack} makes {able.lengths.rule}.",
            f"Ask for {able.lengths.nearest(request.frames)}; it makes {able.lengths.longest} at most.",
        )
    for refused in (
        _begin_refused(request, able),
        _words_refused(request, able),
        _number_refused("steps", request.steps, able.steps),
        _number_refused("guidance", request.guidance, able.guidance),
    ):
        if refused:
            raise UsageError("not-in-pack", f"The pack {pack} {refused}.")
    return stage.sizes[request.aspect]


def _begin_refused(request: ClipRequest, able: Capabilities) -> str:
    if request.image is not None and able.still == "no":
        return "does not begin with stills"
    if request.image is None and request.source is None and able.still == "must":
        return "needs a still to begin with"
    if request.source is not None and request.overlap not in able.seen:
        seen = " or ".join(map(str, able.seen))
        return f"sees {seen} frames of what it continues, not {request.overlap}" if seen else "continues no clips"
    if request.size is not None and not able.moves_stills:
        return "makes no larger clips from stills"
    return ""


def _words_refused(request: ClipRequest, able: Capabilities) -> str:
    if request.negative and not able.negative:
        return "cannot be told what to keep away from"
    if max(len(request.prompt), len(request.negative)) > able.longest_prompt:
        return f"reads at most {able.longest_prompt} characters"
    return ""


def _number_refused(name: str, asked: float | None, setting: Setting | None) -> str:
    if asked is None or (setting is not None and asked == setting.value):
        return ""
    if setting is None:
        return f"has no {name} to set"
    return f"always has {name} {setting.value:g}" if setting.fixed else ""


def _known(vocabulary: Vocabulary, text: str) -> list[str]:
    return [word for word in vocabulary.split(text) if vocabulary.knows(word)]


def _summary(pack: InstalledPack) -> str:
    knows = pack.manifest.knows
    words = [", ".join(group.en) for group in (knows.subjects, knows.actions, knows.places) if group.en]
    return "; ".join(words) or "other words; see its card"
