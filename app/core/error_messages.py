"""Error messages in the window's language, chosen by the error's code.

In English the error's own sentence is shown: it names the file and the number. In other languages the code chooses the
sentence; a code without a translation keeps the English one. Two things are never shown: a hint
that names an option of the command line, and the path of a picture or video that was just given.
"""

from __future__ import annotations

import re
from collections import ChainMap
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QLocale

from engine.api.errors import WaltError

translate = QCoreApplication.translate
"""Under this name lupdate finds the words."""
_COMMAND = re.compile(r"--[a-z]|`walt ")
"""A hint for users of the command line."""


class Sentence(NamedTuple):
    """What is wrong, and what to do; the second may be empty."""

    message: str
    hint: str

    @property
    def line(self) -> str:
        """Both in one line."""
        return f"{self.message} {self.hint}".strip()


def sentence(error: WaltError) -> Sentence:
    """An error for people."""
    pictures = _pictures()
    if error.code in pictures:
        return Sentence(*pictures[error.code])
    own = ChainMap(*tables()).get(error.code)
    if own is not None and QLocale().language() == QLocale.Language.French:
        return Sentence(*own)
    if _COMMAND.search(error.hint):
        return Sentence(error.message, own[1] if own else "")
    return Sentence(error.message, error.hint)


def tables() -> tuple[dict[str, tuple[str, str]], ...]:
    """Message and hint of every code, room by room; no code is in two of them."""
    return _pictures(), _packs(), _open_models(), _files(), _engine()


def _pictures() -> dict[str, tuple[str, str]]:
    again = translate("Errors", "Choose another picture.")
    return {
        "image-not-found": (translate("Errors", "The picture no longer exists."), again),
        "image-unreadable": (translate("Errors", "The picture is damaged or cannot be read."), again),
        "image-too-large": (translate("Errors", "The picture is too large."), again),
        "image-not-supported": (
            translate("Errors", "walt cannot open this file."),
            translate("Errors", "PNG, JPEG, WebP, BMP, TIFF and GIF work, and videos."),
        ),
        "one-still": (translate("Errors", "One picture at a time, please."), again),
        "still-is-a-link": (
            translate("Errors", "This is a link, not a picture."),
            translate("Errors", "Save the picture, then drop the file."),
        ),
        "no-picture": (
            translate("Errors", "This contains no picture."),
            translate("Errors", "PNG, JPEG and WebP work, and videos."),
        ),
        "still-not-kept": (
            translate("Errors", "The pasted picture could not be saved."),
            translate("Errors", "Check the free disk space."),
        ),
        "clip-not-found": (translate("Errors", "The clip no longer exists."), ""),
        "clip-unreadable": (translate("Errors", "The clip is damaged or is not a video."), ""),
        "clip-too-large": (
            translate("Errors", "The clip is too long to open at once."),
            translate("Errors", "Cut it into shorter clips."),
        ),
        "clip-too-short": (translate("Errors", "The clip has too few frames to be continued from there."), ""),
    }


def _packs() -> dict[str, tuple[str, str]]:
    again = translate("Errors", "Install it again.")
    return {
        "pack-not-found": (
            translate("Errors", "This pack is not installed."),
            translate("Errors", "Choose another one in Help > Packs."),
        ),
        "pack-damaged": (translate("Errors", "The pack is damaged."), again),
        "bad-vocabulary": (translate("Errors", "The pack's vocabulary cannot be read."), again),
        "pack-too-new": (
            translate("Errors", "The pack was made for a newer walt."),
            translate("Errors", "Update walt."),
        ),
        "pack-exists": (translate("Errors", "A pack with this name is installed already."), ""),
        "pack-ships-with-walt": (translate("Errors", "This pack is part of walt and cannot be removed."), ""),
        "not-a-pack": (
            translate("Errors", "This is not a pack."),
            translate(
                "Errors", "A pack is a folder with a manifest.json, or such a folder in a zip archive."
            ),
        ),
        "archive-unsafe": (
            translate("Errors", "The archive is refused: it is not safe to unpack."),
            translate("Errors", "Get the pack from its authors again."),
        ),
        "prompt-not-known": (
            translate("Errors", "The model knows none of the words in this prompt."),
            translate("Errors", "Help > Packs lists the words that it knows."),
        ),
        "aspect-not-in-pack": (translate("Errors", "The pack does not support this shape."), ""),
        "stage-not-in-pack": (translate("Errors", "The pack does not support this size."), ""),
        "not-in-pack": (
            translate("Errors", "The pack cannot make such a clip."),
            translate("Errors", "Change the settings, or choose another in Help, Packs."),
        ),
    }


