"""``walt generate --from CLIP``: make a clip again, bit for bit, or say why that is not possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.errors import UsageError, WaltError
from engine.api.provenance import KEY, Provenance, file_hash
from engine.api.request import ClipRequest
from engine.api.types import STAGES, StageName

if TYPE_CHECKING:
    from engine.packs.store import InstalledPack


@dataclass(frozen=True, slots=True)
class Record:
    """What a clip's file says about how it was made."""

    request: ClipRequest
    provenance: Provenance

    @property
    def stage(self) -> StageName:
        """The last stage in the clip, which may be an earlier one than was asked for."""
        stages = dict(zip(map(str, STAGES), STAGES, strict=True))
        return stages.get(self.provenance.stage, self.request.upto)


def read_record(path: str | Path) -> Record:
    """What is needed to make a clip again, from its file.

    Raises:
        UsageError: ``not-made-by-walt`` for other files, and for those that were written without metadata.
        WaltError: what `engine.media.reading.read_metadata` may raise.
    """
    from engine.media.reading import read_metadata

    metadata = read_metadata(path)
    try:
        return Record(ClipRequest.from_json(metadata["walt"]), Provenance.from_json(metadata[KEY]))
    except (KeyError, ValueError, UsageError):
        hint = "Clips that were exported without metadata, or by an older walt, can't be made again."
        raise UsageError("not-made-by-walt", f"{path} does not contain the settings it was made with.", hint) from None


def with_files(record: Record, clip: Path, image: str | None, source: str | None) -> ClipRequest:
    """The request, with the files that it begins with where they are now.

    A clip's file holds their names and hashes, but no folder: they are looked for beside it and here.

    Args:
        record: What the clip's file says.
        clip: That file.
        image: Where the still is, if the user says so.
        source: The same for the video that was continued.

    Raises:
        WaltError: ``still-missing`` or ``still-differs``.
    """
    request, provenance = record.request, record.provenance
    found: dict[str, str] = {}
    if request.image is not None:
        found["image"] = _same("still", request.image, image, clip, provenance.still, "--image")
    if request.source is not None:
        found["source"] = _same("video", request.source, source, clip, provenance.source, "--continue")
    return replace(request, **found)


def _same(kind: str, name: str, said: str | None, clip: Path, expected: str, option: str) -> str:
    """The path of the file that a clip began with: where the user says, beside the clip, or here."""
    own = Path(name).name
    places = (clip.parent / own, Path(own)) if said is None else (Path(said),)
    there = [place for place in places if place.is_file()]
    if not there:
        message = f"The clip began with the {kind} {own}, which is not {'here' if said is None else f'at {said}'}."
        raise WaltError("still-missing", message, f"Give its path with {option}.")
    for place in there:
        if file_hash(place) == expected:
            return str(place)
    message = f"The clip began with another {kind} than {there[0]}."
    raise WaltError("still-differs", message, f"Give the original file with {option}.")


def require_same_pack(record: Record, pack: InstalledPack) -> None:
    """Refuse to make the clip with anything but the pack that made it.

    Raises:
        WaltError: ``pack-differs``.
    """
    from engine.packs.manifest import fingerprint

    if fingerprint(pack.path) != record.provenance.pack:
        raise WaltError(
            "pack-differs",
            f"The clip was made with another version of the pack {pack.name} (SHA-256 {record.provenance.pack[:12]}…).",
            "Install that one, or give its folder with --pack.",
        )
