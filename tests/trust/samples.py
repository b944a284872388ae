"""Small good files of every kind that walt opens, from which the bad ones are made."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import av
import cv2
import numpy as np

from tests.heic_files import QUARTERS

SIZE = (24, 16)


def _noise(channels: int, dtype: type = np.uint8) -> np.ndarray:
    shape = (SIZE[1], SIZE[0], channels) if channels > 1 else (SIZE[1], SIZE[0])
    top = np.iinfo(dtype).max
    return np.random.default_rng(channels).integers(0, top, shape, dtype=dtype)


@cache
def pictures() -> dict[str, bytes]:
    """Every kind, with one, three and four channels, eight and sixteen bits, plain and animated, and no picture."""
    made = {
        f"{kind}-{channels}-{dtype.__name__}": cv2.imencode(f".{kind}", _noise(channels, dtype))[1].tobytes()
        for kind, channels, dtype in (
            ("png", 1, np.uint8), ("png", 3, np.uint8), ("png", 4, np.uint16), ("jpg", 1, np.uint8),
            ("jpg", 3, np.uint8), ("webp", 3, np.uint8), ("webp", 4, np.uint8), ("bmp", 3, np.uint8),
            ("bmp", 4, np.uint8), ("tiff", 1, np.uint16), ("tiff", 3, np.uint8), ("tiff", 4, np.uint8),
            ("gif", 3, np.uint8),
        )
    }  # fmt: skip
    photo = QUARTERS.read_bytes()
    return {**made, **pillow_pictures(), "heic": photo, "svg": b"<svg width='9' height='9'/>", "pdf": b"%PDF-1.7\n"}


def pillow_pictures() -> dict[str, bytes]:
    """What OpenCV does not write: CMYK, palettes, interlaced and animated pictures, EXIF."""
    from PIL import Image, ImageCms

    picture = Image.fromarray(_noise(3))
    exif = Image.Exif()
    exif[274] = 6
    made: dict[str, bytes] = {}

    def keep(name: str, image: Image.Image, kind: str, **options: object) -> None:
        file = io.BytesIO()
        image.save(file, kind, **options)
        made[name] = file.getvalue()

    keep("cmyk.jpg", picture.convert("CMYK"), "JPEG", quality=95)
    keep("exif.jpg", picture, "JPEG", exif=exif, progressive=True)
    keep("exif.png", picture, "PNG", exif=exif)
    keep("exif.webp", picture, "WEBP", exif=exif)
    keep("profile.jpg", picture, "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    keep("avif", picture, "AVIF", exif=exif)
    keep("palette.png", picture.convert("P"), "PNG", transparency=0)
    keep("one-bit.png", picture.convert("1"), "PNG")
    keep("lzw.tiff", picture, "TIFF", compression="tiff_lzw")
    more = {"save_all": True, "append_images": [picture.rotate(90)], "duration": 100}
    keep("animated.gif", picture, "GIF", **more)
    keep("animated.webp", picture, "WEBP", **more)
    keep("animated.png", picture, "PNG", **more)
    return made


def videos(folder: Path) -> dict[str, bytes]:
    """A few frames in each container."""
    kinds = {
        "mp4": "libx264", "mov": "mpeg4", "mkv": "libx264", "webm": "libvpx", "avi": "mpeg4", "ts": "mpeg2video",
        "gif": "gif", "ogg": "libtheora", "flv": "flv",
    }  # fmt: skip
    made: dict[str, bytes] = {}
    for kind, codec in kinds.items():
        if codec in av.codecs_available and codec in av.codec.codecs_available:
            made[kind] = _video(folder / f"sample.{kind}", codec)
    return made


def _video(path: Path, codec: str) -> bytes:
    formats = {"ts": "mpegts", "mkv": "matroska", "gif": "gif"}
    with av.open(str(path), "w", format=formats.get(path.suffix[1:])) as container:
        container.metadata["walt"] = '{"prompt": "a horse"}'
        stream = container.add_stream(codec, rate=24)
        stream.width, stream.height = 32, 16
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        for index in range(5):
            rgb = np.full((16, 32, 3), 40 * index, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    data = path.read_bytes()
    path.unlink()
    return data
