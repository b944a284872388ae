"""The report: JSON that grows section by section, and a table of the figures that have a target."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError
from engine.runtime.files import atomic_write

REPORT, SUMMARY = "report.json", "summary.md"
Report = dict[str, Any]


def open_report(folder: Path, settings: dict[str, object]) -> Report:
    """The report in a folder if it has the same settings, else a new one.

    Raises:
        UsageError: ``other-evaluation`` when the folder holds an evaluation with other settings.
    """
    path = folder / REPORT
    fresh: Report = {"settings": settings, "sections": {}}
    if not path.exists():
        return fresh
    try:
        found: Report = json.loads(path.read_text("utf-8"))
        before = found["settings"]
    except (ValueError, KeyError, TypeError):
        before = None
        found = fresh
    if before != settings:
        odd = _difference(before, settings)
        raise UsageError(
            "other-evaluation",
            f"{folder} holds an evaluation with another {odd}.",
            "Give another folder with --out, or the same settings.",
        )
    return found


def _difference(before: object, settings: Mapping[str, object]) -> str:
    if not isinstance(before, dict):
        return "form"
    return next((name for name, value in settings.items() if before.get(name) != value), "form")


def save_report(folder: Path, report: Report) -> None:
    """Write report and summary."""
    with atomic_write(folder / REPORT) as part:
        part.write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    with atomic_write(folder / SUMMARY) as part:
        part.write_text(summary(report), "utf-8")


TARGETS: tuple[tuple[str, str, str], ...] = (
    ("tokenizer over the linear code, unseen worlds", "tokenizer.worlds_{h}.over_linear_db", ">= 2 dB"),
    ("tokenizer over the linear code, photographs", "tokenizer.photographs_{h}.over_linear_db", ">= 1.5 dB"),
    *(
        (f"{name}, unseen prompts", f"clips.general.attributes.{name}.accuracy", f">= {target} %")
        for name, target in (
            ("subject", 95), ("place", 98), ("light", 98), ("colour", 90), ("action", 85), ("camera", 85),
        )
    ),
    *(
        (f"{name}, held-out combinations", f"clips.heldout.attributes.{name}.accuracy", "within 8 points")
        for name in ("subject", "place", "light", "colour", "action", "camera")
    ),
    ("Fréchet distance, base", "clips.general.frechet.times_floor", "<= 4 x floor"),
    ("Fréchet distance, full size", "clips.full.frechet.times_floor", "<= 4 x floor"),
    ("Fréchet distance of photo features, full size", "clips.full.frechet_photo.times_floor", "half of 0.3.0's"),
    ("diversity across seeds, in features", "clips.diversity.features.ratio", "0.75 to 1.25 of renders'"),
    ("diversity across seeds, in pixels", "clips.diversity.pixels.ratio", "0.75 to 1.25 of renders'"),
    ("motion, base", "clips.general.motion.ratio", "0.75 to 1.25 of renders'"),
    ("motion, full size", "clips.full.motion.ratio", "0.75 to 1.25 of renders'"),
    ("temporal flicker, base", "clips.general.flicker.ratio", "0.75 to 1.25 of renders'"),
    ("temporal flicker, full size", "clips.full.flicker.ratio", "0.75 to 1.25 of renders'"),
    ("sr1 over bicubic", "sr.sr1.over_bicubic_db", ">= 2 dB"),
    ("sr2 over bicubic", "sr.sr2.over_bicubic_db", ">= 2 dB"),
    ("sr1, fine detail", "sr.sr1.model.detail", "0.7 to 1.3 of true"),
    ("sr2, fine detail", "sr.sr2.model.detail", "0.7 to 1.3 of true"),
    ("cascade over bicubic on what the base makes", "sr_generated.level_300.over_bicubic_db", ">= 1 dB"),
    ("the same, SSIM", "sr_generated.level_300.over_bicubic_ssim", "> 0"),
    ("the same, feature distance", "sr_generated.level_300.features_of_bicubic", "<= 0.7 of bicubic's"),
    ("image-to-video, frame 0 below the tokenizer's own", "stills.frame_0.base.lost_db", "<= 1 dB"),
    ("camera obeyed on stills", "stills.camera_obeyed_mean", ">= 80 %"),
    ("stills in which something moves", "stills.moving", "all"),
    ("camera obeyed on stills, full size", "stills.full_size.obeyed", ">= 97 %"),
    ("sharpness of frame 16 where the still is visible", "stills.full_size.sharpness", ">= 0.8 of the still's"),
    ("feature distance of frame 16 to the moved still", "stills.full_size.likeness_ratio", "<= 1.2 x the ideal's"),
    ("bending, pixels of 896", "stills.full_size.bending", "<= 1.5"),
    ("colour step at what was uncovered", "stills.full_size.seam_colour", "<= 1.1 x the still's own"),
    ("sharpness step at what was uncovered", "stills.full_size.seam_sharpness", "<= 1.1 x the still's own"),
    ("seconds over a clip without a still", "stills.full_size.time.more", "<= 2"),
    ("action, stills of unseen worlds", "clips.worlds.attributes.action.accuracy", "not below 0.3.0's %"),
    ("motion, stills of unseen worlds", "clips.worlds.motion.ratio", "0.75 to 1.25 of renders'"),
    ("seam of a continuation", "continuation.seam", "<= 1.5"),
)  # fmt: skip
"""What is measured, where it stands in the report ({h}: height of the base's pictures), and its target."""


def summary(report: Report) -> str:
    """The figures that have a target as a Markdown table."""
    height = report["settings"].get("height", 128)
    lines = ["| figure | target | measured |", "| --- | --- | --- |"]
    for name, where, target in TARGETS:
        value = _find(report["sections"], where.format(h=height))
        lines.append(f"| {name} | {target} | {_shown(value, target)} |")
    return "\n".join(lines) + "\n"


def _find(values: Any, where: str) -> float | None:
    for part in where.split("."):
        if not isinstance(values, dict) or part not in values:
            return None
        values = values[part]
    return None if values is None else float(values)


def _shown(value: float | None, target: str) -> str:
    if value is None:
        return "not measured"
    if target.endswith(("%", "points", "all")):
        return f"{100 * value:.1f} %"
    return f"{value:.2f}" + (" dB" if target.endswith("dB") else "")
