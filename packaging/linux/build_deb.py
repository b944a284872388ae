"""Build a Debian package from the bundle: `python packaging/linux/build_deb.py [dist/walt] [--out DIR]`.

The bundle goes to /usr/lib/walt; the command, desktop entry, icons, MIME types and AppStream metadata go where the
desktop looks for them. Needs dpkg-deb. The libraries of the system that the bundle does not carry become `Depends`.
"""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QIcon

ROOT = Path(__file__).parents[2]
LINUX = ROOT / "packaging" / "linux"
ICON = ROOT / "resources" / "icons" / "walt.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)
DEPENDS = ("libc6", "libegl1", "libgl1", "libxkbcommon-x11-0", "libdbus-1-3", "libfontconfig1", "fonts-dejavu-core")
CONTROL = """Package: walt
Version: {version}
Architecture: {architecture}
Maintainer: the walt project <walt@localhost>
Installed-Size: {kib}
Depends: {depends}
Section: video
Priority: optional
Description: short video clips from a prompt or a still image
 walt makes short video clips on this computer: from a prompt, or from a
 picture and a prompt. A small model comes with it; no graphics card is needed.
"""


def install_desktop_files(root: Path, number: str) -> None:
    """Desktop entry, MIME types, metadata and icons below ``root``."""
    share = root / "usr" / "share"
    for name, folder in (("walt.desktop", "applications"), ("walt-mime.xml", "mime/packages")):
        target = share / folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(LINUX / name, target)
    metainfo = share / "metainfo" / "walt.metainfo.xml"
    metainfo.parent.mkdir(parents=True)
    text = (LINUX / "walt.metainfo.xml").read_text("utf-8")
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    metainfo.write_text(text.replace("@VERSION@", number).replace("@DATE@", today), "utf-8")
    install_icons(share / "icons" / "hicolor")


def install_icons(folder: Path) -> None:
    """The icon as it was drawn, and as PNG in each of ``SIZES``."""
    drawn = folder / "scalable" / "apps" / "walt.svg"
    drawn.parent.mkdir(parents=True)
    shutil.copy(ICON, drawn)
    application = QGuiApplication.instance() or QGuiApplication([])
    icon = QIcon(str(ICON))
    for side in SIZES:
        path = folder / f"{side}x{side}" / "apps" / "walt.png"
        path.parent.mkdir(parents=True)
        if not icon.pixmap(QSize(side, side), 1.0).save(str(path)):
            raise SystemExit(f"{path} cannot be written")
    del application


def build(bundle: Path, out: Path) -> Path:
    """The package's file."""
    number = version("walt")
    architecture = subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory(dir=out) as work:
        root = Path(work) / "root"
        shutil.copytree(bundle, root / "usr" / "lib" / "walt", symlinks=True)
        command = root / "usr" / "bin" / "walt"
        command.parent.mkdir(parents=True)
        command.symlink_to("../lib/walt/walt")
        notices = root / "usr" / "share" / "doc" / "walt" / "copyright"
        notices.parent.mkdir(parents=True)
        shutil.copy(bundle / "THIRD-PARTY-NOTICES.txt", notices)
        install_desktop_files(root, number)
        kib = sum(file.lstat().st_size for file in root.rglob("*") if file.is_file()) // 1024
        control = root / "DEBIAN" / "control"
        control.parent.mkdir()
        facts = {"version": number, "architecture": architecture, "kib": kib, "depends": ", ".join(DEPENDS)}
        control.write_text(CONTROL.format(**facts), "utf-8")
        package = out / f"walt_{number}_{architecture}.deb"
        # xz gains 15 % over zstd and takes ten times as long for a package of this size.
        subprocess.run(["dpkg-deb", "--root-owner-group", "-Zzstd", "--build", root, package], check=True)
    return package


def main() -> None:
    """Build, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle", nargs="?", type=Path, default=ROOT / "dist" / "walt")
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    args = parser.parse_args()
    package = build(args.bundle, args.out)
    print(f"{package}: {package.stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
