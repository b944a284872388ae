"""The advanced settings: size, steps and guidance."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from app.compose.draft import guidance_of, steps_of
from app.core.number_fields import DecimalField, NumberField
from app.core.option_widgets import DropDown
from app.core.theme import BETWEEN, INSIDE
from app.core.widgets import button, note
from app.window.session import Session
from engine.api.types import MAX_STILL_SIDE, StageName

LARGE: Literal["large"] = "large"
"""A still at more pixels than the last stage has."""
MOST_STEPS, MOST_GUIDANCE = 250, 20.0


class Advanced(QWidget):
    """Size, steps and guidance. They show what the pack and the preset mean until someone chooses otherwise."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.sizes = DropDown(self.tr("Size"))
        self.sizes.setToolTip(self.tr("Smaller sizes skip the last stages and take less memory and time"))
        self.steps = NumberField(self.tr("Steps"), 1, MOST_STEPS)
        self.steps.setToolTip(self.tr("Denoising steps of the first stage; the other stages scale with it"))
        self.guidance = DecimalField(self.tr("Guidance"), 0.0, MOST_GUIDANCE)
        self.guidance.setToolTip(
            self.tr("How closely the clip follows the prompt; high values give harsh, oversaturated pictures")
        )
        self.preset = button(self.tr("Reset to the preset"), "link")
        self._labels: dict[QWidget, QWidget] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(BETWEEN)
        grid.setVerticalSpacing(INSIDE)
        fields: tuple[tuple[str, QWidget], ...] = (
            (self.tr("Size"), self.sizes),
            (self.tr("Steps"), self.steps),
            (self.tr("Guidance"), self.guidance),
        )
        for row, (words, field) in enumerate(fields):
            label = note(words)
            label.setBuddy(field)
            grid.addWidget(label, row, 0)
            grid.addWidget(field, row, 1)
            self._labels[field] = label
        foot = QHBoxLayout()
        foot.addWidget(self.preset)
        foot.addStretch()
        grid.addLayout(foot, len(fields), 0, 1, 2)
        grid.setColumnStretch(1, 1)
        self.sizes.picked.connect(self._chose_size)
        self.steps.valueChanged.connect(self._chose_steps)
        self.guidance.valueChanged.connect(self._chose_guidance)
        self.preset.clicked.connect(self._back)
        session.draft_changed.connect(self.refresh)
        session.pack_changed.connect(self.refresh)
        session.still.changed.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what will be used."""
        draft, card = self._session.draft, self._session.card
        self._show_sizes()
        if card is not None:
            guided = card.capabilities.guidance
            self._offer(self.steps, not card.capabilities.steps.fixed)
            self._offer(self.guidance, guided is not None and not guided.fixed)
            self.preset.setVisible(not (self.steps.isHidden() and self.guidance.isHidden()))
        guidance = guidance_of(draft, card, still=self._session.still.path is not None)
        for field, value in ((self.steps, steps_of(draft, card)), (self.guidance, guidance)):
            field.setEnabled(value is not None)
            if value is not None:
                field.blockSignals(True)
                field.setValue(value)  # pyright: ignore[reportArgumentType]
                field.blockSignals(False)
        self.preset.setEnabled(draft.steps is not None or draft.guidance is not None)

    def _offer(self, field: QWidget, yes: bool) -> None:
        """Show a field that the pack has a use for."""
        field.setVisible(yes)
        self._labels[field].setVisible(yes)

    def _show_sizes(self) -> None:
        stages = self._session.card.stages if self._session.card else ()
        sizes = {stage: self._session.stage_size(stage) for stage in reversed(stages)}
        offered = [(stage, "{} × {}".format(*size)) for stage, size in sizes.items() if size]
        last = self._session.stage_size(stages[-1]) if stages else None
        larger = self._session.moves_still and last is not None and min(last) < MAX_STILL_SIDE
        if larger and last is not None:
            scale = MAX_STILL_SIDE / min(last)
            offered.insert(0, (LARGE, f"{round(last[0] * scale)} × {round(last[1] * scale)}"))
        self.sizes.fill(offered)
        draft = self._session.draft
        self.sizes.choose(LARGE if larger and draft.large and draft.upto is None else self._session.last_stage)
        self.sizes.setEnabled(self.sizes.count() > 1)

    @Slot(object)
    def _chose_size(self, stage: StageName | Literal["large"]) -> None:
        card = self._session.card
        if stage == LARGE:
            self._session.edit(upto=None, large=True)
        else:
            self._session.edit(upto=None if card is None or stage == card.stages[-1] else stage, large=False)

    @Slot(int)
    def _chose_steps(self, steps: int) -> None:
        self._session.edit(steps=steps)

    @Slot(float)
    def _chose_guidance(self, guidance: float) -> None:
        self._session.edit(guidance=round(guidance, 1))

    @Slot()
    def _back(self) -> None:
        self._session.edit(steps=None, guidance=None)
