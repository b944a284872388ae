"""Scenes of one clip: from the empty window to the clip that is done, stopped, or could not be made."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QApplication

from engine.api.errors import UsageError, WaltError
from engine.media.export import write_mp4
from engine.media.images import write_png
from scenes.stage import PROMPT, Stage


def empty(stage: Stage) -> None:
    """First run."""


def typing(stage: Stage) -> None:
    """A prompt with unknown words, and a still with another crop."""
    from app.compose.crop import Crop

    stage.type("A hrse walking on the beach at sunset, behind it a castle")
    still = stage.folder / "holiday.png"
    frame = stage.source(PROMPT, "1:1").clip("sr2").frames[0]
    write_png(still, frame)
    stage.session.still.take(still)
    stage.wait(lambda: stage.session.still.settled)
    stage.session.still.set_crop(Crop(0.5, 0.4, 1.2))
    stage.wait(lambda: stage.session.still.settled)


def dropped_video(stage: Stage) -> None:
    """A video of someone's, and the frame of it that the clip begins with."""
    video = stage.folder / "holiday.mp4"
    write_mp4(video, stage.source(PROMPT, "1:1").clip("sr1").frames, 8)
    stage.type("A horse running on the beach, the camera zooms in")
    stage.session.still.take(video)
    stage.wait(lambda: stage.session.still.settled)
    stage.session.still.choose_frame(5)
    stage.wait(lambda: stage.session.still.settled)


def wrong_still(stage: Stage) -> None:
    """A file that is no picture was dropped."""
    stage.type("A robot walking in the snow")
    notes = stage.folder / "notes.pdf"
    notes.write_bytes(b"%PDF-1.7 no picture")
    stage.session.still.take(notes)
    stage.wait(lambda: stage.session.still.state.__class__.__name__ == "Refused")


def no_picture(stage: Stage) -> None:
    """Something was dropped that has no picture in it."""
    stage.session.still.take(
        UsageError(
            "no-picture", "This contains no picture.", "PNG, JPEG and WebP pictures work, and videos."
        )
    )


def no_pack(stage: Stage) -> None:
    """The pack that was in use is gone."""
    stage.type(PROMPT)
    stage.session.choose_pack("gone")
    stage.wait(lambda: stage.session.pack_error is not None)


def crashed(stage: Stage) -> None:
    """The start after a crash."""
    stage.window.tell_of_crash(Path("/home/walt/.local/state/walt/log/crash-report.log"))


def waking(stage: Stage) -> None:
    """The models are being loaded."""
    stage.begin()


def sketch(stage: Stage) -> None:
    """The base stage is at work."""
    stage.begin()
    stage.play("base", 15)
    stage.rest_at(6)


def detail(stage: Stage) -> None:
    """The second stage is at work."""
    stage.begin()
    stage.play("sr1", 1)
    stage.rest_at(6)


def done(stage: Stage) -> None:
    """A whole clip."""
    stage.begin()
    stage.play("sr2")
    stage.finish()
    stage.wait_kept()
    stage.rest_at(8)


def hovering(stage: Stage) -> None:
    """A picture is dragged over the clip."""
    done(stage)
    still = stage.folder / "holiday.png"
    write_png(still, stage.source(PROMPT, "1:1").clip("sr2").frames[0])
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(still))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        stage.window.viewer, QDragEnterEvent(QPoint(90, 90), Qt.DropAction.CopyAction, mime, left, none)
    )


def trimmed(stage: Stage) -> None:
    """A clip whose ends were dragged in."""
    done(stage)
    stage.session.player.set_marks(3, 12)


def wipe(stage: Stage) -> None:
    """Two stages of a clip over each other."""
    done(stage)
    stage.window.actions_["compare"].trigger()


def saved(stage: Stage) -> None:
    """A whole clip that was exported."""
    done(stage)
    stage.window.exports.exporter.saved.emit(Path("/videos/a-horse-running-7.mp4"))


def stopped(stage: Stage) -> None:
    """Cancelled, with what was finished."""
    stage.begin()
    stage.play("sr1")
    stage.stop("sr1")
    stage.wait_kept()
    stage.rest_at(8)


def failed(stage: Stage) -> None:
    """Not enough memory."""
    stage.begin()
    stage.fail(
        WaltError(
            "out-of-memory",
            "There is not enough memory for this clip.",
            "Close other programs, or make a smaller clip.",
        )
    )


def upright(stage: Stage) -> None:
    """A clip in 9:16."""
    stage.begin("A horse running on the beach at sunset", "9:16")
    stage.play("sr1", 1)
    stage.rest_at(4)


def square(stage: Stage) -> None:
    """A clip in 1:1 that is done."""
    stage.begin(PROMPT, "1:1")
    stage.play("sr2")
    stage.finish()
    stage.wait_kept()
    stage.rest_at(4)


def folds(stage: Stage) -> None:
    """The composer with all its folds open, in a tall window."""
    stage.window.resize(stage.window.width(), 1060)
    stage.type("A horse walking on the beach")
    stage.window.composer.keep_away.open()
    stage.window.composer.advanced.open()


SCENES = (
    empty, typing, dropped_video, wrong_still, no_picture, no_pack, crashed, waking, sketch, detail, done, hovering,
    trimmed, wipe, saved,
    stopped, failed, upright, square, folds,
)  # fmt: skip
