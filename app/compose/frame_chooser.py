"""Chooses the frame of a dropped video that the clip starts from: a slider with time and frame number."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from app.compose.still_files import Video
from app.core.formatting import time_code
from app.core.theme import GRID, figures
from app.core.widgets import note


class _Slider(QSlider):
    """Dragged or moved by keys; the wheel scrolls the panel around it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Let the panel scroll."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Page Up goes back and Page Down on, as on the timeline."""
        pages = {
            Qt.Key.Key_PageUp: QSlider.SliderAction.SliderPageStepSub,
            Qt.Key.Key_PageDown: QSlider.SliderAction.SliderPageStepAdd,
        }
        page = pages.get(Qt.Key(event.key()))
        if page is None:
            super().keyPressEvent(event)
        else:
            self.triggerAction(page)


class FrameChooser(QWidget):
    """Scrubs through a video. Arrows step by a frame, Page Up and Down by a second.

    Signals:
        chosen(int): the index of the frame to begin with.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._video: Video | None = None
        self.slider = _Slider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(self.tr("Frame of the video to start from"))
        self.slider.setToolTip(self.tr("Drag to the frame that the clip should start from"))
        self.slider.valueChanged.connect(self._moved)
        self._time = note()
        self._time.setFont(figures(self._time.font()))
        self._place = note()
        self._place.setFont(figures(self._place.font()))
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        below = QHBoxLayout()
        below.addWidget(self._time)
        below.addWidget(self._place, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.slider)
        column.addLayout(below)

    def set_compact(self, compact: bool) -> None:
        """Leave the time out where there is no room for it beside the frame's number."""
        self._time.setVisible(not compact)
        side = Qt.AlignmentFlag.AlignLeft if compact else Qt.AlignmentFlag.AlignRight
        self._place.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)

    def show_video(self, video: Video, at: int) -> None:
        """Offer the frames of a video; ``at`` is the one that is chosen."""
        self.slider.blockSignals(True)
        if video is not self._video:
            self._video = video
            self.slider.setRange(0, video.frames - 1)
            self.slider.setPageStep(max(1, round(video.fps)))
        self.slider.setValue(at)
        self.slider.blockSignals(False)
        self._say(video, at)

    def _say(self, video: Video, at: int) -> None:
        last = at == video.frames - 1
        words = self.tr("last of {1}") if last else self.tr("frame {0} of {1}")
        self._time.setText(time_code(at, video.fps))
        self._place.setText(words.format(at + 1, video.frames))
        self.slider.setAccessibleDescription(f"{self._time.text()}, {self._place.text()}")

    @Slot(int)
    def _moved(self, at: int) -> None:
        if self._video is not None:
            self._say(self._video, at)
            self.chosen.emit(at)
