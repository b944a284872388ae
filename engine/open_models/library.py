"""The library that runs open models: imported late, quiet, and kept from using the network."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

from engine.api.errors import WaltError
from engine.runtime.imports import import_quietly

PACKAGES = ("diffusers", "transformers", "accelerate")
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}


def require_library() -> None:
    """Whether what runs open models is installed; imports nothing.

    Raises:
        WaltError: ``open-not-installed``.
    """
    if any(find_spec(name) is None for name in PACKAGES):
        raise missing("diffusers")


def library() -> Any:
    """diffusers.

    Raises:
        WaltError: ``open-not-installed``.
    """
    require_library()
    os.environ.update(_OFFLINE)  # read while it is imported
    try:
        diffusers, transformers = import_quietly("diffusers"), import_quietly("transformers")
    except ImportError as error:
        raise missing(str(error.name)) from error
    for one in (diffusers, transformers):
        one.utils.logging.set_verbosity_error()
        one.utils.logging.disable_progress_bar()
    return diffusers


def versions() -> str:
    """The versions that decide a clip's frames, for its provenance."""
    return " ".join(f"{name} {_version(name)}" for name in PACKAGES)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "?"


def missing(package: str) -> WaltError:
    """The error where a package that open models need is not installed."""
    hint = "Install it with: pip install 'walt[open]'"
    return WaltError("open-not-installed", f"What runs open models is not installed: {package}.", hint)
