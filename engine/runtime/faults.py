"""What is said of an error that nobody expected."""

from __future__ import annotations

from engine.api.errors import WaltError


def without_words(text: str, private: tuple[str, ...]) -> str:
    """A traceback that may be kept and passed on: without what was typed, and without the user's folders."""
    for word in private:
        for spelling in (word, repr(word)[1:-1]):
            text = text.replace(spelling, "…")
    return text


def internal_error(error: BaseException) -> WaltError:
    """The error of a job that failed for a reason that walt does not know."""
    if type(error).__name__ == "AcceleratorError" or "CUDA error" in str(error):
        # The driver gives this process nothing more; a new one starts afresh.
        message = "The graphics card stopped answering."
        return WaltError("device-lost", message, "Start walt again; --device cpu works without the card.")
    message = f"Internal error ({type(error).__name__})."
    return WaltError("internal", message, "Please report it with the details.")
