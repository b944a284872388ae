"""Clips out: H.264 in MP4, written whole, with the request that made them in the file's metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.api.errors import WaltError
from engine.api.provenance import KEY
from engine.media.encoders import VideoJob, encode, failed, needed_encoder
from engine.media.presets import preset_named
from engine.media.reading import StoredClip, iter_frames, read_clip, read_metadata
from engine.runtime.fault_injection import fault_point
from engine.runtime.files import atomic_write

if TYPE_CHECKING:
    from engine.api.clip import Clip

__all__ = ["StoredClip", "iter_frames", "provenance", "read_clip", "read_metadata", "write_mp4"]


def provenance(clip: Clip) -> dict[str, str]:
    """A clip file's metadata: ``walt`` is the request as JSON, ``title`` and ``comment`` are for people.

    ``walt_origin`` is `engine.api.provenance.Provenance` as JSON, for clips that know theirs.
    """
    request = clip.request
    # A file is shared; the folders of whoever made it are nobody's business.
    named = {"image": request.image, "source": request.source, "pack": request.pack}
    request = replace(request, **{key: Path(path).name for key, path in named.items() if path})
    comment = f"Made with walt: pack {clip.pack}, stage {clip.stage}, seed {request.seed}."
    made = {"title": request.prompt, "comment": comment, "walt": request.to_json()}
    return made if clip.origin is None else {**made, KEY: clip.origin.to_json()}


def write_mp4(
    path: str | Path, frames: NDArray[np.uint8], fps: int = 8, metadata: Mapping[str, str] | None = None
) -> None:
    """Write (T, H, W, 3) RGB frames as an H.264 MP4 that any player opens, whole or not at all.

    Colours are BT.709, 4:2:0. Metadata keys are free; they come back from `read_metadata`. The same frames
    give the same file: x264's macroblock tree is off (its choices vary with whatever was in memory before:
    150 encodings of one clip gave dozens of different files with it, one without), and so is the choice of
    threads. The new file is read back and its frames are counted before it takes the place of an old one.

    Raises:
        WaltError: ``output-not-writable`` (place, permission or room), ``video-encoder-missing`` or
            ``video-encoder-failed``.
        ValueError: for frames of another shape or type, or with an odd width or height.
    """
    if frames.ndim != 4 or frames.shape[3] != 3 or frames.dtype != np.uint8 or frames.shape[0] == 0:
        raise ValueError(f"frames must be (T, H, W, 3) uint8, not {frames.shape} {frames.dtype}")
    if frames.shape[1] % 2 or frames.shape[2] % 2:
        raise ValueError(f"H.264 in 4:2:0 needs an even width and height, not {frames.shape[1:3]}")
    preset = preset_named("mp4-h264")
    size = (frames.shape[2], frames.shape[1])
    job = VideoJob(preset, needed_encoder(preset), "best", size, fps, dict(metadata or {}))
    with atomic_write(path) as part:
        encode(part, job, frames, lambda: None)
        _verify(part, frames.shape)


def _verify(part: Path, shape: tuple[int, ...]) -> None:
    """Read the new file back and count what is in it."""
    fault_point("verify")
    try:
        found = [frame.shape for frame in iter_frames(part)]
    except WaltError as error:
        raise failed("MP4", error.message) from error
    if found != [shape[1:]] * shape[0]:
        raise failed("MP4", f"{len(found)} of {shape[0]} frames could be read back")
