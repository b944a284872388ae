"""Animated WebP, which Pillow decodes and FFmpeg does not, read like a video."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from engine.media.frame_pixels import MAX_PIXELS
from engine.media.images import MAX_BYTES
from engine.media.notes import webp_note
from engine.media.picture_colours import Conversion
from engine.media.resize import fit
from engine.media.video_file import unreadable
from engine.runtime.files import read_plain

_CHUNK = struct.Struct("<4sI")
_SLACK_MS = 3
"""Durations are whole milliseconds: 24 frames a second are 41 and 42 of them by turns."""
_MOST_REPEATS = 1000


@dataclass(frozen=True, slots=True)
class WebPFrame:
    """A picture of the animation, and its time in seconds."""

    time: float
    rgb: NDArray[np.uint8]

    @property
    def stored(self) -> tuple[int, int]:
        """Width and height."""
        return self.rgb.shape[1], self.rgb.shape[0]

    def pixels(self, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """(H, W, 3) sRGB; fitted to ``size`` (width, height), cropped from the centre, if there is one."""
        return self.rgb if size is None else fit(self.rgb, *size)


def is_webp(path: Path) -> bool:
    """Whether the file begins as WebP."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"


class AnimatedWebP:
    """An open WebP. Pictures that are shown for several times as long as the shortest are given as often: an encoder
    makes one of equal ones.

    Raises:
        WaltError: ``clip-unreadable``, for a WebP with a single picture too.
    """

    def __init__(self, path: Path, shown: str | Path) -> None:
        self._path, self._shown, self._from = path, shown, 0.0
        try:
            data = read_plain(path, MAX_BYTES)
        except OSError as error:
            raise unreadable(shown, (error.strerror or str(error)).lower()) from error
        if len(data) > MAX_BYTES:
            raise unreadable(shown, "it is too large a file")
        durations = self._durations(data)
        if not durations:
            raise unreadable(shown, "it is a single picture")
        tick = max(1, min(durations))
        even = all(abs(ms - tick * round(ms / tick)) <= _SLACK_MS * round(ms / tick) for ms in durations)
        self._times = [round(ms / tick) if even and ms < tick * _MOST_REPEATS else 1 for ms in durations]
        self.seconds = sum(durations) / 1000
        self.fps = sum(self._times) / self.seconds if self.seconds else 0.0
        self._durations_ms = durations

    @property
    def metadata(self) -> dict[str, str]:
        """What walt wrote into it."""
        try:
            with Image.open(self._path, formats=["WEBP"]) as image:
                return webp_note(image)
        except (OSError, ValueError, SyntaxError):
            return {}

    def __enter__(self) -> AnimatedWebP:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def jump(self, seconds: float) -> bool:
        """Leave out what is shown before; pictures are made of those before them, so they are decoded all the same."""
        self._from = seconds
        return True

    def rewind(self) -> None:
        """Begin anew from the start."""
        self._from = 0.0

    def frames(self) -> Iterator[WebPFrame]:
        """The pictures, each as often as it is shown; those that cannot be decoded end it.

        Raises:
            WaltError: ``clip-unreadable`` when there is none.
        """
        given, time = 0, 0.0
        try:
            with Image.open(self._path, formats=["WEBP"]) as image:
                if not 0 < image.width * image.height <= MAX_PIXELS:
                    raise unreadable(self._shown, "its frame size is not possible")
                for index, (times, ms) in enumerate(zip(self._times, self._durations_ms, strict=True)):
                    image.seek(index)
                    rgb = Conversion(image, b"")(image)
                    for repeat in range(times):
                        begin = time + repeat * ms / times / 1000
                        given += 1
                        if begin + ms / times / 1000 > self._from:
                            yield WebPFrame(begin, rgb)
                    time += ms / 1000
        except (OSError, EOFError, ValueError, SyntaxError) as error:
            if not given:
                raise unreadable(self._shown, "no frame in it can be decoded") from error

    def _durations(self, data: bytes) -> list[int]:
        """Milliseconds of each picture."""
        found: list[int] = []
        at = 12
        while at + _CHUNK.size <= len(data):
            kind, length = _CHUNK.unpack_from(data, at)
            body = at + _CHUNK.size
            if kind == b"ANMF" and body + 16 <= len(data):
                found.append(int.from_bytes(data[body + 12 : body + 15], "little"))
            at = body + length + length % 2
        return found
