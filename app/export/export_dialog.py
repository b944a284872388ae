"""Export: format, part, quality, size, frame rate, and where to. Stays open while it is written, or is closed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QStandardPaths, Qt, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from app.core.error_messages import sentence
from app.core.formatting import count_text, seconds_text
from app.core.option_widgets import DropDown, Segments
from app.core.path_field import PathField
from app.core.theme import AROUND, BETWEEN, INSIDE
from app.core.widgets import FIELD, button, caption, note, set_role
from app.export.export_formats import words_of
from app.export.exporter import Format, Plan
from engine.api.types import FPS

if TYPE_CHECKING:
    from app.export.exporter import Exporter, Source
    from engine.api.errors import WaltError

WIDTH = 520
PLAYS = (0, 1, 2, 3, 5, 10)


@dataclass
class Remembered:
    """What was chosen last, for the next time."""

    format: str = "mp4-h264"
    quality: str = "good"
    scale: int = 1
    rate: int = FPS
    smooth: bool = False
    plays: int = 0
    metadata: bool = True
    folder: str = ""


def _folder_for(last: str) -> str:
    """The last folder, or the system's for videos, if they are there; not every home has one."""
    places = QStandardPaths.StandardLocation
    usual = (QStandardPaths.writableLocation(place) for place in (places.MoviesLocation, places.HomeLocation))
    return next((folder for folder in (last, *usual) if folder and os.path.isdir(folder)), "")


