"""A list model whose rows are records; it tells views about inserted, removed and moved rows instead of resetting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

_FEW = 64
"""More rows than this are not moved one by one: the view starts over, unless they come behind all others."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


Row = TypeVar("Row", bound=_Named)
Index = QModelIndex | QPersistentModelIndex


class RecordListModel(QAbstractListModel, Generic[Row]):
    """Rows with an id each. Selection and current row of the views follow a row when it moves."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._at: dict[str, int] = {}

    @property
    def rows(self) -> Sequence[Row]:
        """The rows as shown."""
        return self._rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """How many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def row_at(self, index: Index) -> Row | None:
        """The row behind an index of a view."""
        return self._rows[index.row()] if index.isValid() and index.row() < len(self._rows) else None

    def index_of(self, name: str) -> QModelIndex:
        """The index of a row by its id; invalid if it is not shown."""
        return self.index(self._at[name]) if name in self._at else QModelIndex()

    def put(self, row: Row) -> None:
        """Replace the row of the same id, if it is shown."""
        at = self._at.get(row.id)
        if at is not None:
            self._rows[at] = row
            self.dataChanged.emit(self.index(at), self.index(at))

    def arrange(self, rows: Sequence[Row]) -> None:
        """Show these rows in this order."""
        wanted = {row.id for row in rows}
        gone = [at for at, row in enumerate(self._rows) if row.id not in wanted]
        new = [row for row in rows if row.id not in self._at]
        behind = all(old.id == row.id for old, row in zip(self._rows, rows, strict=False))
        if len(gone) > _FEW or (len(new) > _FEW and not behind):
            self.beginResetModel()
            self._take(rows)
            self.endResetModel()
            return
        for at in reversed(gone):
            self.beginRemoveRows(QModelIndex(), at, at)
            del self._rows[at]
            self.endRemoveRows()
        if new:
            first = len(self._rows)
            self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
            self._rows += new
            self.endInsertRows()
        self._reorder(rows)

    def _reorder(self, rows: Sequence[Row]) -> None:
        """The same ids in another order."""
        if [row.id for row in rows] == [row.id for row in self._rows]:
            self._take(rows)
        else:
            self.layoutAboutToBeChanged.emit()
            before = self.persistentIndexList()
            names = [self._rows[index.row()].id for index in before]
            self._take(rows)
            self.changePersistentIndexList(before, [self.index_of(name) for name in names])
            self.layoutChanged.emit()
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _take(self, rows: Sequence[Row]) -> None:
        self._rows = list(rows)
        self._at = {row.id: at for at, row in enumerate(self._rows)}

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record itself under `Qt.ItemDataRole.UserRole`; subclasses add words."""
        return self.row_at(index) if role == Qt.ItemDataRole.UserRole else None
