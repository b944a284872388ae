"""Pictures in and out: a still from anywhere, checked at the door, and PNG sheets written whole."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin

from engine.api.errors import WaltError
from engine.api.shapes import crop_box
from engine.media import heic
from engine.media.colours import NEUTRAL as NEUTRAL
from engine.media.picture_colours import HEAD_BYTES, Conversion
from engine.media.png import repaired
from engine.media.resize import fit
from engine.runtime.fault_injection import fault_point
from engine.runtime.files import atomic_write, read_plain

MAX_BYTES = 100 * 2**20
MAX_PIXELS = 100_000_000
MAX_JPEG_PIXELS = 200_000_000
"""JPEGs are made smaller while they are decoded."""

_FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "GIF", "BMP", "TIFF", "PPM", "ICO", "JPEG2000", heic.FORMAT)
_KINDS = "walt opens PNG, JPEG, HEIC, WebP, AVIF, BMP, TIFF, JPEG 2000 and GIF (its first picture)."
_SIGNATURE = re.compile(
    rb".{4}ftyp(?:avi[fs]|hei[cxms]|mif1)|"
    rb"\x89PNG|\xff\xd8\xff|GIF8|BM|II[*+]\0|MM\0[*+]|RIFF.{4}WEBP|P[1-6]\s|.{4}jP  |\xff\x4f\xff\x51",
    re.DOTALL,
)
_BAND_PIXELS = 2**20
"""So many pixels are converted at once: a huge picture is in memory once, as decoded."""

# The limits are those above, which are told in a sentence.
Image.MAX_IMAGE_PIXELS = None


def load_still(path: str | Path, width: int, height: int) -> NDArray[np.uint8]:
    """Read a picture file as (height, width, 3) sRGB: upright, cropped (`crop_box`), resized.

    Pictures of other colour profiles and modes become 8-bit sRGB; transparency is laid on a neutral grey.

    Raises:
        WaltError: ``image-not-found``, ``image-unreadable``, ``image-too-large`` or ``image-not-supported``.
    """
    return fit_still(read_still(path, width, height), width, height)


def fit_still(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A picture (H, W, 3) as a clip begins with it: cropped (`crop_box`) and resized to (height, width, 3)."""
    left, top, wide, high = crop_box((picture.shape[1], picture.shape[0]), width, height)
    return fit(picture[top : top + high, left : left + wide], width, height)


def read_still(path: str | Path, width: int, height: int) -> NDArray[np.uint8]:
    """Read a whole picture file, what `load_still` crops too: (H, W, 3) sRGB, upright.

    One with over twice as many pixels as a frame of ``width`` x ``height`` needs comes smaller, by a whole number.

    Raises:
        WaltError: as `load_still`.
    """
    path = Path(path)
    with _opened(path) as (image, head):
        columns, rows = _upright_size(image)
        return _to_rgb(path, image, head, int(min(columns / width, rows / height) / 2))


def read_picture(path: str | Path, side: int | None = None) -> NDArray[np.uint8]:
    """Read a whole picture file as (H, W, 3) sRGB: upright, in its own size.

    Args:
        path: The file.
        side: Pixels that are needed of the longer side: a picture with over twice as many comes smaller, by a whole
            number.

    Raises:
        WaltError: as `load_still`.
    """
    path = Path(path)
    with _opened(path) as (image, head):
        return _to_rgb(path, image, head, 1 if side is None else max(image.size) // (2 * side))


def picture_size(path: str | Path) -> tuple[int, int]:
    """Width and height of a picture file, upright; what is not decoded may still be damaged.

    Raises:
        WaltError: as `load_still`.
    """
    with _opened(Path(path)) as (image, _):
        return _upright_size(image)


def write_png(path: str | Path, rgb: NDArray[np.uint8]) -> None:
    """Write an (H, W, 3) RGB picture as PNG, whole or not at all.

    Raises:
        WaltError: ``output-not-writable``.
    """
    with atomic_write(path) as part:
        fault_point("write")
        part.write_bytes(png_bytes(rgb))


def png_bytes(rgb: NDArray[np.uint8], metadata: Mapping[str, str] | None = None) -> bytes:
    """An (H, W, 3) RGB picture as a PNG file; ``metadata`` becomes its text chunks (iTXt, UTF-8)."""
    texts = PngImagePlugin.PngInfo()
    for key, text in (metadata or {}).items():
        texts.add_itxt(key, text)
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG", pnginfo=texts, compress_level=1)
    return file.getvalue()


def _read(path: Path) -> bytes:
    """The file's bytes, if it is a plain file of a sensible size."""
    try:
        fault_point("read")
        data = read_plain(path, MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise WaltError("image-not-found", f"There is no picture at {path}.", "Check the path.") from None
    except IsADirectoryError:
        raise WaltError(
            "image-unreadable", f"{path} is a folder, not a picture.", "Give a picture file."
        ) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WaltError("image-unreadable", f"{path} cannot be read: {reason}.", "Check the file.") from error
    if len(data) > MAX_BYTES:
        limit = f"Pictures may have up to {MAX_BYTES // 2**20} MB."
        raise WaltError("image-too-large", f"{path} is too large.", limit)
    if not data:
        raise WaltError("image-unreadable", f"{path} is empty.", "Choose another picture.")
    return data


@contextmanager
def _opened(path: Path) -> Generator[tuple[Image.Image, bytes]]:
    """The picture, not decoded yet, of a possible size, and its first bytes; what goes wrong is told in a sentence."""
    data = _read(path)
    try:
        # Pillow warns about damaged metadata; its readers raise whatever their parsing raises.
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(repaired(data)), formats=_FORMATS) as image,
        ):
            _check_size(path, image)
            yield image, data[:HEAD_BYTES]
    except WaltError:
        raise
    except MemoryError as error:
        hint = "Make the picture smaller, or close other programs."
        raise WaltError("image-too-large", f"There is not enough memory to open {path}.", hint) from error
    except Exception as error:
        raise _refusal(path, data, error) from error


