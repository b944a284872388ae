"""The user's folders for walt: data, settings, cache and logs, or a plain word where there are none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from platformdirs import user_cache_path, user_config_path, user_data_path, user_log_path

from engine.api.errors import WaltError

Place = Literal["data", "settings", "cache", "logs"]
PLACES: dict[Place, Callable[..., Any]] = {
    "data": user_data_path,
    "settings": user_config_path,
    "cache": user_cache_path,
    "logs": user_log_path,
}


def known_folder(place: Place) -> Path | None:
    """One of the user's folders, whether it is there or not; None for a user without a home.

    A home that is no absolute path is none: files would come to lie wherever walt was started.
    """
    try:
        folder = Path(PLACES[place]("walt", appauthor=False))
    except (RuntimeError, KeyError, OSError):
        return None
    return folder if folder.is_absolute() else None


def user_folder(place: Place) -> Path:
    """Like `known_folder`.

    Raises:
        WaltError: ``no-home``.
    """
    folder = known_folder(place)
    if folder is None:
        message = f"There is no folder for walt's {place}: this user has no home."
        raise WaltError("no-home", message, "Set HOME to an absolute path.")
    return folder
