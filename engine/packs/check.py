"""The door for requests: what a pack cannot do is said before any weight is loaded. No torch here."""

from __future__ import annotations

from dataclasses import dataclass

from engine.api.errors import UsageError
from engine.api.request import ClipRequest
from engine.api.types import MAX_PROMPT
from engine.packs.manifest import MAX_MANIFEST_BYTES, VOCABULARY, Manifest, damaged
from engine.packs.store import InstalledPack
from engine.runtime.files import read_plain
from engine.text.suggestions import suggest
from engine.text.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A word of the prompt that will have no effect, and the known word that is spelt most alike."""

    word: str
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What a pack makes of a prompt: words it does not know, and known words beyond the length it reads."""

    unknown: tuple[UnknownWord, ...]
    unread: tuple[str, ...]


def read_vocabulary(pack: InstalledPack) -> Vocabulary:
    """The words that a pack knows.

    Raises:
        WaltError: ``pack-damaged`` or ``bad-vocabulary``.
    """
    try:
        text = read_plain(pack.path / VOCABULARY, MAX_MANIFEST_BYTES)
        if len(text) > MAX_MANIFEST_BYTES:
            raise damaged(pack.path, f"{VOCABULARY} is too large")
        return Vocabulary.from_json(text.decode())
    except OSError as error:
        raise damaged(pack.path, f"{VOCABULARY} cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise damaged(pack.path, f"{VOCABULARY} is not text") from None


def check_request(request: ClipRequest, pack: InstalledPack) -> Heard:
    """Whether ``pack`` can make what is asked, and which words of prompt and negative will have no effect.

    Raises:
        UsageError: ``stage-not-in-pack``, ``aspect-not-in-pack`` or ``prompt-not-known``.
        WaltError: what reading the still, the clip to continue or the vocabulary may raise.
    """
    height, width = pack.manifest.size(request.aspect, request.upto)
    vocabulary = read_vocabulary(pack)
    if not _known(vocabulary, request.prompt):
        raise UsageError(
            "prompt-not-known",
            f"The pack {pack.name} knows no word of this prompt.",
            f"It knows {_summary(pack.manifest)}.",
        )
    if request.image is not None:
        from engine.media.stills import load_still

        load_still(request.image, width, height)
    if request.source is not None:
        from engine.media.reading import frames_before

        frames_before(request.source, request.source_frame, request.overlap, (width, height))
    both = f"{request.prompt}\n{request.negative}"
    unknown = dict.fromkeys(vocabulary.unknown(request.prompt) + vocabulary.unknown(request.negative))
    length = pack.manifest.text.get("length")
    if not isinstance(length, int) or length < 1:  # a damaged pack; loading it says so
        length = MAX_PROMPT
    return Heard(
        tuple(UnknownWord(word, suggest(vocabulary, word, both)) for word in unknown),
        tuple(
            word for text in (request.prompt, request.negative) for word in _known(vocabulary, text)[length:]
        ),
    )


def _known(vocabulary: Vocabulary, text: str) -> list[str]:
    return [word for word in vocabulary.split(text) if vocabulary.knows(word)]


def _summary(manifest: Manifest) -> str:
    groups = (manifest.knows.subjects, manifest.knows.actions, manifest.knows.places)
    words = [", ".join(group.en) for group in groups if group.en]
    return "; ".join(words) or "other words; see its card"
