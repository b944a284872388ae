"""The export formats in the window's language. Presets are data files, which lupdate does not read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from engine.media.presets import Preset

translate = QCoreApplication.translate
"""Under this name lupdate finds the words."""


class FormatWords(NamedTuple):
    """A format's title and description."""

    title: str
    about: str


def words_of(chosen: Preset) -> FormatWords:
    """What a format is called; the preset's own English words where this table does not have it."""
    return table().get(chosen.name, FormatWords(chosen.title, chosen.about))


def table() -> dict[str, FormatWords]:
    """The words of every preset that ships, by its name; the English ones are those of its file."""
    return {
        "mp4-h264": FormatWords(
            translate("Presets", "MP4 · H.264"),
            translate("Presets", "Plays everywhere."),
        ),
        "webm-vp9": FormatWords(
            translate("Presets", "WebM · VP9"),
            translate("Presets", "For the web, royalty-free."),
        ),
        "webm-av1": FormatWords(
            translate("Presets", "WebM · AV1"),
            translate("Presets", "The smallest file; needs a recent player."),
        ),
        "mov-prores": FormatWords(
            translate("Presets", "MOV · ProRes"),
            translate("Presets", "For editing: large files, almost lossless."),
        ),
        "gif": FormatWords(
            translate("Presets", "Animated GIF"),
            translate("Presets", "Plays in chats and e-mails; up to 256 colours."),
        ),
        "webp": FormatWords(
            translate("Presets", "Animated WebP"),
            translate("Presets", "Like a GIF, but smaller and in full colour."),
        ),
        "png-frames": FormatWords(
            translate("Presets", "PNG frames"),
            translate("Presets", "A folder with one lossless picture per frame."),
        ),
        "png-still": FormatWords(
            translate("Presets", "Still · PNG"),
            translate("Presets", "The frame at the playhead, lossless."),
        ),
    }
