"""Fetch the photographs of photos.toml: `python packaging/starter/photos.py --out FOLDER`.

They come from packages of Debian 12, by `apt-get download`; nothing is installed. FOLDER gets `pictures` for training,
`unseen` for `walt evaluate`, `panoramas`, and `credits.md`, which says whose they are. Pictures that are the same, or
nearly, are refused: none may be in training under one name and unseen under another.
"""

from __future__ import annotations

import argparse
import bz2
import re
import subprocess
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import combinations
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QResource

TABLE = Path(__file__).with_name("photos.toml")
FOLDERS = {"train": "pictures", "unseen": "unseen", "panoramas": "panoramas"}
ALIKE = 24
"""Bits of 256 in which the hashes of two pictures differ at most where one counts as the other
in another size or quality. Crops differ in more: they were looked for by eye.
"""


@dataclass(frozen=True, slots=True)
class Photo:
    """One picture of the table.

    Attributes:
        package: Debian's package.
        path: The file inside it; a file in an .rcc has its name there after that of the .rcc.
        kind: What the scene shows.
        part: ``train``, ``unseen`` or ``panoramas``.
        licence, credit: What credits say; None where the package's copyright file says it of each file.
    """

    package: str
    path: str
    kind: str
    part: str
    licence: str | None
    credit: str | None

    @property
    def name(self) -> str:
        """A file name: the kind and the picture's own name, or its folder's where the name is only a size."""
        path = Path(self.path)
        own = path.parents[2].name if re.fullmatch(r"\d+x\d+", path.stem) else path.stem
        return f"{self.kind}-{own.removesuffix('@2x')}"


def table(path: Path = TABLE) -> list[Photo]:
    """All pictures of the table, in its order."""
    found: list[Photo] = []
    for package in tomllib.loads(path.read_text("utf-8"))["package"]:
        for part in FOLDERS:
            for kind, names in package.get(part, {}).items():
                for name in names:
                    inside = f"{package['folder']}/{name}{package.get('suffix', '')}"
                    licence, credit = package.get("licence"), package.get("credit")
                    found.append(Photo(package["name"], inside, kind, part, licence, credit))
    return found


@dataclass(frozen=True)
class Paragraph:
    """What a Debian copyright file says of some files."""

    files: tuple[str, ...]
    holders: tuple[str, ...]
    licence: str


def paragraphs(text: str) -> list[Paragraph]:
    """The `Files` paragraphs of a copyright file (Debian's copyright format 1.0)."""
    found: list[Paragraph] = []
    for block in re.split(r"\n\s*\n", text):
        fields: dict[str, list[str]] = {}
        name = ""
        for line in block.splitlines():
            if match := re.match(r"([A-Za-z-]+):(.*)", line):
                name = match[1]
                fields[name] = [match[2].strip()]
            elif name and line.startswith(" "):
                fields[name].append(line.strip())
        if "Files" in fields and "Copyright" in fields:
            holders = tuple(holder(line) for line in fields["Copyright"] if line)
            found.append(Paragraph(tuple(" ".join(fields["Files"]).split()), holders, fields["License"][0]))
    return found


def holder(line: str) -> str:
    """A name without years and addresses."""
    line = re.sub(r"<[^>]*>|\bhttps?://\S+|´", "", line)
    return re.sub(r"^[\d\s,.–-]+|[,\s]+\d{4}$", "", line.strip()).strip(" ,") or line.strip()


def credit(path: str, known: list[Paragraph]) -> Paragraph:
    """What is said of a file. The names are those of the source, so folders may differ; of several the last holds."""
    ends = ["/".join(path.split("/")[-n:]) for n in range(1, path.count("/") + 2)]
    by_path = (
        p for p in reversed(known) if any(fnmatch(end, pattern) for pattern in p.files for end in ends)
    )
    by_name = (p for p in reversed(known) if ends[0] in {pattern.split("/")[-1] for pattern in p.files})
    return next(by_name, None) or next(by_path)


def unpack(packages: Sequence[str], debs: Path, folder: Path) -> None:
    """Unpack each package into a folder of its name in ``folder``; those that ``debs`` lacks are downloaded to it."""
    for name in packages:
        if not any(debs.glob(f"{name}_*.deb")):
            subprocess.run(["apt-get", "download", name], cwd=debs, check=True)
        archive = next(debs.glob(f"{name}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", str(archive), name], cwd=folder, check=True)


def encoded(path: Path) -> bytes:
    """The bytes of a picture file: the largest JPEG in an .edj, a named file in an .rcc, otherwise the file.

    Raises:
        FileNotFoundError: where there is no such file.
    """
    box = next((parent for parent in path.parents if parent.suffix == ".rcc"), None)
    if box is not None:
        return _from_resource(box, path.relative_to(box).as_posix())
    data = path.read_bytes()
    return largest_jpeg(data) if path.suffix == ".edj" else data


def largest_jpeg(data: bytes) -> bytes:
    """The largest JPEG among the bytes of a file that holds several."""
    starts = [match.start() for match in re.finditer(b"\xff\xd8\xff", data)]
    ends = [data.rfind(b"\xff\xd9", a, b) + 2 for a, b in zip(starts, [*starts[1:], len(data)], strict=True)]
    return max((data[a:b] for a, b in zip(starts, ends, strict=True)), key=len)


