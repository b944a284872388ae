"""The details of an error, as text to copy into a report. Leaves the prompt and the paths of still and source out."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.jobs.state import Failed

if TYPE_CHECKING:
    from app.preferences.preferences import Preferences
    from app.window.session import Session

LIBRARIES = (
    "walt",
    "torch",
    "PySide6_Essentials",
    "numpy",
    "av",
    "opencv-python-headless",
    "safetensors",
    "qasync",
)
_PRIVATE = {"prompt", "negative", "image", "source"}
"""Fields of a request that are not shown: words, and files whose names tell of them."""


@dataclass(frozen=True, slots=True)
class Licence:
    """A library that walt uses."""

    name: str
    version: str
    licence: str


def installed(package: str) -> str:
    """The version of an installed package, without importing it."""
    from importlib.metadata import PackageNotFoundError, version  # slow to import; the window opens first

    try:
        return version(package)
    except PackageNotFoundError:
        return "?"


def details_of(state: Failed) -> str:
    """Versions, error and settings of a failed job."""
    import platform

    packages = ", ".join(f"{name} {installed(name)}" for name in ("walt", "torch", "PySide6_Essentials"))
    lines = [
        f"error[{state.error.code}]: {state.error.message}",
        f"{packages}, Python {platform.python_version()}, {platform.platform()}",
    ]
    if state.request is not None:
        settings = state.request.values()
        shown = {name: settings[name] for name in settings if name not in _PRIVATE and settings[name] is not None}
        lines.append(", ".join(f"{name}={value}" for name, value in shown.items()))
    if state.details:
        lines += ["", state.details.rstrip()]
    return "\n".join(lines)


def licences() -> tuple[Licence, ...]:
    """The libraries that walt asks for, with their licences as they state them."""
    from importlib.metadata import PackageNotFoundError, requires

    names = {"walt"}
    try:
        wanted = [line for line in requires("walt") or [] if "extra ==" not in line]
        names |= {re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0] for line in wanted}
    except PackageNotFoundError:
        names |= set(LIBRARIES)
    return tuple(one for name in sorted(names, key=str.lower) if (one := _licence(name)) is not None)


def _licence(name: str) -> Licence | None:
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        found = metadata(name).json
    except PackageNotFoundError:
        return None
    stated = str(found.get("license_expression") or found.get("license") or "")
    if not stated or "\n" in stated:  # some put the whole text there
        kinds = [line for line in found.get("classifier") or [] if line.startswith("License ::")]
        stated = kinds[0].rpartition(" :: ")[2] if kinds else (stated.splitlines() or ["?"])[0]
    return Licence(str(found["name"]), str(found["version"]), stated)


def diagnostics(session: Session, preferences: Preferences) -> str:
    """Diagnostics: versions, machine, settings. No prompts and no names of files or people."""
    import platform
    import shutil

    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    screens = [
        f"{screen.size().width()} × {screen.size().height()} @ {screen.devicePixelRatio():g}"
        for screen in QGuiApplication.screens()
    ]
    card = session.card
    pack = f"{card.pack.name} {card.pack.manifest.version}" if card else f"{session.pack} (not read)"
    error = session.pack_error
    try:
        free = f"{shutil.disk_usage(session.library.folder).free / 1e9:.1f} GB"
    except OSError:
        free = "?"
    lines = [
        ", ".join(f"{name} {installed(name)}" for name in LIBRARIES),
        f"Python {platform.python_version()}, Qt {qVersion()} on {QGuiApplication.platformName()}",
        f"{platform.platform()}, {os.cpu_count()} processors, {free} free",
        f"screens: {', '.join(screens)}",
        f"device {preferences.device}, threads {preferences.threads or 'auto'}, "
        f"memory {preferences.memory_mb or 'all'}, theme {preferences.theme}, language {preferences.language}",
        f"pack: {pack}" + (f", error[{error.code}]" if error else ""),
        f"state: {type(session.state).__name__}",
    ]
    return "\n".join(lines)
