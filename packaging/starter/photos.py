"""Fetch the photographs that the starter sees in training: `python packaging/starter/photos.py --out FOLDER`.

They come from five wallpaper packages of Debian 12, by `apt-get download`; nothing is installed. FOLDER gets
`pictures` for training, `unseen` (every eighth) for `walt evaluate`, and `credits.md`, which says whose they are.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

PACKAGES = (
    "mate-backgrounds",
    "plasma-workspace-wallpapers",
    "lomiri-wallpapers-16.04",
    "lomiri-wallpapers-20.04",
    "ukui-wallpapers",
)
FOLDERS = ("usr/share/backgrounds", "usr/share/wallpapers")
KINDS = {".jpg", ".jpeg", ".png"}
SMALLEST = 100_000
"""Bytes; below are icons and previews."""
EVERY = 8
"""Each so many pictures one is kept from training."""


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


def unpack(folder: Path) -> None:
    """Download all packages and unpack each into a folder of its name in ``folder``."""
    subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, check=True)
    for name in PACKAGES:
        archive = next(folder.glob(f"{name}_*.deb"))
        subprocess.run(["dpkg-deb", "-x", archive.name, name], cwd=folder, check=True)


def owners(folder: Path) -> dict[str, list[Paragraph]]:
    """What every package's copyright file says."""
    texts = {name: folder / name / "usr/share/doc" / name / "copyright" for name in PACKAGES}
    return {name: paragraphs(path.read_text("utf-8")) for name, path in texts.items()}


def pictures(folder: Path) -> list[tuple[str, Path]]:
    """All pictures as (package, path in it), by path."""
    found = [
        (name, path.relative_to(folder / name))
        for name in PACKAGES
        for part in FOLDERS
        for path in (folder / name / part).rglob("*")
        if path.suffix.lower() in KINDS
        and path.is_file()
        and not path.is_symlink()
        and path.stat().st_size > SMALLEST
    ]
    return sorted(found, key=lambda one: one[1])


def credits(unpacked: list[tuple[str, Path]], known: dict[str, list[Paragraph]]) -> str:
    """Markdown: whose pictures these are ((package, picture) each), a line a package and licence."""
    by: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for package, path in unpacked:
        said = credit(path.as_posix(), known[package])
        by[(package, said.licence)][", ".join(said.holders)] += 1
    lines: list[str] = []
    for (package, licence), counts in sorted(by.items()):
        lines.append(
            f"- {package}, {licence}: {'; '.join(f'{name} ({n})' for name, n in sorted(counts.items()))}"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Fetch, split, credit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        unpack(folder)
        found = pictures(folder)
        for i, (package, path) in enumerate(found):
            where = out / ("pictures" if i % EVERY else "unseen")
            where.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / package / path, where / f"{i:03d}-{path.name}")
        seen = [one for i, one in enumerate(found) if i % EVERY]
        (out / "credits.md").write_text(credits(seen, owners(folder)), "utf-8")
    print(f"{len(seen)} pictures, {len(found) - len(seen)} unseen ones, credits.md")


if __name__ == "__main__":
    main()
