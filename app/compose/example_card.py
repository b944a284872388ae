"""An example: its prompt and, if the pack in use made it, its clip, which plays when pointed at."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QEnterEvent, QFocusEvent, QHideEvent, QMovie, QPainter, QPainterPath, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.core.theme import AROUND, BETWEEN, GRID, reduced_motion

PICTURE = QSize(98, 56)
"""The model's 16:9 at the height of three lines."""
CORNER = 4
PLAIN = 15
"""Left and right of the words where there is no picture."""


class ExampleCard(QPushButton):
    """A button with a sentence, and a small clip before it if there is one."""

    def __init__(self, prompt: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = prompt
        self.setProperty("role", "example")
        self.setAccessibleName(prompt)
        self._picture = QLabel()
        self._picture.setFixedSize(PICTURE)
        self._words = QLabel(prompt)
        self._words.setWordWrap(True)
        for part in (self._picture, self._words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(BETWEEN)
        self._row.addWidget(self._picture)
        self._row.addWidget(self._words, 1)
        self._movie: QMovie | None = None
        self.show_clip(None)

    @property
    def moving(self) -> bool:
        """Whether its clip plays now."""
        return self._movie is not None and self._movie.state() == QMovie.MovieState.Running

    @property
    def pictured(self) -> bool:
        """Whether it shows a clip."""
        return self._movie is not None

    def show_clip(self, file: Path | None) -> None:
        """Show a clip's middle frame, or none; a file that cannot be read is none."""
        if self._movie is not None:
            self._movie.stop()
            self._movie.deleteLater()
        self._movie = self._opened(file) if file is not None else None
        self._picture.setVisible(self._movie is not None)
        side = GRID if self._movie is not None else PLAIN
        self._row.setContentsMargins(side, GRID, AROUND, GRID)
        self._rest()
        self.updateGeometry()

    def _opened(self, file: Path) -> QMovie | None:
        movie = QMovie(str(file), parent=self)
        movie.setCacheMode(QMovie.CacheMode.CacheAll)
        if not movie.jumpToFrame(0) or movie.currentPixmap().isNull():
            movie.deleteLater()
            return None
        movie.frameChanged.connect(self._show_frame)
        return movie

    def _rest(self) -> None:
        """Stand still in the middle of the clip, where most can be seen of it."""
        if self._movie is not None:
            self._movie.stop()
            self._movie.jumpToFrame(self._movie.frameCount() // 2)

    def _move(self) -> None:
        if self._movie is not None and not reduced_motion():
            self._movie.start()

    @Slot()
    def _show_frame(self) -> None:
        if self._movie is not None:
            self._picture.setPixmap(self._rounded(self._movie.currentPixmap()))

    def _rounded(self, frame: QPixmap) -> QPixmap:
        ratio = self.devicePixelRatioF()
        result = QPixmap(PICTURE * ratio)
        result.setDevicePixelRatio(ratio)
        result.fill(Qt.GlobalColor.transparent)
        outline, box = QPainterPath(), QRectF(0, 0, PICTURE.width(), PICTURE.height())
        outline.addRoundedRect(box, CORNER, CORNER)
        painter = QPainter(result)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(outline)
        painter.drawPixmap(box, frame, QRectF(frame.rect()))
        painter.end()
        return result

    def sizeHint(self) -> QSize:
        """As high as its picture, or two lines."""
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Words wrap."""
        return self._row.minimumSize()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Move under the pointer."""
        super().enterEvent(event)
        self._move()

    def leaveEvent(self, event: QEvent) -> None:
        """Stand still again."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._rest()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Move with the keyboard's focus too."""
        super().focusInEvent(event)
        self._move()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Stand still again."""
        super().focusOutEvent(event)
        if not self.underMouse():
            self._rest()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing moves when nobody looks."""
        super().hideEvent(event)
        self._rest()
