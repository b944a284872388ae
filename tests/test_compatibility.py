"""Files that an older walt wrote open as before: library, film, preferences, notebook, window, pack, clip.

What the files are is told in ``tests/data/v0_3/README.md``. Only the functions at the top know how the program names
its parts; what they return, and what is expected, is plain data.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter

from app.compose.prompt_history import PromptHistory
from app.core.settings import Settings
from app.film.project import read_project
from app.library.files import LibraryPaths, default_places, read_strip
from app.library.store import Store
from app.preferences.preferences import PreferenceFile
from engine.api.provenance import Provenance
from engine.api.request import ClipRequest
from engine.cli.main import main
from engine.media.reading import read_clip, read_metadata
from engine.packs.load import load_pack
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.runtime.devices import resolve

Values = dict[str, Any]


def open_library(home: Path) -> tuple[list[Values], list[Values], dict[str, tuple[int, int]]]:
    """The clips and the jobs in their order, and the size of each clip's strip of thumbnails."""
    store = Store(own_places(home))
    opened = store.open()
    store.close()
    strips = {clip.id: read_strip(store.places, clip) for clip in opened.clips}
    sizes = {name: (strip.width(), strip.height()) for name, strip in strips.items()}
    return [asdict(clip) for clip in opened.clips], [asdict(job) for job in opened.jobs], sizes


def rebuild_library(home: Path) -> list[Values]:
    """The clips that a library without its database takes in from their files."""
    store = Store(own_places(home))
    store.open()
    clips = store.add_files(store.unknown_files())
    store.close()
    return [asdict(clip) for clip in clips]


def own_places(home: Path) -> LibraryPaths:
    places = default_places()
    assert (places.data, places.cache) == (home / "data" / "walt", home / "cache" / "walt")
    return places


def open_film(file: Path, clips: Path) -> tuple[dict[str, Values], list[Values], Values]:
    """Takes by their names, segments in their order, and the rest."""
    film = read_project(file, [clips])
    takes = {name: asdict(take) for name, take in film.takes.items()}
    segments = [asdict(segment) for segment in film.segments]
    rest = ("marks", "playhead", "saved_as", "modified", "running")
    return takes, segments, {name: getattr(film, name) for name in rest}


def open_preferences() -> Values:
    return asdict(PreferenceFile().now)


def open_notebook() -> tuple[Values, tuple[str, ...], Values]:
    """The draft, the prompts, and what the last clip took."""
    prompt_history = PromptHistory()
    assert prompt_history.pace is not None
    return asdict(prompt_history.draft), prompt_history.prompts, asdict(prompt_history.pace)


def open_layout(name: str) -> bytes:
    layout = Settings().layout(name)
    assert layout is not None
    return bytes(layout.data())


def make_base_clip(pack: str, **values: object) -> tuple[int, ...]:
    """The shape of the clip that an installed pack makes."""
    cascade = Cascade(load_pack(PackStore().find(pack).path, resolve("cpu")))
    request = ClipRequest.parse(pack=pack, upto="base", **values)
    return cascade.generate(request, lambda _: None, lambda: False).frames.shape


def parsed_origin(text: str) -> Values:
    return asdict(Provenance.from_json(text))


DATA = Path(__file__).parent / "data" / "v0_3"
THERE = "/tmp/ada/data/walt"
"""Where the library was when its clips were made."""
ROBOT = "a-red-robot-walking-on-the-beach-11-5a17ef.mp4"
MORE = "a-red-robot-walking-on-the-beach-11-671c7d.mp4"
HORSE = "un-cheval-on-the-snow-12-a6d9b8.mp4"
STILL = "2af173927af96c34f7af9913.png"

NEWER = {"strength": "normal", "size": None}
"""Fields of a request that came later, as they are read from what does not have them."""
DEFAULTS = {
    "negative": "", "image": None, "source": None, "source_frame": None, "overlap": 5, "seed": 0,
    "aspect": "16:9", "frames": 17, "upto": "sr2", "steps": None, "guidance": None, "pack": "tiny",
    **NEWER,
}  # fmt: skip


def request(prompt: str, **values: object) -> Values:
    return {**DEFAULTS, "prompt": prompt, **values}


ROBOT_REQUEST = request(
    "a red robot walking on the beach", negative="snow", seed=11, upto="base", steps=4, guidance=2.5
)
MORE_REQUEST = {**ROBOT_REQUEST, "source": f"{THERE}/clips/{ROBOT}", "source_frame": 16}
HORSE_REQUEST = request(
    "un cheval on the snow", image=f"{THERE}/stills/{STILL}", seed=12, upto="base", steps=2
)

