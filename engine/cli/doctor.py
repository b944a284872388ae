"""``walt doctor``: what works on this machine, what does not, and what to do about it."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from engine.api.errors import WaltError, plain
from engine.packs.store import InstalledPack, PackStore
from engine.runtime.files import ensure_writable
from engine.runtime.memory import available_mb, limit_mb
from engine.runtime.places import PLACES, user_folder

State = Literal["ok", "note", "bad"]
PACKAGES = ("torch", "numpy", "safetensors", "pydantic", "av", "opencv-python-headless", "PySide6-Essentials")
ROOM_MB = 500
_SCREEN_SECONDS = 60
_COLOURS = {"ok": "\x1b[32m", "note": "\x1b[33m", "bad": "\x1b[31m"}
_MARKS = {"ok": "ok  ", "note": "note", "bad": "BAD "}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; ``fix`` says what to do where something is to be done."""

    name: str
    state: State
    says: str
    fix: str = ""


def add_parser(subparsers: Any) -> None:
    """Say what ``walt doctor`` understands."""
    summary = "check this installation, and say how to mend it"
    parser = subparsers.add_parser("doctor", help=summary, description=f"{summary.capitalize()}.")
    about = "make one step and decode it with this pack, and print times and memory as JSON"
    parser.add_argument("--pack", metavar="NAME", help=about)
    parser.add_argument("--json", action="store_true", help="print one object with all checks on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the report; the status is 1 when a line is red."""
    if args.pack:
        from engine.cli.measure import measure

        print(json.dumps(measure(args.pack, PackStore()), indent=1))
        return 0
    checks: list[Check] = []
    for check in examine(PackStore()):
        checks.append(check)
        if not args.json:
            print(_line(check, colour=sys.stdout.isatty()), flush=True)
    bad = sum(check.state == "bad" for check in checks)
    if args.json:
        print(json.dumps({"ok": bad == 0, "checks": [asdict(check) for check in checks]}, indent=1))
    elif bad:
        print(f"{bad} of {len(checks)} checks failed.")
    return 1 if bad else 0


def _line(check: Check, *, colour: bool) -> str:
    mark = _MARKS[check.state]
    mark = f"{_COLOURS[check.state]}{mark}\x1b[0m" if colour else mark
    fix = f"\n      {plain(check.fix)}" if check.fix else ""
    return f"{mark}  {plain(f'{check.name}: {check.says}')}{fix}"


def examine(store: PackStore) -> Iterator[Check]:
    """All checks, one after the other: each tells of its own trouble, and none stops the others."""
    parts: tuple[tuple[str, Callable[[], Iterator[Check]]], ...] = (
        ("versions", _versions),
        ("device", _device),
        ("memory", _memory),
        ("encoders", _encoders),
        ("packs", lambda: _packs(store)),
        ("library", _library),
        ("screen", _screen),
        ("folders", _folders),
    )
    for name, part in parts:
        try:
            yield from part()
        except WaltError as error:
            yield Check(name, "bad", error.message, error.hint)
        except Exception as error:
            yield Check(name, "bad", f"{type(error).__name__}: {error}", "Install walt again; if it stays, report it.")


def _versions() -> Iterator[Check]:
    python = f"Python {platform.python_version()} on {platform.platform()}"
    yield Check("system", "ok", python)
    found = {name: _version(name) for name in ("walt", *PACKAGES)}
    missing = [name for name, number in found.items() if number is None]
    says = ", ".join(f"{name} {number}" for name, number in found.items() if number is not None)
    yield Check("versions", "ok", says)
    frozen = getattr(sys, "frozen", False)  # a bundle has no package metadata
    if missing and not frozen:
        fix = f"pip install {' '.join(missing)}"
        yield Check("packages", "bad", f"not installed: {', '.join(missing)}", fix)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _device() -> Iterator[Check]:
    import torch

    from engine.runtime import devices

    device = devices.resolve("auto")
    ones = torch.ones(64, 64, device=device.torch, dtype=device.dtype)
    if float((ones @ ones).sum()) != 64.0**3:
        yield Check("device", "bad", f"{device.torch} computes wrongly", "Use --device cpu, and update the driver.")
        return
    kind, number = device.torch.type, str(device.dtype).removeprefix("torch.")
    if kind == "cuda":
        says = f"{torch.cuda.get_device_name()}, {number}"
    elif kind == "mps":
        says = f"Apple MPS, {number}"
    else:
        says = f"CPU, {torch.get_num_threads()} of {os.cpu_count()} threads, {number}"
    yield Check("device", "ok", says)
    if kind == "cpu" and _graphics_card():
        fix = "Install the CUDA build of torch: see the README's table under GPU."
        yield Check("graphics card", "note", "there is one by NVIDIA, which this torch cannot use", fix)


def _graphics_card() -> bool:
    return Path("/proc/driver/nvidia/version").is_file() or Path("/dev/nvidia0").exists()


def _memory() -> Iterator[Check]:
    free, limit = available_mb(), limit_mb()
    needed = 1500
    says = f"{free:,.0f} MB free" + (f", {limit:,.0f} MB allowed to this process" if limit else "")
    if free < needed:
        fix = f"Close other programs: a whole clip takes about {needed:,} MB. `--upto base` takes far less."
        yield Check("memory", "bad", says, fix)
    else:
        yield Check("memory", "ok", says)


def _encoders() -> Iterator[Check]:
    from engine.media.encoders import encoder_of
    from engine.media.presets import load_presets

    presets = [preset for preset in load_presets() if preset.encoders]
    there = {preset.title: encoder.name for preset in presets if (encoder := encoder_of(preset))}
    missing = [preset for preset in presets if preset.title not in there]
    if there:
        yield Check("encoders", "ok", ", ".join(f"{title} ({name})" for title, name in there.items()))
    fix = "Reinstall the av package from its wheel: pip install --force-reinstall --only-binary :all: av"
    for preset in missing:
        state: State = "bad" if preset.suffix == ".mp4" else "note"
        yield Check("encoders", state, f"nothing here writes {preset.title}", fix)


def _packs(store: PackStore) -> Iterator[Check]:
    packs, errors = store.scan()
    for error in errors:
        yield Check("packs", "bad", error.message, error.hint)
    for pack in packs:
        yield _pack(pack)
    if not packs:
        fix = f"Install walt again. {store.advice}"
        yield Check("packs", "bad", "no pack is installed", fix)


def _pack(pack: InstalledPack) -> Check:
    from engine.kinds.registry import kind_of

    name = f"pack {pack.name}"
    try:
        kind_of(pack).verify(pack, lambda: False)
    except WaltError as error:
        return Check(name, "bad", error.message, error.hint)
    size = f"{pack.bytes / 1e6:.0f} MB"
    return Check(name, "ok", f"version {pack.manifest.version}, {size}, every file has its SHA-256")


def _library() -> Iterator[Check]:
    # By name: the engine itself knows nothing of the window, which is what keeps a library.
    try:
        library_check = importlib.import_module("app.library.library_check")
    except ImportError as error:
        fix = "The command line works without it; the window needs the packages of the README."
        yield Check("library", "note", f"the window's part cannot be loaded: {error}", fix)
        return
    yield Check("library", "ok", str(library_check.check_library()))


def _screen() -> Iterator[Check]:
    """Qt ends a program that finds no screen: it is asked in another one."""
    if getattr(sys, "frozen", False):
        return
    code = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"
    asked = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, timeout=_SCREEN_SECONDS)
    if asked.returncode == 0:
        yield Check("screen", "ok", "the window can be opened")
    else:
        fix = "Start walt in a desktop session for the window; walt generate needs no screen."
        yield Check("screen", "note", "there is no screen that the window can be opened on", fix)


def _folders() -> Iterator[Check]:
    for place in PLACES:
        try:
            yield _folder(f"{place} folder", user_folder(place))
        except WaltError as error:
            yield Check(f"{place} folder", "bad", error.message, error.hint)


def _folder(name: str, folder: Path) -> Check:
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    try:
        ensure_writable(there / ".walt-doctor")
    except WaltError as error:
        return Check(name, "bad", error.message, f"Let your user write to {folder}.")
    free = shutil.disk_usage(there).free / 2**20
    if free < ROOM_MB:
        return Check(name, "bad", f"{folder} has {free:,.0f} MB left", "Free some space.")
    return Check(name, "ok", f"{folder}, {free:,.0f} MB free")
