"""Times, days and names as people write them."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QDate, QDateTime, QLocale

translate = QCoreApplication.translate
"""Under this name lupdate finds the words."""

MAX_NAME = 48


def clock_text(seconds: float) -> str:
    """Whole seconds as ``m:ss`` or ``h:mm:ss``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def seconds_text(seconds: float) -> str:
    """A duration: ``0.8 s``, ``12.4 s``, ``1:24``; in French ``0,8 s``."""
    return f"{tenths(seconds)} s" if seconds < 59.95 else clock_text(round(seconds))


def tenths(seconds: float) -> str:
    """Seconds with one decimal, as the language writes them."""
    return QLocale().toString(float(seconds), "f", 1)


def time_code(frame: int, fps: float) -> str:
    """The time at which a frame is shown, to the millisecond: ``00:01.125``; in French ``00:01,125``."""
    milliseconds = round(frame * 1000 / fps)
    point = QLocale().decimalPoint()
    return f"{milliseconds // 60000:02}:{milliseconds // 1000 % 60:02}{point}{milliseconds % 1000:03}"


def count_text(count: int) -> str:
    """A number of things, in groups of three figures: ``10,000``; in French with a narrow space."""
    return QLocale().toString(count)


def file_name(prompt: str, seed: int) -> str:
    """A file name that every system takes: ``a-horse-on-the-beach-7.mp4``."""
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if len(slug) > MAX_NAME:
        slug = slug[: MAX_NAME + 1].rpartition("-")[0] or slug[:MAX_NAME]
    return f"{slug or 'clip'}-{seed}.mp4"


def free_name(path: Path) -> Path:
    """The path, or where something is there already, the first free one beside it: ``horse (2).mp4``."""
    names = (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in itertools.count(2))
    return next(name for name in itertools.chain([path], names) if not os.path.lexists(name))


def date_text(moment: float) -> str:
    """A moment (seconds since 1970) as a day and a time of the day: ``Yesterday, 21:40``."""
    when = QDateTime.fromSecsSinceEpoch(int(moment))
    clock = QLocale().toString(when.time(), QLocale.FormatType.ShortFormat)
    return f"{near_day(when.date()) or day_text(when.date())}, {clock}"


def near_day(day: QDate) -> str:
    """Today or yesterday, in words; nothing for other days."""
    names = {0: translate("Days", "Today"), 1: translate("Days", "Yesterday")}
    return names.get(day.daysTo(QDate.currentDate()), "")


def day_text(day: QDate) -> str:
    """A day, as the language writes it in full."""
    return QLocale().toString(day, QLocale.FormatType.LongFormat)


def size_text(count: int) -> str:
    """An amount of bytes: ``5.2 GB``, ``790 MB``; number and unit stay in one line."""
    decimals = int(count >= 2**30)
    size = QLocale().formattedDataSize(count, decimals, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
    return size.replace(" ", "\u00a0")