def _open_models() -> dict[str, tuple[str, str]]:
    again = translate("Errors", "Let the download end, or get the model again.")
    return {
        "not-a-model": (
            translate("Errors", "This is not the folder of an open model."),
            translate("Errors", "Choose the folder in diffusers’ format that holds a model_index.json."),
        ),
        "model-unsafe": (
            translate("Errors", "The model is refused: it contains or needs code of its own."),
            translate("Errors", "Get it as safetensors, in diffusers’ plain format."),
        ),
        "model-incomplete": (translate("Errors", "A file of the model is missing or incomplete."), again),
        "model-damaged": (translate("Errors", "A file of the model has changed or is damaged."), again),
        "model-not-known": (
            translate("Errors", "walt does not know models of this kind."),
            translate("Errors", "A walt.json in its folder can describe it: see docs/open-models.md."),
        ),
        "bad-model-settings": (
            translate("Errors", "The settings of this model are not valid."),
            translate("Errors", "Correct the walt.json in its folder."),
        ),
        "model-not-found": (
            translate("Errors", "The model is not where it was."),
            translate("Errors", "Connect its disk, or link it again where it is now."),
        ),
        "model-differs": (
            translate("Errors", "The model made something else than was asked for."),
            translate("Errors", "Correct the walt.json in its folder."),
        ),
        "open-not-installed": (
            translate("Errors", "What runs open models is not installed."),
            translate("Errors", "Install it with: pip install 'walt[open]'"),
        ),
        "open-too-old": (
            translate("Errors", "The installed diffusers does not know this model."),
            translate("Errors", "Update it with: pip install --upgrade 'walt[open]'"),
        ),
        "hub-not-reached": (
            translate("Errors", "The model hub cannot be reached."),
            translate("Errors", "Check the connection, then try again: it goes on where it stopped."),
        ),
        "model-not-on-hub": (translate("Errors", "The hub has no such model."), translate("Errors", "Check the name.")),
        "model-gated": (
            translate("Errors", "The authors of this model want to know who downloads it."),
            translate("Errors", "Get it from its page on the hub, then link its folder."),
        ),
        "model-not-recommended": (
            translate("Errors", "walt knows no model of this name."),
            translate("Errors", "Choose one of the list, or name its repository: owner/name."),
        ),
        "download-damaged": (
            translate("Errors", "A file came damaged."),
            translate("Errors", "Try again; what came before is kept."),
        ),
        "numbers-overflowed": (
            translate("Errors", "The model’s numbers overflowed."),
            translate("Errors", "Try another seed or fewer steps."),
        ),
        "one-colour": (
            translate("Errors", "The model made a clip of a single colour."),
            translate("Errors", "Try another seed or fewer steps."),
        ),
    }


