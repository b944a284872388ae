"""The metadata of a clip's file: the request that made it, and what else decides its frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.provenance import KEY

if TYPE_CHECKING:
    from engine.api.clip import Clip


def provenance(clip: Clip) -> dict[str, str]:
    """A clip file's metadata: ``walt`` is the request as JSON, ``title`` and ``comment`` are for people.

    ``walt_origin`` is `engine.api.provenance.Provenance` as JSON, for clips that know theirs.
    """
    request = clip.request
    # A file is shared; the folders of whoever made it are nobody's business.
    named = {"image": request.image, "source": request.source, "pack": request.pack}
    request = replace(request, **{key: Path(path).name for key, path in named.items() if path})
    comment = f"Made with walt: pack {clip.pack}, stage {clip.stage}, seed {request.seed}."
    if request.image is not None:
        comment += " Of a photograph, the pixels are its own; the camera's motion is the model's."
    made = {"title": request.words, "comment": comment, "walt": request.to_json()}
    return made if clip.provenance is None else {**made, KEY: clip.provenance.to_json()}
