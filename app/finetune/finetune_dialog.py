"""The finetuning dialog: examples, name and training time, progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMessageBox,
    QProgressBar,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.core.base_dialog import BaseDialog
from app.core.error_messages import sentence
from app.core.frames import to_image
from app.core.number_fields import NumberField
from app.core.theme import BETWEEN, GRID, INSIDE
from app.core.widgets import FIELD, button, note, set_role
from app.finetune.finetune import Finetuning, Progress

if TYPE_CHECKING:
    from app.core.frames import Pixels
    from app.window.session import Session
    from engine.api.errors import WaltError
    from engine.training.finetuning.dataset import Example

SIZE = (720, 520)
PREVIEW = 180
MINUTES = (5, 24 * 60)
USUAL_MINUTES = 30
MAX_TITLE = 60
EXAMPLES, PLAN, LEARNING = range(3)


class FinetuneDialog(BaseDialog):
    """Three pages: examples, settings, progress. Closing it does not stop training; reopening shows the progress."""

    def __init__(self, session: Session, finetuning: Finetuning, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("Finetune a Pack"))
        self.resize(*SIZE)
        self.setAcceptDrops(True)
        self._session = session
        self._finetuning = finetuning
        self.pages = QStackedWidget()
        self.table = QTableWidget(0, 2)
        self.add_files = button(self.tr("Add Files…"))
        self.add_folder = button(self.tr("Add Folder…"))
        self.remove = button(self.tr("Remove"))
        self.count = note()
        self.name = QLineEdit()
        self.minutes = NumberField(self.tr("Training time in minutes"), *MINUTES)
        self.minutes.setValue(USUAL_MINUTES)
        self.minutes.setSingleStep(5)
        self.minutes.narrow()
        self.estimate = note()
        self.bar = QProgressBar()
        self.line = note(role="")
        self.mistakes = note()
        self.picture = note()
        self.stop = button(self.tr("Stop…"))
        self.back = button(self.tr("Back"))
        self.next = button(self.tr("Next"), "primary")
        self.news = note()
        self.news.setWordWrap(True)
        self.pages.addWidget(self._examples_page())
        self.pages.addWidget(self._plan_page())
        self.pages.addWidget(self._learning_page())
        self.body.addWidget(self.pages, 1)
        self.body.addWidget(self.news)
        self.foot.insertWidget(0, self.back)
        self.foot.insertWidget(2, self.next)
        self._wire()
        self._show_examples()
        self.refresh()

    # Pages.

    def _page(self, words: str) -> tuple[QWidget, QVBoxLayout]:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(BETWEEN)
        label = note(words)
        label.setWordWrap(True)
        column.addWidget(label)
        return page, column

    def _examples_page(self) -> QWidget:
        page, column = self._page(
            self.tr(
                "Drop videos of two seconds or more, pictures, or a folder of them, and write a caption "
                "for each. A dozen examples of one thing, in different places and light, work better than "
                "many examples of different things."
            )
        )
        self.table.setHorizontalHeaderLabels([self.tr("File"), self.tr("Caption")])
        self.table.setAccessibleName(self.tr("Files and their captions"))
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(FIELD)
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setToolTip(self.tr("Separate alternative captions with semicolons."))
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.setSpacing(INSIDE)
        for widget in (self.add_files, self.add_folder, self.remove):
            row.addWidget(widget)
        row.addStretch()
        row.addWidget(self.count)
        column.addLayout(row)
        return page

    def _plan_page(self) -> QWidget:
        page, column = self._page(
            self.tr("The result is a new pack. The pack it starts from is not changed.")
        )
        self.name.setMaxLength(MAX_TITLE)
        self.name.setAccessibleName(self.tr("Name of the new pack"))
        self.name.setPlaceholderText(self.tr("Name of the new pack"))
        self.estimate.setWordWrap(True)
        for words, field in ((self.tr("Name"), self.name), (self.tr("Training time in minutes"), self.minutes)):
            pair = QVBoxLayout()
            pair.setSpacing(GRID)
            pair.addWidget(note(words, role=""))
            pair.addWidget(field)
            column.addLayout(pair)
        column.addWidget(self.estimate)
        column.addStretch(1)
        return page

    def _learning_page(self) -> QWidget:
        page, column = self._page(
            self.tr(
                "You can close this window and keep working; clips that you generate meanwhile wait until "
                "training is done."
            )
        )
        self.bar.setAccessibleName(self.tr("Progress"))
        self.picture.setAccessibleName(self.tr("Current result for the first caption"))
        self.picture.setFixedHeight(PREVIEW)
        self.mistakes.setWordWrap(True)
        row = QHBoxLayout()
        row.setSpacing(INSIDE)
        row.addWidget(self.bar, 1)
        row.addWidget(self.stop)
        column.addLayout(row)
        for label in (self.line, self.mistakes, self.picture):
            column.addWidget(label)
        column.addStretch(1)
        return page

    def _wire(self) -> None:
        finetuning = self._finetuning
        self.table.itemChanged.connect(self._described)
        self.table.itemSelectionChanged.connect(self.refresh)
        self.add_files.clicked.connect(self._browse_files)
        self.add_folder.clicked.connect(self._browse_folder)
        self.remove.clicked.connect(self._leave_out)
        self.name.textChanged.connect(self.refresh)
        self.minutes.valueChanged.connect(self.refresh)
        self.back.clicked.connect(self._go_back)
        self.next.clicked.connect(self._go_on)
        self.stop.clicked.connect(self.ask_stop)
        finetuning.examples_changed.connect(self._show_examples)
        finetuning.changed.connect(self.refresh)
        finetuning.sampled.connect(self._show_sample)
        finetuning.finished.connect(self._finished)
        finetuning.stopped.connect(self._stopped)
        finetuning.failed.connect(self._failed)
        self._session.pack_changed.connect(self.refresh)

    # What is shown.

    @Slot()
    def _show_examples(self) -> None:
        examples = self._finetuning.examples
        self.table.blockSignals(True)
        self.table.setRowCount(len(examples))
        for row, one in enumerate(examples):
            self._fill(row, one)
        self.table.blockSignals(False)
        self.refresh()

    def _fill(self, row: int, one: Example) -> None:
        """Update cells in place: the one being edited must survive its own signal."""
        for column, text in enumerate((one.file.name, "; ".join(one.captions))):
            item = self.table.item(row, column)
            if item is None:
                item = QTableWidgetItem()
                self.table.setItem(row, column, item)
            if column == 0:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                item.setToolTip(str(one.file))
            item.setText(text)

    @Slot()
    def refresh(self) -> None:
        """Show the current page, the possible actions and the progress."""
        progress = self._finetuning.progress
        if progress is not None:
            self.pages.setCurrentIndex(LEARNING)
            self._show_progress(progress)
        elif self.pages.currentIndex() == LEARNING:
            self.pages.setCurrentIndex(EXAMPLES)
        page = self.pages.currentIndex()
        some, bare = len(self._finetuning.examples), self._finetuning.bare
        words = self.tr("%n example(s)", "", some)
        missing = self.tr("%n without a caption", "", bare)
        self.count.setText(f"{words} · {missing}" if bare else words)
        self.remove.setEnabled(bool(self.table.selectedIndexes()))
        self.back.setVisible(page == PLAN)
        self.next.setVisible(page != LEARNING)
        self.next.setText(self.tr("Start") if page == PLAN else self.tr("Next"))
        ready = some > 0 and bare == 0
        self.next.setEnabled(ready if page == EXAMPLES else ready and bool(self.name.text().strip()))
        self._show_estimate()

    def _show_estimate(self) -> None:
        card = self._session.card
        begins = self.tr("It starts from {0}.").format(card.title if card else self._session.pack)
        takes = self.tr(
            "Training takes %n minute(s) on this computer's processor, plus a few more to read the "
            "examples and write the pack. Longer training gives better results; short training changes "
            "little.",
            "",
            self.minutes.value(),
        )
        self.estimate.setText(f"{begins} {takes}")

    def _show_progress(self, progress: Progress) -> None:
        known = progress.phase is not None and progress.total > 0
        self.bar.setRange(0, progress.total if known else 0)
        self.bar.setValue(progress.done)
        self.stop.setEnabled(not progress.stopping)
        self.line.setText(self._sentence(progress))
        self.mistakes.setText(self._plainly(progress.fewer))

    def _sentence(self, progress: Progress) -> str:
        if progress.stopping:
            return self.tr("Stopping after this step…")
        match progress.phase:
            case None:
                return self.tr("Starts when the clip in progress is done")
            case "reading":
                return self.tr("Reading the clips…")
            case "recalling":
                return self.tr("Rendering clips of what the pack already knows…")
            case "packing":
                return self.tr("Writing the pack…")
            case "learning":
                words = self.tr("Training {0}").format(progress.title)
                if not progress.left:
                    return words
                left = self.tr("about %n minute(s) left", "", max(1, round(progress.left / 60)))
                return f"{words} · {left}"

    def _plainly(self, fewer: float | None) -> str:
        if fewer is None:
            return ""
        percent = round(100 * fewer)
        if percent > 0:
            return self.tr("The error on these clips is {0} % lower than before.").format(percent)
        if percent < 0:
            return self.tr("The error on these clips is higher than before; it usually falls as training "
                           "continues.")
        return self.tr("No difference yet.")

    @Slot(object)
    def _show_sample(self, frames: Pixels) -> None:
        image = to_image(frames[0])
        mode = Qt.TransformationMode.SmoothTransformation
        self.picture.setPixmap(QPixmap.fromImage(image.scaledToHeight(PREVIEW, mode)))

    def _say(self, text: str, role: str = "secondary") -> None:
        set_role(self.news, role)
        self.news.setText(text)

    # Verbs.

    @Slot()
    def _go_back(self) -> None:
        self.pages.setCurrentIndex(EXAMPLES)
        self.refresh()

    @Slot()
    def _go_on(self) -> None:
        self._say("")
        if self.pages.currentIndex() == EXAMPLES:
            self.pages.setCurrentIndex(PLAN)
            self.name.setFocus()
            self.refresh()
            return
        self.picture.clear()
        self._finetuning.start(self.name.text().strip(), self._session.pack, self.minutes.value())

    @Slot()
    def ask_stop(self) -> None:
        """Ask whether to keep the result so far; training continues meanwhile."""
        progress = self._finetuning.progress
        if progress is None:
            return
        box = QMessageBox(self)
        box.setObjectName("stop_question")
        box.setWindowTitle(self.tr("Stop Training"))
        box.setText(self.tr("Stop training {0}?").format(progress.title))
        if progress.can_keep:
            box.setInformativeText(self.tr("The result so far can be kept as a pack."))
            keep = box.addButton(self.tr("Keep Result"), QMessageBox.ButtonRole.AcceptRole)
            keep.clicked.connect(self._keep)
        drop = box.addButton(self.tr("Discard"), QMessageBox.ButtonRole.DestructiveRole)
        on = box.addButton(self.tr("Continue Training"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(on)
        box.setEscapeButton(on)
        drop.clicked.connect(self._throw_away)
        box.finished.connect(box.deleteLater)
        box.open()

    @Slot()
    def _keep(self) -> None:
        self._finetuning.stop(keep=True)

    @Slot()
    def _throw_away(self) -> None:
        self._finetuning.stop(keep=False)

    @Slot()
    def _finished(self) -> None:
        self._say(self.tr("{0} is installed and in use.").format(self.name.text().strip()), "good")
        self.name.clear()

    @Slot()
    def _stopped(self) -> None:
        self._say(self.tr("Stopped. Nothing was kept."))

    @Slot(object)
    def _failed(self, error: WaltError) -> None:
        self._say(sentence(error).line, "error")

    @Slot(QTableWidgetItem)
    def _described(self, item: QTableWidgetItem) -> None:
        if item.column() == 1:
            self._finetuning.describe(item.row(), item.text())

    @Slot()
    def _leave_out(self) -> None:
        self._finetuning.remove({index.row() for index in self.table.selectedIndexes()})

    @Slot()
    def _browse_files(self) -> None:
        self._browse(QFileDialog.FileMode.ExistingFiles)

    @Slot()
    def _browse_folder(self) -> None:
        self._browse(QFileDialog.FileMode.Directory)

    def _browse(self, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, self.tr("Add Clips and Pictures"))
        dialog.setFileMode(mode)
        dialog.filesSelected.connect(self.gather)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot("QStringList")
    def gather(self, files: Sequence[str]) -> None:
        """Add files and folders."""
        self._say("")
        self._finetuning.gather([Path(file) for file in files])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders while no training runs."""
        urls = event.mimeData().urls()
        if urls and all(url.isLocalFile() for url in urls) and not self._finetuning.busy:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        event.acceptProposedAction()
        self.gather([url.toLocalFile() for url in event.mimeData().urls()])
