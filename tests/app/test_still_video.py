"""A video in the still slot: its last frame, the frame it is scrubbed to, or, if walt made it, its words."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.compose.still import Ready, Recalled, Refused
from engine.api.request import ClipRequest
from engine.media.export import write_mp4
from tests.app.conftest import Studio
from tests.app.test_still import drop, files, picture, settled, wheel

__all__ = ["picture"]


def video(path: Path, metadata: dict[str, str] | None = None) -> Path:
    import numpy as np

    frames = np.zeros((6, 32, 56, 3), np.uint8)
    frames[-1, ..., 0] = 200
    write_mp4(path, frames, 8, metadata)
    return path


def test_the_last_frame_of_any_video_begins_the_clip(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    drop(studio.window.composer.drop_zone, files(video(tmp_path / "holiday.mp4")))
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert state.frame[..., 0].mean() > 150
    assert state.path.suffix == ".png"


def shades(path: Path, count: int = 24) -> Path:
    """A video that gets brighter by 10 with each frame, at 8 frames a second."""
    import numpy as np

    levels = (10 * np.arange(count, dtype=np.uint8))[:, None, None, None]
    write_mp4(path, np.broadcast_to(levels, (count, 32, 56, 3)).copy(), 8, None)
    return path


def level(state: object) -> int:
    """Which frame of `shades` a clip would begin with."""
    assert isinstance(state, Ready)
    return round(float(state.frame.mean()) / 10)


def test_scrubbing_a_dropped_video_chooses_the_frame_that_the_clip_begins_with(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    zone, still = studio.window.composer.drop_zone, studio.session.still
    studio.session.edit(prompt="a horse")
    drop(zone, files(shades(tmp_path / "holiday.mp4")))
    assert level(settled(qtbot, studio)) == 23
    slider = zone.frames.slider
    assert slider.isVisible()
    assert (slider.value(), slider.maximum()) == (23, 23)
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert not studio.session.still.settled  # not before the frame is there
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.value() == 14
    assert level(settled(qtbot, studio)) == 14
    assert "15" in slider.accessibleDescription()
    studio.session.generate()
    qtbot.waitUntil(lambda: bool(studio.engine.requests))
    from engine.media.images import read_picture

    assert round(float(read_picture(Path(studio.engine.requests[0].image or "")).mean()) / 10) == 14
    for _ in range(3):
        QApplication.sendEvent(zone.crop, wheel(zone.crop, 120))
    slider.setValue(0)  # the crop stays where it is in the picture
    state = settled(qtbot, studio)
    assert level(state) == 0
    assert isinstance(state, Ready)
    assert state.crop.zoom > 1.2
    still.clear()
    assert not slider.isVisible()


def test_a_frame_that_was_wished_for_is_forgotten_with_its_video(
    qtbot: QtBot, studio: Studio, tmp_path: Path, picture: Path
) -> None:
    still = studio.session.still
    still.take(shades(tmp_path / "holiday.mp4"))
    settled(qtbot, studio)
    still.choose_frame(3)
    still.take(picture)
    state = settled(qtbot, studio)
    assert isinstance(state, Ready)
    assert state.path == picture
    assert not studio.window.composer.drop_zone.frames.isVisible()


def test_a_video_that_is_gone_when_another_frame_is_wanted_is_refused(
    qtbot: QtBot, studio: Studio, tmp_path: Path
) -> None:
    still, clip = studio.session.still, shades(tmp_path / "holiday.mp4")
    still.take(clip)
    settled(qtbot, studio)
    clip.unlink()
    still.choose_frame(3)
    state = settled(qtbot, studio)
    assert isinstance(state, Refused)
    assert state.error.code == "clip-not-found"


def test_a_clip_of_walt_s_own_brings_its_words_back(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    request = ClipRequest(prompt="a robot on the beach", negative="night", seed=77, steps=9, aspect="1:1")
    clip = video(tmp_path / "robot.mp4", {"walt": request.to_json()})
    studio.session.edit(prompt="a horse")
    assert drop(studio.window.composer.drop_zone, files(clip))
    assert isinstance(settled(qtbot, studio), Recalled)
    draft = studio.session.draft
    assert (draft.prompt, draft.negative, draft.seed, draft.steps, draft.aspect) == (
        "a robot on the beach", "night", 77, 9, "1:1",
    )  # fmt: skip
    assert draft.seed_fixed
    assert studio.window.composer.prompt.toPlainText() == "a robot on the beach"
    studio.window.composer.prompt.undo()
    assert studio.session.draft.prompt == "a horse"  # nothing that was typed is lost
    qtbot.mouseClick(studio.window.composer.drop_zone.begin, Qt.MouseButton.LeftButton)
    assert isinstance(settled(qtbot, studio), Ready)


def test_a_clip_with_damaged_words_is_still_a_video(qtbot: QtBot, studio: Studio, tmp_path: Path) -> None:
    drop(studio.window.composer.drop_zone, files(video(tmp_path / "odd.mp4", {"walt": "{"})))
    assert isinstance(settled(qtbot, studio), Ready)
