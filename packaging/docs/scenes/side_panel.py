"""Scenes of many clips: library, queue, film."""

from __future__ import annotations

from dataclasses import replace

from app.export.export_dialog import ExportDialog
from app.library.records import State
from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.api.types import Aspect, StageName
from scenes.clip import done
from scenes.stage import PROMPT, Stage

PROMPTS = (
    PROMPT,
    "A dragon breathing fire over the sea at night",
    "A polar bear walking in the snow",
    "A fox running through a meadow",
    "A whale swimming in the sea",
    "A red balloon over the desert",
    "An asteroid striking the Earth",
)
UPRIGHT, STOPPED = 3, 4
"""Which of them is 9:16, and which was stopped after its first stage."""


def library(stage: Stage) -> None:
    """Clips in the library, one of them selected."""
    kept, panel = stage.session.library, stage.window.side_panel.library
    for number, prompt in enumerate(PROMPTS):
        aspect: Aspect = "9:16" if number == UPRIGHT else "16:9"
        name: StageName = "base" if number == STOPPED else "sr1"
        clip = stage.source(prompt, aspect).clip(name)
        kept.keep(clip, "", "cancelled" if name == "base" else "done")
        stage.wait(lambda: len(kept.clips) == number + 1)  # noqa: B023
    kept.set_favourite([clip.id for clip in kept.clips[1:3]], True)
    panel.grid.setCurrentIndex(panel.clips.index(2, 0))
    stage.settle()
    thumbs = kept.thumbs
    stage.wait(lambda: all(thumbs.strip(clip) is not None for clip in panel.clips.rows))
    panel.clips.refresh()


def played(stage: Stage) -> None:
    """A clip of the library is on show."""
    library(stage)
    clip = stage.session.library.clips[-1]
    stage.session.open_clip(clip)
    stage.wait(lambda: stage.session.current_clip.library_clip is not None)
    stage.type(PROMPT)
    stage.rest_at(8)


def nothing_found(stage: Stage) -> None:
    """A search without an answer, right after a clip was deleted."""
    library(stage)
    panel = stage.window.side_panel.library
    large = {clip.id: replace(clip, bytes=3 * 2**30) for clip in stage.session.library.clips}
    stage.session.library._clips.update(large)  # pyright: ignore[reportPrivateUsage]
    stage.window.preferences.change(library_mb=20 * 1024)
    panel.undo.say(panel.tr("%Ln clip(s) in the trash", "", 1), panel.tr("Undo"))
    panel.search.setText("castle")


def queue(stage: Stage) -> None:
    """Jobs in every state."""
    stage.window.side_panel.turn_to(stage.window.side_panel.queue)
    jobs = stage.session.queue
    kinds: tuple[State, ...] = ("done", "failed", "cancelled", "interrupted")
    error = WaltError("out-of-memory", "There is not enough memory for this clip.", "Close other programs.")
    for number, state in enumerate(kinds):
        request = ClipRequest.parse(prompt=PROMPTS[number + 3], seed=number)
        jobs.pause(True)
        jobs.add([request])
        jobs.start(jobs.waiting[0], lambda _job: None)
        jobs.end(state, error if state == "failed" else None)
    jobs.pause(False)
    stage.begin(PROMPTS[0])
    for prompt in PROMPTS[1:3]:
        stage.type(prompt)
        stage.session.generate()
    stage.play("sr1", 1)
    stage.window.side_panel.queue.jobs.setCurrentIndex(jobs.index_of(jobs.waiting[1].id))
    stage.rest_at(6)


def queue_empty(stage: Stage) -> None:
    """Nothing waits."""
    stage.window.side_panel.turn_to(stage.window.side_panel.queue)


def film(stage: Stage) -> None:
    """Two clips in a row on the timeline."""
    library(stage)
    clips = [clip for clip in stage.session.library.clips if clip.width > clip.height and clip.complete]
    for clip in (clips[-1], clips[-2]):
        stage.session.film_generator.add(clip, len(stage.session.film_generator.film.segments))
    _show_film(stage, 20)


def continued(stage: Stage) -> None:
    """What comes after a clip is being made."""
    done(stage)
    stage.window.actions_["continue"].trigger()
    stage.wait(lambda: bool(stage.session.queue.running))
    stage.wait(lambda: stage.session.monitor.frame(9) is not None)
    stage.rest_at(9)


def export(stage: Stage) -> None:
    """How the clip is to be exported."""
    done(stage)
    stage.window.actions_["export"].trigger()
    stage.settle()
    stage.shown = stage.window.findChild(ExportDialog)


def _show_film(stage: Stage, frame: int) -> None:
    monitor = stage.session.monitor
    monitor.show("film")
    stage.wait(lambda: monitor.frame(2) is not None and monitor.frame(frame) is not None)
    stage.type("")
    stage.rest_at(frame)


SCENES = (library, played, nothing_found, queue, queue_empty, film, continued, export)