CLIP = {"pack": "tiny", "stage": "base", "width": 64, "height": 32, "fps": 8.0, "complete": True}
CLIPS = [
    {
        **CLIP, "id": "a6d9b81b012b", "file": HORSE, "request": HORSE_REQUEST,
        "prompt": "un cheval on the snow", "seed": 12, "frames": 17, "seconds": 0.23028902700002618,
        "created": 1796077877.367644, "bytes": 24028, "favourite": False,
    },
    {
        **CLIP, "id": "671c7d89021c", "file": MORE, "request": MORE_REQUEST,
        "prompt": "a red robot walking on the beach", "seed": 11, "frames": 12,
        "seconds": 0.18215319600005841, "created": 1796077876.7654016, "bytes": 17996, "favourite": False,
    },
    {
        **CLIP, "id": "5a17ef5b968e", "file": ROBOT, "request": ROBOT_REQUEST,
        "prompt": "a red robot walking on the beach", "seed": 11, "frames": 17,
        "seconds": 0.4872285630000306, "created": 1796077876.1526227, "bytes": 23401, "favourite": True,
    },
]  # fmt: skip
STRIPS = {"a6d9b81b012b": (512, 32), "671c7d89021c": (512, 32), "5a17ef5b968e": (512, 32)}

FAILED = {
    "code": "prompt-not-known",
    "message": "The pack tiny knows no word of this prompt.",
    "hint": "It knows horse, robot; beach, snow.",
}
FINE = {"code": "", "message": "", "hint": ""}
JOBS = [
    ("d19b816a2c92", "queued", None, FINE, request("a robot walking", seed=4294967295)),
    (
        "191d24cc5b26", "queued", None, FINE,
        request("the robot on snow", negative="beach", seed=16, aspect="1:1", frames=29, upto="sr1", steps=7,
                guidance=4.5),
    ),
    ("653e6389700d", "interrupted", None, FINE, request("a horse on the beach", seed=17, steps=1000)),
    (
        "a71b3bad1c87", "interrupted", None, FINE,
        request("a horse on the beach", seed=15, frames=29, steps=1000),
    ),
    ("0e2903e56766", "failed", None, FAILED, request("zebra castle", seed=14, upto="base")),
    ("d1ffc2050a9f", "done", None, FINE, request("a horse", seed=13, aspect="1:1", upto="base")),
    ("6d07c4ec9aba", "done", "a6d9b81b012b", FINE, HORSE_REQUEST),
    ("3872c5b52c49", "done", "671c7d89021c", FINE, MORE_REQUEST),
    ("f07a93037d82", "done", "5a17ef5b968e", FINE, ROBOT_REQUEST),
]  # fmt: skip
"""First those that wait, in their order, then those that ended, the newest first. What ran when the program was killed
is interrupted now; the clip of ``a horse`` was in the trash."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Path:
    """A copy of the files, where this person's files are."""
    copy = Path(shutil.copytree(DATA, tmp_path / "home"))
    for kind in ("CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(copy / kind.lower()))
    return copy


def test_the_library_has_its_clips(home: Path) -> None:
    clips, _, strips = open_library(home)
    assert clips == CLIPS
    assert strips == STRIPS
    assert [read_clip(home / "data/walt/clips" / clip["file"]).frames.shape for clip in clips] == [
        (17, 32, 64, 3), (12, 32, 64, 3), (17, 32, 64, 3),
    ]  # fmt: skip
    assert (home / "data/walt/stills" / STILL).read_bytes() == (home / "still.png").read_bytes()


def test_the_queue_has_its_jobs_in_their_order(home: Path) -> None:
    _, jobs, _ = open_library(home)
    assert [
        (job["id"], job["state"], job["clip"], {name: job[name] for name in FINE}, job["request"])
        for job in jobs
    ] == JOBS
    assert [(job["prompt"], job["seed"]) for job in jobs] == [
        (request["prompt"], request["seed"]) for *_, request in JOBS
    ]


def test_the_clips_are_enough_to_build_the_library_again(home: Path) -> None:
    (home / "data/walt/walt.sqlite3").unlink()
    clips = rebuild_library(home)
    for request in (clip["request"] for clip in clips):
        for name in ("image", "source"):  # in the library's folders, wherever it is now
            request[name] = request[name] and request[name].replace(str(home / "data/walt"), THERE)
    expected = [{**clip, "favourite": False} for clip in CLIPS]
    assert sorted(clips, key=lambda clip: -clip["created"]) == expected


SAVED = [("03ba4efb5cde", "80178310c1d1", 0, 14), ("fb971380f188", "24cd03ec8770", 3, 12)]
KEPT = [
    ("03ba4efb5cde", "80178310c1d1", 0, 9),
    ("f6ca3821fc04", "80178310c1d1", 9, 14),
    ("fb971380f188", "24cd03ec8770", 3, 12),
]


@pytest.mark.parametrize(
    ("file", "expected", "saved_as"),
    [("films/beach.walt", SAVED, None), ("data/walt/film.walt", KEPT, Path("/tmp/ada/films/beach.walt"))],
)
def test_a_film_has_its_segments(
    home: Path, file: str, expected: list[tuple[object, ...]], saved_as: Path | None
) -> None:
    takes, segments, rest = open_film(home / file, home / "nowhere")
    assert [tuple(part[name] for name in ("id", "take", "start", "stop")) for part in segments] == expected
    assert rest == {
        "marks": (2, 20), "playhead": 6, "saved_as": saved_as, "modified": True, "running": True,
    }  # fmt: skip
    clips = home / "data/walt/clips"
    for take, name, frames, asked in (
        ("80178310c1d1", ROBOT, 17, ROBOT_REQUEST),
        ("24cd03ec8770", MORE, 12, MORE_REQUEST),
    ):
        found = takes[take]
        assert (found["file"], found["frames"], found["size"]) == (clips / name, frames, (64, 32))
        assert (found["job"], found["trouble"], found["request"]) == (None, "", asked)
    assert len(takes) == 2


def test_a_film_that_was_moved_finds_its_clips_in_the_library(home: Path) -> None:
    (home / "elsewhere").mkdir()
    moved = (home / "films/beach.walt").rename(home / "elsewhere/a b.walt")
    clips = (home / "data/walt/clips").rename(home / "clips")
    takes, *_ = open_film(moved, clips)
    assert [take["file"] for take in takes.values()] == [clips / ROBOT, clips / MORE]


def test_the_preferences_are_those_that_were_chosen() -> None:
    assert open_preferences() == {
        "theme": "dark", "language": "fr", "pack": "tiny", "device": "cpu", "threads": 3, "memory_mb": 4096,
        "library_folder": "/home/ada/walt", "library_mb": 1234, "metadata": False, "notify": False,
    }  # fmt: skip


def test_the_notebook_has_the_draft_the_prompts_and_the_pace() -> None:
    draft, prompts, pace = open_notebook()
    assert draft == {
        "prompt": "the red robot, un cheval\nwalking", "negative": "snow", "aspect": "1:1", "frames": 29,
        "quality": "best", "steps": 33, "guidance": 6.5, "upto": "sr1", "seed": 123456789,
        "seed_fixed": True, "variations": 2, "strength": "normal", "large": False,
    }  # fmt: skip
    assert prompts == (
        "a red robot walking on the beach", "un cheval on the snow", "a horse", "zebra castle",
        "the robot on snow", "a robot walking", "a horse on the beach",
    )  # fmt: skip
    assert pace == {
        "pack": "tiny", "denoising": 0.494008086000008, "decoding": 0.17050816400001167,
        "denoising_work": 14450687.999999998, "decoding_work": 10229760.000000002,
    }  # fmt: skip


def test_the_window_is_as_it_was_left(qapp: QApplication) -> None:
    assert (open_layout("composer"), open_layout("shelf")) == (b"shown", b"folded")
    window, columns = QMainWindow(), QSplitter()
    for _ in range(3):
        columns.addWidget(QMainWindow())
    assert window.restoreGeometry(open_layout("window"))
    assert columns.restoreState(open_layout("columns"))
    assert len(open_layout("window")) == 66
    assert open_layout("columns").hex() == (
        "000000ff00000001000000030000013600000320000001220100000001010000000100"
    )


@pytest.mark.parametrize(("aspect", "shape"), [("16:9", (17, 32, 64, 3)), ("1:1", (17, 32, 32, 3))])
def test_the_pack_makes_clips(aspect: str, shape: tuple[int, ...]) -> None:
    assert make_base_clip("tiny", prompt="a red robot on the beach", seed=5, aspect=aspect) == shape


PACK_HASH = "f4a9b29cfdf8af6ba5b3fb7813c6cfaaf33014a59ddf685d414ba81cf3d46cb6"
CLIP_REQUEST = request(
    "a red robot on the snow", negative="beach", image="still.png", seed=21, aspect="1:1", frames=5, steps=4,
    guidance=2.0,
)  # fmt: skip


def test_the_clip_s_file_says_how_it_was_made(home: Path) -> None:
    metadata = read_metadata(home / "clip.mp4")
    assert metadata.keys() == {"title", "comment", "walt", "walt_origin"}
    assert metadata["title"] == "a red robot on the snow"
    assert metadata["comment"] == "Made with walt: pack tiny, stage sr2, seed 21."
    assert json.loads(metadata["walt"]) | NEWER == CLIP_REQUEST
    assert asdict(ClipRequest.from_json(metadata["walt"])) == CLIP_REQUEST
    # Fields that were added since are empty.
    assert {name: value for name, value in parsed_origin(metadata["walt_origin"]).items() if value != ""} == {
        "walt": "0.1.0", "torch": "2.13.0+cpu", "device": "cpu float32", "threads": 2, "pack": PACK_HASH,
        "stage": "sr2", "still": "2af173927af96c34f7af991327009a2e1faa89c1182df5ad20ca13a466b64e8a",
    }  # fmt: skip
    clip = read_clip(home / "clip.mp4")
    assert (clip.frames.shape, clip.fps) == ((5, 128, 128, 3), 8.0)


def test_the_clip_can_be_made_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    again = [
        "generate",
        "--from",
        "clip.mp4",
        "--image",
        "still.png",
        "--out",
        "again.mp4",
        "--device",
        "cpu",
    ]
    assert main(again) == 0
    assert read_clip(home / "again.mp4").frames.shape == (5, 128, 128, 3)
    made = json.loads(read_metadata(home / "again.mp4")["walt"])
    assert made | NEWER == CLIP_REQUEST