def _from_resource(box: Path, name: str) -> bytes:
    root = f"/{box.stem}"
    if not QResource.registerResource(str(box), root):
        raise FileNotFoundError(box)
    found = QResource(f":{root}/gcompris/src/activities/{box.stem}/resource/{name}")
    data = bytes(found.uncompressedData().data()) if found.isValid() else b""
    QResource.unregisterResource(str(box), root)
    if not data:
        raise FileNotFoundError(f"{box}/{name}")
    return data


def picture(path: Path) -> NDArray[np.uint8]:
    """A picture (H, W, 3) BGR, 8 bits; of an .exr, which holds light, the brightest are clipped.

    Raises:
        ValueError: where it cannot be read.
    """
    data = encoded(path)
    if path.name == "face.dat":
        return np.frombuffer(bz2.decompress(data), np.uint8).reshape(768, 1024, 3)[..., ::-1].copy()
    if path.suffix == ".exr":
        return _from_light(path)
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if read is None:
        raise ValueError(f"{path} cannot be read")
    return np.asarray(read, np.uint8)


def _from_light(path: Path) -> NDArray[np.uint8]:
    """A picture that holds light, with its median in the middle of the greys."""
    with av.open(str(path)) as file:
        light = next(file.decode(video=0)).to_ndarray()[..., ::-1]
    light = np.maximum(np.nan_to_num(light), 0) * (0.2 / max(float(np.median(light)), 1e-6))
    return np.asarray((light / (1 + light / 4)).clip(0, 1) ** (1 / 2.2) * 255, np.uint8)


def mark(shown: NDArray[np.uint8]) -> int:
    """A hash of 256 bits that stays nearly the same in other sizes and qualities: which neighbours are brighter."""
    small = cv2.resize(cv2.cvtColor(shown, cv2.COLOR_BGR2GRAY), (17, 16), interpolation=cv2.INTER_AREA)
    bits = (small[:, 1:] > small[:, :-1]).ravel()
    return int("".join("1" if bit else "0" for bit in bits), 2)


def alike(marks: dict[str, int]) -> Iterator[tuple[str, str]]:
    """Pairs of names whose pictures count as the same."""
    for (a, x), (b, y) in combinations(marks.items(), 2):
        if (x ^ y).bit_count() <= ALIKE:
            yield a, b


def credits(photos: Sequence[Photo], known: dict[str, list[Paragraph]]) -> str:
    """Markdown: whose pictures these are, a line a package and licence."""
    by: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for photo in photos:
        if photo.licence is not None:
            by[photo.package, photo.licence][photo.credit or "see its copyright file"] += 1
            continue
        said = credit(photo.path, known[photo.package])
        by[photo.package, said.licence][", ".join(said.holders)] += 1
    lines = [
        f"- {package}, {licence}: {'; '.join(f'{name} ({n})' for name, n in sorted(counts.items()))}"
        for (package, licence), counts in sorted(by.items())
    ]
    return "\n".join(lines) + "\n"


def fetch(photos: Sequence[Photo], unpacked: Path, out: Path) -> None:
    """Write every picture.

    Raises:
        ValueError: where two have the same name, or show the same.
    """
    marks: dict[str, int] = {}
    for photo in photos:
        source = unpacked / photo.package / photo.path
        shown = picture(source)
        if photo.name in marks:
            raise ValueError(f"two pictures are called {photo.name}")
        marks[photo.name] = mark(shown)
        folder = out / FOLDERS[photo.part]
        folder.mkdir(parents=True, exist_ok=True)
        known = {".jpg", ".png", ".webp"}
        if source.suffix in known | {".edj"}:
            suffix = source.suffix if source.suffix in known else ".jpg"
            (folder / f"{photo.name}{suffix}").write_bytes(encoded(source))
        else:
            cv2.imwrite(str(folder / f"{photo.name}.png"), shown)
    if pairs := list(alike(marks)):
        raise ValueError(f"these show the same: {', '.join(f'{a} and {b}' for a, b in pairs)}")


def main() -> None:
    """Fetch, check, credit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--debs", type=Path, help="folder that keeps the packages (700 MB)")
    given = parser.parse_args()
    photos = table()
    packages = list(dict.fromkeys(photo.package for photo in photos))
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        unpack(packages, (given.debs or folder).resolve(), folder)
        fetch(photos, folder, given.out)
        texts = {
            p.package: folder / p.package / "usr/share/doc" / p.package / "copyright"
            for p in photos
            if p.licence is None
        }
        known = {name: paragraphs(path.read_text("utf-8")) for name, path in texts.items()}
    sections = [f"## {part}\n\n{credits([p for p in photos if p.part == part], known)}" for part in FOLDERS]
    (given.out / "credits.md").write_text("\n".join(sections), "utf-8")
    print(", ".join(f"{sum(p.part == part for p in photos)} {name}" for part, name in FOLDERS.items()))


if __name__ == "__main__":
    main()
