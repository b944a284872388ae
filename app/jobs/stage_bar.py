"""The cascade at a glance: three segments, three sizes, honest seconds."""

from __future__ import annotations

from math import inf

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFont, QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.core.formatting import clock_text, seconds_text
from app.core.theme import CAPTION_PX, INSIDE, figures
from app.jobs.state import Idle, Running, StageRun, waiting_stages
from app.playback.onshow import Kept, on_show
from app.window.session import Session
from engine.api.types import StageName

BAR = 4
GAP = 12
LINE = 20


class StageBar(QWidget):
    """One segment a stage: its name, its picture's size, how far it is, and in the end what it took.

    A click on a stage that is there looks back at it; another click returns. Of a clip that was made before, only the
    last stage is there: the others are drawn faint.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        font = QFont(self.font())
        font.setPixelSize(CAPTION_PX)
        self.setFont(figures(font))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(LINE + BAR + 4)
        self.setAccessibleName(self.tr("Stages"))
        for signal in (session.progress_changed, session.pack_changed, session.draft_changed):
            signal.connect(self.refresh)
        session.stages.changed.connect(self.refresh)
        self.setMouseTracking(True)
        self.refresh()

    def sizeHint(self) -> QSize:
        """Wide enough for three segments."""
        return QSize(480, LINE + BAR + 4)

    @Slot()
    def refresh(self) -> None:
        """Show what is on show now, and how far it is. Whoever paints or points asks for it often."""
        self._shown = on_show(self._session)
        self.setAccessibleDescription(", ".join(self._spoken(run) for run in self.runs()))
        self.update()

    def runs(self) -> tuple[StageRun, ...]:
        """The stages to show."""
        if not isinstance(self._shown, Idle) and self._shown.stages:
            return self._shown.stages
        return waiting_stages(self._session.last_stage)

    def segments(self) -> list[QRectF]:
        """Where each segment is."""
        count = len(self.runs())
        width = (self.width() - GAP * (count - 1)) / count
        return [QRectF(index * (width + GAP), 0, width, self.height()) for index in range(count)]

    def _name(self, stage: StageName) -> str:
        names = {"base": self.tr("1  Sketch"), "sr1": self.tr("2  Detail"), "sr2": self.tr("3  Finish")}
        return names[stage]

    def _facts(self, run: StageRun) -> list[str]:
        """The size of a stage's picture, and what it took or will take, as far as known; the more telling last."""
        own = run.started or isinstance(self._shown, Kept)  # not as the composer would have it
        size = run.size or (None if own else self._session.stage_size(run.name))
        facts = [f"{size[0]} × {size[1]}"] if size else []
        if run.seconds is not None:
            return [*facts, seconds_text(run.seconds)]
        left = round(run.deadline - self._session.now()) if run.deadline is not None else 0
        if left < 1 or not isinstance(self._session.state, Running):
            return facts
        return [*facts, self.tr("about {0} s").format(left) if left < 60 else clock_text(left)]

    def _side(self, run: StageRun, room: float = inf) -> str:
        """The facts that there is room for."""
        facts = self._facts(run)
        while facts and self.fontMetrics().horizontalAdvance("  ·  ".join(facts)) > room:
            facts = facts[1:]
        return "  ·  ".join(facts)

    def _spoken(self, run: StageRun) -> str:
        if run.past and not self._is_there(run):
            return self.tr("{0} not kept").format(self._name(run.name))
        return f"{self._name(run.name)} {self._side(run)} {round(run.fraction * 100)} %"

    def _is_there(self, run: StageRun) -> bool:
        """Whether a stage's frames are on show, or can be."""
        return self._session.stages.can_look(run.name) or (run.past and run.size is not None)

    def stage_at(self, x: float) -> StageName | None:
        """The stage at a place, if it can be looked at."""
        for box, run in zip(self.segments(), self.runs(), strict=True):
            if box.left() <= x <= box.right() and self._session.stages.can_look(run.name):
                return run.name
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show what can be clicked."""
        found = self.stage_at(event.position().x())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self.tr("Look back at this stage") if found else self._why_not(event.position().x()))

    def _why_not(self, x: float) -> str:
        for box, run in zip(self.segments(), self.runs(), strict=True):
            if box.left() <= x <= box.right() and run.past and not self._is_there(run):
                return self.tr("Only the finished clip was kept, not its earlier stages")
        return ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Look at a stage."""
        found = self.stage_at(event.position().x())
        if found and event.button() == Qt.MouseButton.LeftButton:
            self._session.stages.look(found)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Names above, bars below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, run in zip(self.segments(), self.runs(), strict=True):
            self._paint_segment(painter, box, run)

    def _paint_segment(self, painter: QPainter, box: QRectF, run: StageRun) -> None:
        colours = self.palette()
        faint = colours.color(QPalette.ColorRole.PlaceholderText)
        working = isinstance(self._session.state, Running) and run.started and not run.done
        words = QRectF(box.left(), 0, box.width(), LINE - 2)
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        name = self._name(run.name)
        stages = self._session.stages
        looked = run.name in (stages.looking, stages.before if stages.comparing else None)
        lit = QPalette.ColorRole.Highlight if looked else QPalette.ColorRole.WindowText
        painter.setPen(colours.color(lit) if working or looked or self._is_there(run) else faint)
        painter.drawText(words, left, name)
        room = box.width() - self.fontMetrics().horizontalAdvance(name) - INSIDE
        painter.setPen(faint)
        painter.drawText(words, right, self._side(run, room))
        self._paint_bar(painter, QRectF(box.left(), LINE, box.width(), BAR), run, working or looked)

    def _paint_bar(self, painter: QPainter, bar: QRectF, run: StageRun, working: bool) -> None:
        colours = self.palette()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(bar, BAR / 2, BAR / 2)
        if run.fraction <= 0:
            return
        roles = QPalette.ColorRole
        full = run.done and (self._is_there(run) or isinstance(self._session.state, Running))
        role = roles.Highlight if working else roles.PlaceholderText if full else roles.Light
        painter.setBrush(colours.color(role))
        filled = QRectF(bar.left(), bar.top(), max(BAR, bar.width() * run.fraction), bar.height())
        painter.drawRoundedRect(filled, BAR / 2, BAR / 2)
