"""The details of an error, as text to copy into a report. Leaves the prompt and the still's path out."""

from __future__ import annotations

from app.model.job import Failed


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
        settings = state.request.model_dump(exclude={"prompt", "negative", "image"}, exclude_none=True)
        lines.append(", ".join(f"{name}={value}" for name, value in settings.items()))
    if state.details:
        lines += ["", state.details.rstrip()]
    return "\n".join(lines)
