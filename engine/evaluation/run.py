"""Runs the sections of an evaluation one by one; what was measured before stays, what is new is added."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence

from engine.api.errors import UsageError
from engine.evaluation.coding import measure_tokenizer
from engine.evaluation.generated import measure_clips
from engine.evaluation.generated_upscaling import measure_generated_sr
from engine.evaluation.job import Figures, Job, Section
from engine.evaluation.probe import fingerprint
from engine.evaluation.report import Report, open_report, save_report
from engine.evaluation.stills import measure_continuation, measure_stills
from engine.evaluation.upscaling import measure_sr

MEASURES: dict[Section, Callable[[Job], Figures]] = {
    "tokenizer": measure_tokenizer,
    "sr": measure_sr,
    "sr_generated": measure_generated_sr,
    "stills": measure_stills,
    "continuation": measure_continuation,
    "clips": measure_clips,
}


def evaluate(job: Job, sections: Sequence[Section]) -> Report:
    """Measure the sections that the report in ``job.out`` lacks, and write it after each.

    Raises:
        UsageError: ``other-evaluation``, or ``no-probe`` when clips are to be read without a probe.
    """
    if "clips" in sections and job.probe is None:
        raise UsageError(
            "no-probe", "Evaluating generated clips needs a probe.", "Give its folder with --probe."
        )
    report = open_report(job.out, job.settings())
    save_report(job.out, report)  # from now on nothing of another evaluation is put beside what is kept here
    for name, measure in MEASURES.items():
        if name not in sections:
            continue
        if _measured(report, name, job):
            print(f"{name}: measured before", file=sys.stderr)
            continue
        begun = time.monotonic()
        figures = measure(job)
        if name == "clips" and job.probe is not None:
            figures["probe"] = fingerprint(job.probe)
        report["sections"][name] = {**figures, "seconds": round(time.monotonic() - begun, 1)}
        save_report(job.out, report)
    return report


def _measured(report: Report, name: Section, job: Job) -> bool:
    """Whether a section is in the report; clips that another probe has read are read again."""
    figures = report["sections"].get(name)
    if figures is None or name != "clips" or job.probe is None:
        return figures is not None
    return figures.get("probe") == fingerprint(job.probe)