def _files() -> dict[str, tuple[str, str]]:
    return {
        "output-not-writable": (
            translate("Errors", "The file cannot be written there."),
            translate("Errors", "Check the free space and the permissions, or choose another folder."),
        ),
        "output-exists": (translate("Errors", "A file with this name already exists."), ""),
        "output-is-input": (
            translate("Errors", "This file belongs to the library, and would be lost."),
            translate("Errors", "Choose another name."),
        ),
        "no-home": (
            translate("Errors", "This user has no folder for walt's files."),
            translate("Errors", "Set HOME to an absolute path."),
        ),
        "no-screen": (translate("Errors", "There is no screen that the window could be opened on."), ""),
        "video-encoder-failed": (
            translate("Errors", "The clip could not be encoded."),
            translate("Errors", "Try again."),
        ),
        "video-encoder-missing": (translate("Errors", "This format cannot be written on this computer."), ""),
        "preferences-not-kept": (translate("Errors", "The preferences cannot be saved."), ""),
        "library-not-opened": (translate("Errors", "The library cannot be opened."), ""),
        "library-not-written": (
            translate("Errors", "walt cannot write to the library."),
            translate("Errors", "Check the free disk space."),
        ),
        "library-too-new": (
            translate("Errors", "The library was made by a newer walt."),
            translate("Errors", "Update walt."),
        ),
        "no-trash": (translate("Errors", "There is no trash on this disk."), ""),
        "trash-emptied": (translate("Errors", "The trash was emptied: the clip is gone."), ""),
        "library-damaged": (translate("Errors", "The library's database is damaged."), ""),
        "not-in-library": (
            translate("Errors", "Only clips from the library can be added to a film."),
            translate("Errors", "Drop the video on the composer to start a new clip from one of its frames."),
        ),
        "not-yet": (
            translate("Errors", "This part is still being made."),
            translate("Errors", "Continue it when it is done."),
        ),
        "cannot-continue": (
            translate("Errors", "This pack cannot continue clips."),
            translate("Errors", "Choose another one in Help > Packs."),
        ),
        "no-recipe": (
            translate("Errors", "This clip does not contain the settings it was made with."),
            translate("Errors", "Only clips made by walt can be generated again."),
        ),
        "nothing-to-export": (translate("Errors", "There are no frames to export."), ""),
        "project-not-found": (translate("Errors", "The film no longer exists."), ""),
        "project-damaged": (translate("Errors", "The film's file is damaged."), ""),
        "project-unreadable": (translate("Errors", "The film's file cannot be read."), ""),
        "project-too-new": (
            translate("Errors", "The film was made by a newer walt."),
            translate("Errors", "Update walt."),
        ),
    }


def _engine() -> dict[str, tuple[str, str]]:
    return {
        "out-of-memory": (
            translate("Errors", "There is not enough memory for this clip."),
            translate("Errors", "Close other programs, or choose a smaller size."),
        ),
        "engine-not-running": (
            translate("Errors", "The engine is not running yet."),
            translate("Errors", "Try again in a moment."),
        ),
        "engine-busy": (
            translate("Errors", "A pack is already being finetuned."),
            translate("Errors", "Wait until it is done, or stop it."),
        ),
        "no-clips": (
            translate("Errors", "There are no examples to train on."),
            translate("Errors", "Add videos or pictures; a video needs a little more than two seconds."),
        ),
        "no-captions": (
            translate("Errors", "A clip has no caption."),
            translate("Errors", "Write a caption for each clip."),
        ),
        "bad-finetuning": (
            translate("Errors", "The finetuning settings are not valid."),
            translate("Errors", "Check the training time and the name."),
        ),
        "pack-not-teachable": (
            translate("Errors", "Packs of this kind cannot be finetuned."),
            translate("Errors", "Choose another pack."),
        ),
        "peft-not-installed": (
            translate("Errors", "Finetuning with LoRA needs the package peft."),
            translate("Errors", "Install walt with the extra “finetune”."),
        ),
        "t5-not-installed": (
            translate("Errors", "This pack reads prompts with T5, which needs the package transformers."),
            translate("Errors", "Install walt with the extra “t5”."),
        ),
        "engine-closed": (translate("Errors", "The engine was closed."), ""),
        "device-not-available": (
            translate("Errors", "This device is not available on this computer."),
            translate("Errors", "Choose another one in the preferences."),
        ),
        "device-lost": (
            translate("Errors", "The graphics card stopped responding."),
            translate("Errors", "Restart walt."),
        ),
        "device-unknown": (
            translate("Errors", "This device is unknown."),
            translate("Errors", "Choose another one in the preferences."),
        ),
        "no-prompt": (
            translate("Errors", "The prompt is empty."),
            translate("Errors", "Write a prompt on the left."),
        ),
        "size-not-possible": (
            translate("Errors", "The pack does not support this size or length."),
            "",
        ),
        "bad-request": (translate("Errors", "This is not possible with these settings."), ""),
        "internal": (
            translate("Errors", "Internal error."),
            translate("Errors", "Please report it with the details."),
        ),
        "unexpected": (
            translate("Errors", "Something unexpected went wrong."),
            translate("Errors", "See the log for details."),
        ),
    }