def _refusal(path: Path, data: bytes, error: Exception) -> WaltError:
    """What to say of a file that could not be opened or decoded."""
    if not _SIGNATURE.match(data):
        return WaltError("image-not-supported", f"{path} is not a picture that walt can open.", _KINDS)
    if "truncated" in str(error).lower():
        hint = "Copy or download the picture again."
        return WaltError("image-unreadable", f"{path} is incomplete: part of the picture is missing.", hint)
    return WaltError(
        "image-unreadable", f"{path} is damaged and cannot be opened.", "Choose another picture."
    )


def _check_size(path: Path, image: Image.Image) -> None:
    limit = MAX_JPEG_PIXELS if isinstance(image, JpegImagePlugin.JpegImageFile) else MAX_PIXELS
    if image.width * image.height > limit:
        hint = f"Pictures of this kind may have up to {limit // 10**6} megapixels."
        raise WaltError(
            "image-too-large", f"{path} has {image.width} × {image.height} pixels, which is too many.", hint
        )


def _to_rgb(path: Path, image: Image.Image, head: bytes, shrink: int) -> NDArray[np.uint8]:
    """Decode to (H, W, 3) sRGB, upright, and about ``shrink`` times smaller in both directions if that is over 1."""
    width = image.width
    if shrink > 1:
        image.draft(None, (-(-image.width // shrink), -(-image.height // shrink)))
    _require_known(path, image)
    image.load()
    shrink = max(1, shrink * image.width // width)
    rgb = np.empty((-(-image.height // shrink), -(-image.width // shrink), 3), np.uint8)
    rows = max(1, _BAND_PIXELS // (image.width * shrink))
    convert = Conversion(image, head)
    for row in range(0, len(rgb), rows):
        bottom = min(image.height, (row + rows) * shrink)
        rgb[row : row + rows] = convert(image.crop((0, row * shrink, image.width, bottom)), shrink)
    return _upright(rgb, _orientation(image))


def _require_known(path: Path, image: Image.Image) -> None:
    if image.mode == "F" or (image.mode == "I" and image.format != "PPM"):  # whose range nothing tells
        kind = f"pixels of the kind {image.mode}"
        raise WaltError(
            "image-not-supported", f"{path} holds {kind}, which walt cannot open.", "Save it as PNG."
        )


def _orientation(image: Image.Image) -> int:
    """EXIF's, 1 to 8; damaged or strange EXIF counts as upright, as elsewhere. Pillow turns TIFF by itself."""
    if image.format != "TIFF":
        with suppress(Exception):
            return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    return 1


def _upright_size(image: Image.Image) -> tuple[int, int]:
    return image.size if _orientation(image) not in (5, 6, 7, 8) else (image.height, image.width)


def _upright(picture: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo EXIF's orientation: 2 mirrored, 3 upside down, 6 and 8 on a side, the others also mirrored."""
    if orientation in (5, 6, 7, 8):
        picture = picture.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        picture = picture[::-1]
    if orientation in (2, 3, 6, 7):
        picture = picture[:, ::-1]
    return np.ascontiguousarray(picture)
