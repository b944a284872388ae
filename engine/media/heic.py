"""Photographs of phones: HEIC for Pillow, its HEVC tiles decoded by FFmpeg's library and put together.

Only the primary picture is read: not its depth, its alpha, its brightness for HDR displays, nor a burst.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import av
import av.error
import numpy as np
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from PIL import Image, ImageFile

from engine.media.frame_pixels import ACCURATE
from engine.media.heif_boxes import HeifPicture, Property, read_header

FORMAT = "HEIC"
_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1")
_LARGEST_TILE = 1024
"""A picture smaller than its tiles may have tiles of so many pixels across."""
_UNSPECIFIED, _BT601, _FULL_RANGE = 2, 5, 2
_MATRIX = {1: 1, 5: 5, 6: 5, 7: 7, 9: 9}
"""ITU-T H.273's matrix to FFmpeg's name of it for conversion; for others BT.601, as the standard has it."""


class HeicImage(ImageFile.ImageFile):
    """A HEIC picture: RGB, cropped, turned and mirrored as its header says."""

    format = FORMAT
    format_description = "HEIF picture coded as HEVC"

    def _open(self) -> None:
        data = self.fp.read() if self.fp is not None else b""
        try:
            picture = read_header(data)
        except ValueError as error:
            raise SyntaxError(str(error)) from error  # Pillow's word for: not mine, ask the next one
        self._data, self._picture = data, picture
        self._mode = "RGB"
        self._size = _changed_size(picture)
        if picture.profile:
            self.info["icc_profile"] = picture.profile
        elif picture.nclx is not None:
            self.info["nclx"] = picture.nclx[:2]

    def load(self) -> Image.core.PixelAccess | None:
        """Decode.

        Raises:
            OSError: the picture is damaged or incomplete.
        """
        if self._data:
            pixels = _decode(self._data, self._picture)
            for change in self._picture.changes:
                pixels = _changed(pixels, change)
            if pixels.shape[1::-1] != self._size:
                raise OSError("the picture has not the size that its header names")
            self.im = Image.fromarray(np.ascontiguousarray(pixels)).im
            self._data = b""
        return Image.Image.load(self)


def _decode(data: bytes, picture: HeifPicture) -> NDArray[np.uint8]:
    """(H, W, 3) RGB in the colours of the file."""
    width, height = picture.size
    pixels = np.zeros((height, width, 3), np.uint8)
    tiles, reached = 0, (0, 0)
    try:
        for frame in _frames(data, picture):
            row, column = divmod(tiles, picture.columns)
            tiles, reached = tiles + 1, ((column + 1) * frame.width, (row + 1) * frame.height)
            part = pixels[row * frame.height :, column * frame.width :][: frame.height, : frame.width]
            if not part.size:
                raise OSError("a tile lies outside of the picture")
            part[:] = _rgb(frame, picture)[: part.shape[0], : part.shape[1]]
    except (av.error.FFmpegError, ValueError) as error:
        raise OSError("a tile of the picture is damaged") from error
    if tiles != len(picture.tiles) or reached[0] < width or reached[1] < height:
        raise OSError("tiles of the picture are damaged")
    return pixels


def _frames(data: bytes, picture: HeifPicture) -> Iterator[VideoFrame]:
    decoder = av.CodecContext.create("hevc", "r")
    decoder.extradata = picture.decoder
    width, height = picture.size
    decoder.options = {"max_pixels": str((width + _LARGEST_TILE) * (height + _LARGEST_TILE))}
    for offset, length in picture.tiles:
        if offset + length > len(data):
            raise OSError("the picture is truncated")
        yield from decoder.decode(av.Packet(data[offset : offset + length]))
    yield from decoder.decode(None)


def _rgb(frame: VideoFrame, picture: HeifPicture) -> NDArray[np.uint8]:
    """The header's colours go before those that the tile itself names."""
    matrix, full = frame.colorspace, frame.color_range in (0, _FULL_RANGE)
    if picture.nclx is not None:
        matrix, full = _MATRIX.get(picture.nclx[2], _UNSPECIFIED), picture.nclx[3]
    converted = frame.reformat(
        format="rgb24",
        src_colorspace=_BT601 if matrix == _UNSPECIFIED else matrix,
        src_color_range=_FULL_RANGE if full else 1,
        interpolation=ACCURATE,
    )
    return converted.to_ndarray().astype(np.uint8, copy=False)


def _changed_size(picture: HeifPicture) -> tuple[int, int]:
    width, height = picture.size
    for change in picture.changes:
        if change.kind == b"clap":
            _, _, width, height = _aperture(change, (width, height))
        elif change.kind == b"irot" and change.data[0] & 1:
            width, height = height, width
    return width, height


def _changed(pixels: NDArray[np.uint8], change: Property) -> NDArray[np.uint8]:
    """One of the header's changes: cropped, turned by quarters against the clock, or mirrored."""
    if change.kind == b"clap":
        left, top, width, height = _aperture(change, pixels.shape[1::-1])
        return pixels[top : top + height, left : left + width]
    if change.kind == b"irot":
        return np.rot90(pixels, change.data[0] & 3)
    return pixels[:, ::-1] if change.data[0] & 1 else pixels[::-1]


def _aperture(change: Property, size: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, width and height of what shows; all of it if the header makes no sense."""
    numbers = struct.unpack(">IIIIiIiI", change.data[:32])
    if 0 in numbers[1::2]:
        return 0, 0, size[0], size[1]
    width, height, right, down = (numbers[n] / numbers[n + 1] for n in range(0, 8, 2))
    left, top = round((size[0] - width) / 2 + right), round((size[1] - height) / 2 + down)
    wide, high = round(width), round(height)
    inside = 0 <= left < left + wide <= size[0] and 0 <= top < top + high <= size[1]
    return (left, top, wide, high) if inside else (0, 0, size[0], size[1])


def _accept(prefix: bytes) -> bool:
    return prefix[4:8] == b"ftyp" and prefix[8:12] in _BRANDS


Image.register_open(FORMAT, HeicImage, _accept)
