"""Third-party notices: every package that walt needs at run time, with its licence and the licence's text.

    python packaging/bundle/notices.py THIRD-PARTY-NOTICES.txt [--without numba llvmlite]

Reads what is installed in this environment and downloads nothing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

TEXTS = Path(__file__).parents[1] / "licences"
HEAD = """\
This is walt (Apache License 2.0) together with the software listed below.

PyAV's binary wheel carries FFmpeg with x264 and x265, which are under the GPL. A bundle that contains it is
passed on under the terms of the GNU General Public License, version 3 (at the end of this file), its
corresponding source included: walt's own repository, https://github.com/PyAV-Org/pyav-ffmpeg for FFmpeg and
its libraries, and the projects named below. Qt and PySide6 are used under the GNU Lesser General Public
License, version 3: their libraries are separate files of the bundle and may be replaced.
"""


def needed(name: str, without: Iterable[str] = ()) -> list[Distribution]:
    """Installed packages that ``name`` needs at run time, itself left out, by name.

    Raises:
        PackageNotFoundError: when one of them is not installed.
    """
    skipped = {canonicalize_name(each) for each in without}
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        package = distribution(waiting.pop())
        found[canonicalize_name(package.name)] = package
        for text in package.requires or ():
            requirement = Requirement(text)
            wanted = canonicalize_name(requirement.name)
            applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            if applies and wanted not in found and wanted not in skipped:
                waiting.append(requirement.name)
    del found[canonicalize_name(name)]
    return [found[key] for key in sorted(found)]


def licence(package: Distribution) -> str:
    """What a package says its licence is, in a line."""
    data = package.metadata
    stated = data.get("License-Expression") or data.get("License") or ""
    if stated and "\n" not in stated:
        return stated
    classifiers = [line for line in data.get_all("Classifier") or () if line.startswith("License ::")]
    named = ", ".join(line.split(" :: ")[-1] for line in classifiers)
    return named or stated.partition("\n")[0] or "see below"


def texts(package: Distribution) -> list[str]:
    """The licence files that a package ships."""
    marks = ("LICEN", "COPYING", "NOTICE")
    files = [
        file
        for file in package.files or ()
        if ".dist-info" in file.parts[0] and any(mark in file.name.upper() for mark in marks)
    ]
    paths = (Path(str(file.locate())) for file in files)
    return [path.read_text("utf-8", errors="replace").strip() for path in paths if path.is_file()]


def notices(name: str, without: Iterable[str] = ()) -> str:
    """The whole document."""
    packages = needed(name, without)
    lines = [HEAD, "Packages", "--------", ""]
    lines += [f"{package.name} {package.version}: {licence(package)}" for package in packages]
    parts = ["\n".join(lines)]
    shown: set[str] = set()  # many packages carry the same texts of others
    for package in packages:
        fresh = [text for text in texts(package) if text not in shown]
        shown.update(fresh)
        title = f"{package.name} {package.version}"
        parts += [f"{'=' * 100}\n{title}\n{'=' * 100}\n\n{text}" for text in fresh]
    for path in sorted(TEXTS.glob("*.txt")):
        parts.append(f"{'=' * 100}\n{path.stem}\n{'=' * 100}\n\n{path.read_text('utf-8').strip()}")
    return "\n\n\n".join(parts) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Write the document."""
    parser = argparse.ArgumentParser(description="Write the third-party notices.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--without", nargs="*", default=[], metavar="NAME", help="packages not shipped")
    args = parser.parse_args(argv)
    args.out.write_text(notices("walt", args.without), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