class ExportDialog(QDialog):
    """Asks how, then writes. Open it with ``open()``; it never blocks the window.

    Args:
        exporter: Who writes.
        source: What is on show.
        marked: Its frames from the in to the out point, if they are set.
        playhead: The frame that a still is of.
        remembered: Last choices; kept up to date.
        window: The window it belongs to.
    """

    def __init__(
        self,
        exporter: Exporter,
        source: Source,
        marked: range | None,
        playhead: int,
        remembered: Remembered,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._exporter = exporter
        self._source = source
        self._marked = marked
        self._playhead = playhead
        self._kept = remembered
        self._folder = _folder_for(remembered.folder)
        self.setWindowTitle(self.tr("Export"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._make_fields()
        self._lay_out()
        self._wire()
        self._refresh()
        exporter.look()

    def _make_fields(self) -> None:
        self.format = DropDown(self.tr("Format"))
        self.about = note()  # in one line: a second one would squeeze the rows below it
        self.part = self._segments(
            ("all", self.tr("All of it"), self.tr("Every frame")),
            ("marked", self.tr("Trimmed part"), self.tr("From the in point to the out point")),
        )
        self.quality = self._segments(
            ("small", self.tr("Small"), self.tr("A small file")),
            ("good", self.tr("Good"), self.tr("Hardly any loss")),
            ("best", self.tr("Best"), self.tr("A large file, no visible loss")),
        )
        width, height = self._source.size
        self.scale = self._segments(
            (1, f"{width} × {height}", self.tr("As it was made")),
            (2, f"{2 * width} × {2 * height}", self.tr("Twice as large, resampled; no detail is added")),
        )
        self.rate = self._segments(
            (8, self.tr("8 a second"), self.tr("As it was made")),
            (16, self.tr("16 a second"), self.tr("Twice as many frames")),
            (24, self.tr("24 a second"), self.tr("Three times as many frames")),
        )
        self.smooth = self._segments(
            (False, self.tr("Repeated"), self.tr("Each frame is shown two or three times")),
            (
                True,
                self.tr("Optical flow"),
                self.tr("The frames in between are estimated, not made by the model"),
            ),
        )
        self.plays = DropDown(self.tr("Plays"))
        words = {0: self.tr("Again and again"), 1: self.tr("Once")}
        self.plays.fill([(n, words.get(n) or self.tr("%n times", "", n)) for n in PLAYS])
        self.metadata = QCheckBox(self.tr("Put prompt, seed and settings into the file"))
        self.path = PathField(self.tr("Where to"))
        self.path.setFixedHeight(FIELD)
        self.browse = button(self.tr("Choose…"))
        self.line = note()
        self.line.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        policy = self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # nothing moves when it comes and goes
        self.bar.setSizePolicy(policy)
        self.bar.hide()
        self.stop = button(self.tr("Close"))
        self.go = button(self.tr("Export"), "primary")
        self.go.setDefault(True)

    def _segments(self, *choices: tuple[Any, str, str]) -> Segments:
        result = Segments()
        for value, text, words in choices:
            result.add(value, text, words)
        return result

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(BETWEEN)
        grid.setVerticalSpacing(INSIDE)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Format"), self.format),
            ("", self.about),
            (self.tr("Part"), self.part),
            (self.tr("Quality"), self.quality),
            (self.tr("Size"), self.scale),
            (self.tr("Frames"), self.rate),
            (self.tr("In between"), self.smooth),
            (self.tr("Plays"), self.plays),
            ("", self.metadata),
        )
        for number, (words, field) in enumerate(rows):
            if words:
                head = caption(words)
                head.setBuddy(field)
                grid.addWidget(head, number, 0)
            grid.addWidget(field, number, 1)
        where = QHBoxLayout()
        where.setSpacing(INSIDE)
        where.addWidget(self.path, 1)
        where.addWidget(self.browse)
        head = caption(self.tr("Where to"))
        head.setBuddy(self.path)
        grid.addWidget(head, len(rows), 0)
        grid.addLayout(where, len(rows), 1)
        feet = QHBoxLayout()
        feet.setSpacing(INSIDE)
        feet.addWidget(self.line, 1)
        feet.addWidget(self.stop)
        feet.addWidget(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(AROUND, AROUND, AROUND, AROUND)
        column.setSpacing(BETWEEN)
        column.addStrut(
            WIDTH - 2 * AROUND
        )  # a minimum of its own would keep the window from growing with its words
        column.addLayout(grid)
        column.addWidget(self.bar)
        column.addLayout(feet)

    def _wire(self) -> None:
        kept = self._kept
        self.quality.choose(kept.quality)
        self.scale.choose(kept.scale)
        self.rate.choose(kept.rate)
        self.smooth.choose(kept.smooth)
        self.plays.choose(kept.plays)
        self.metadata.setChecked(kept.metadata)
        self._chosen = {"part": "marked" if self._marked else "all"}
        self.part.choose(self._chosen["part"])
        for name in ("quality", "scale", "rate", "smooth", "plays"):
            getattr(self, name).picked.connect(self._keeper(name))
        self.part.picked.connect(self._pick_part)
        self.format.picked.connect(self._pick_format)
        self.metadata.toggled.connect(self._keeper("metadata"))
        self.path.textEdited.connect(self._refresh)
        self.browse.clicked.connect(self._browse)
        self.go.clicked.connect(self._go)
        self.stop.clicked.connect(self._stop)
        exporter = self._exporter
        exporter.formats_known.connect(self._fill)
        exporter.began.connect(self._refresh)
        exporter.progressed.connect(self._progress)
        exporter.saved.connect(self._saved)
        exporter.cancelled.connect(self._cancelled)
        exporter.failed.connect(self._failed)

    def _keeper(self, name: str) -> Any:
        def keep(value: object) -> None:
            setattr(self._kept, name, value)
            self._refresh()

        return keep

    # What is chosen.

    @property
    def chosen(self) -> Format | None:
        """The format, once it is known which there are."""
        formats = self._exporter.formats
        return next(
            (each for each in formats if each.name == self._kept.format), formats[0] if formats else None
        )

    def source(self) -> Source:
        """What would be exported now."""
        chosen = self.chosen
        if chosen is not None and chosen.kind == "still":
            return self._source.only(range(self._playhead, self._playhead + 1))
        if self._chosen["part"] == "marked" and self._marked:
            return self._source.only(self._marked)
        return self._source

    @Slot()
    def _fill(self) -> None:
        words = {each.name: words_of(each) for each in self._exporter.formats}
        self.format.fill([(name, said.title) for name, said in words.items()])
        widths = (self.about.fontMetrics().horizontalAdvance(said.about) + 1 for said in words.values())
        self.about.setMinimumWidth(
            max(widths, default=0)
        )  # the window is as wide for one format as for another
        chosen = self.chosen
        if chosen is not None:
            self.format.choose(chosen.name)
            self.path.setText(str(Path(self._folder) / (self._source.name + chosen.suffix)))
        self._refresh()

    @Slot(object)
    def _pick_format(self, name: str) -> None:
        old = self.chosen
        self._kept.format = name
        new = self.chosen
        if new is not None and self.path.text():
            path = Path(self.path.text())
            bare = path.with_suffix("") if old is not None and path.suffix == old.suffix != "" else path
            self.path.setText(str(bare) + new.suffix)
        self._refresh()

    @Slot(object)
    def _pick_part(self, part: str) -> None:
        self._chosen["part"] = part
        self._refresh()

    @Slot()
    def _browse(self) -> None:
        chosen = self.chosen
        if chosen is None:
            return
        filters = f"{words_of(chosen).title} (*{chosen.suffix})" if chosen.suffix else self.tr("Folders")
        dialog = QFileDialog(self, self.tr("Export"), self.path.text(), filters)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(chosen.suffix.removeprefix("."))
        dialog.fileSelected.connect(self._take_path)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _take_path(self, path: str) -> None:
        self.path.setText(path)
        self._refresh()

    # Writing.

    @Slot()
    def _go(self) -> None:
        chosen, kept = self.chosen, self._kept
        text = self.path.text().strip()
        if chosen is None or not text:
            return
        path = Path(os.path.expanduser(text))
        if chosen.suffix and path.suffix.lower() != chosen.suffix:
            path = path.with_name(path.name + chosen.suffix)
        kept.folder = self._folder = str(path.parent)
        plan = Plan(
            chosen, kept.quality, kept.scale, kept.rate, kept.smooth, kept.plays, kept.metadata  # pyright: ignore[reportArgumentType]
        )  # fmt: skip
        self._exporter.start(path, self.source(), plan)

    @Slot()
    def _stop(self) -> None:
        if self._exporter.running:
            self._exporter.cancel()
        else:
            self.close()

    @Slot()
    def _refresh(self) -> None:
        """Let what makes no sense for the format go."""
        chosen, busy = self.chosen, self._exporter.running
        kind = chosen.kind if chosen else "video"
        self.about.setText(words_of(chosen).about if chosen else self.tr("Looking for encoders…"))
        self.part.button("marked").setEnabled(self._marked is not None)
        moving = kind != "still"
        enabled = {
            self.format: True, self.part: moving, self.quality: kind not in ("still", "frames"),
            self.scale: True, self.rate: moving, self.smooth: moving and self._kept.rate != FPS,
            self.plays: chosen is not None and chosen.loops, self.path: True, self.browse: True,
            self.metadata: chosen is None or chosen.metadata,
        }  # fmt: skip
        for field, yes in enabled.items():
            field.setEnabled(yes and not busy)
        self.metadata.setToolTip(
            self.tr("This format can't carry them") if chosen and not chosen.metadata else ""
        )
        self.go.setEnabled(chosen is not None and not busy and bool(self.path.text().strip()))
        self.stop.setText(self.tr("Cancel") if busy else self.tr("Close"))
        self.bar.setVisible(busy)
        if not busy:
            self.bar.setRange(0, 0)
            self._say(self._summary())

    def _summary(self) -> str:
        source, chosen = self.source(), self.chosen
        if chosen is None or chosen.kind == "still":
            return ""
        frames = self.tr("%Ln frame(s)", "", source.total * self._kept.rate // FPS)
        return f"{seconds_text(source.total / FPS)} · {frames}"

    def _say(self, text: str, role: str = "secondary") -> None:
        self.line.setText(text)
        set_role(self.line, role)

    @Slot(int, int)
    def _progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._say(self.tr("Frame {0} of {1}").format(count_text(done), count_text(total)))

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.close()

    @Slot(object)
    def _cancelled(self, path: Path) -> None:
        self._refresh()
        self._say(self.tr("Stopped. Nothing was written."))

    @Slot(object)
    def _failed(self, error: WaltError) -> None:
        self._refresh()
        self._say(sentence(error).line, "error")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing it does not stop what is being written: the window tells when that is done."""
        self._kept.folder = self._folder
        super().closeEvent(event)
