"""A clip's file is enough to make it again, bit for bit; and where it is not, that is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.api.clip import Cancelled, Clip
from engine.api.events import StepDone
from engine.api.provenance import KEY, Provenance
from engine.api.request import ClipRequest
from engine.cli.main import main
from engine.media.clips import provenance
from engine.media.export import write_mp4
from engine.media.images import write_png
from engine.media.reading import read_clip, read_metadata
from engine.packs.load import LoadedPack
from engine.pipeline.cascade import Cascade
from tests.engine.conftest import Recorder

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tiny(packs_folder: Path) -> str:
    return str(packs_folder / "tiny")


def generate(*argv: object) -> int:
    return main(["generate", *(str(word) for word in argv), "--device", "cpu"])


def again(clip: Path, tiny: str, *argv: object) -> int:
    return generate("--from", clip, "--out", clip.with_name("again.mp4"), "--pack", tiny, *argv)


@pytest.fixture
def horse(tmp_path: Path, tiny: str) -> Path:
    path = tmp_path / "horse.mp4"
    quick = ("--pack", tiny, "--upto", "sr1", "--frames", 5, "--steps", 2, "--guidance", 2.5)
    assert generate("a horse", "--negative", "red snow", "--aspect", "1:1", "--out", path, *quick) == 0
    return path


def test_a_clip_is_made_again_bit_for_bit(horse: Path, tiny: str, capsys: Capture) -> None:
    assert again(horse, tiny) == 0
    assert horse.with_name("again.mp4").read_bytes() == horse.read_bytes()
    assert "not as it was" not in capsys.readouterr().err


def test_the_file_says_what_decided_the_frames(horse: Path, tiny: str) -> None:
    metadata = read_metadata(horse)
    provenance = Provenance.from_json(metadata[KEY])
    assert (provenance.stage, provenance.device.split()[0], len(provenance.pack)) == ("sr1", "cpu", 64)
    assert provenance.threads >= 1
    assert json.loads(metadata["walt"])["pack"] == "tiny", "a folder of the maker's is in the file"
    assert str(Path(tiny).parent) not in str(metadata)


@pytest.mark.parametrize("move", [False, True])
def test_a_clip_from_a_still_is_made_again(tmp_path: Path, tiny: str, capsys: Capture, move: bool) -> None:
    still = tmp_path / "still.png"
    write_png(still, np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8))
    path = tmp_path / "clip.mp4"
    quick = ("--pack", tiny, "--upto", "base", "--frames", 5)
    assert generate("a horse", "--image", still, "--out", path, *quick) == 0
    found: tuple[object, ...] = ()
    if move:
        (tmp_path / "elsewhere").mkdir()
        still = still.rename(tmp_path / "elsewhere" / "other name.png")
        assert again(path, tiny) == 1
        assert "error[still-missing]" in capsys.readouterr().err
        found = ("--image", still)
    assert again(path, tiny, *found) == 0
    assert (tmp_path / "again.mp4").read_bytes() == path.read_bytes() or move
    assert np.array_equal(read_clip(tmp_path / "again.mp4").frames, read_clip(path).frames)
    write_png(still, np.zeros((64, 64, 3), np.uint8))
    assert again(path, tiny, *found) == 1
    assert "error[still-differs]" in capsys.readouterr().err


def test_a_continued_clip_is_made_again(horse: Path, tmp_path: Path, tiny: str) -> None:
    path = tmp_path / "more.mp4"
    quick = ("--pack", tiny, "--upto", "base", "--frames", 9)
    assert generate("a horse", "--continue", horse, "--out", path, *quick) == 0
    assert again(path, tiny) == 0
    assert (tmp_path / "again.mp4").read_bytes() == path.read_bytes()


def test_a_clip_that_was_cancelled_is_made_again_as_far_as_it_came(
    pack: LoadedPack, tmp_path: Path, tiny: str
) -> None:
    recorder = Recorder(lambda event: isinstance(event, StepDone) and event.stage == "sr1")
    request = ClipRequest.parse(prompt="a horse", pack="tiny", frames=5, seed=3)
    with pytest.raises(Cancelled) as cancelled:
        Cascade(pack).generate(request, recorder, recorder.cancelled)
    clip = cancelled.value.clip
    assert isinstance(clip, Clip)
    path = tmp_path / "part.mp4"
    write_mp4(path, clip.frames, clip.fps, provenance(clip))
    assert again(path, tiny) == 0
    assert (tmp_path / "again.mp4").read_bytes() == path.read_bytes()


def test_another_pack_is_refused(horse: Path, packs_folder: Path, tmp_path: Path, capsys: Capture) -> None:
    other = Path(shutil.copytree(packs_folder / "tiny", tmp_path / "tiny"))
    manifest = other / "manifest.json"
    manifest.write_text(manifest.read_text().replace("Random weights for tests.", "Others."))
    assert again(horse, str(other)) == 1
    assert "error[pack-differs]" in capsys.readouterr().err
    assert not horse.with_name("again.mp4").exists()


def test_a_pack_that_is_gone_is_named(horse: Path, capsys: Capture) -> None:
    assert generate("--from", horse, "--out", horse.with_name("again.mp4")) == 1
    error = capsys.readouterr().err
    assert "error[pack-not-found]" in error
    assert "tiny" in error


def test_nothing_about_the_clip_can_be_asked_for_anew(horse: Path, tiny: str, capsys: Capture) -> None:
    for wish in (("--seed", 0), ("--steps", 3), ("--upto", "base"), ("--frames", 5)):
        assert again(horse, tiny, *wish) == 2
        assert str(wish[0])[2:] in capsys.readouterr().err


def test_metadata_is_a_choice(tmp_path: Path, tiny: str, capsys: Capture) -> None:
    path = tmp_path / "bare.mp4"
    quick = ("--pack", tiny, "--upto", "base", "--frames", 1)
    assert generate("a horse", "--out", path, "--no-metadata", *quick) == 0
    assert read_metadata(path) == {}
    assert b"horse" not in path.read_bytes()
    assert again(path, tiny) == 2
    assert "error[not-made-by-walt]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "spoilt",
    [
        {KEY: "{}"},
        {KEY: "[" * 5000},
        {KEY: '{"walt":1,"torch":"","device":"","threads":1,"pack":"","stage":"","still":"","source":""}'},
        {KEY: '{"walt":"","torch":"","device":"","threads":99999,"pack":"","stage":"","still":"","source":""}'},
        {"walt": "[]"},
        {"walt": '{"prompt": "a horse", "surprise": 1}'},
        {"walt": "null"},
    ],
)
def test_what_a_stranger_wrote_there_is_refused(
    horse: Path, tiny: str, capsys: Capture, spoilt: dict[str, str]
) -> None:
    stored = read_clip(horse)
    write_mp4(horse, stored.frames, 8, stored.metadata | spoilt)
    assert again(horse, tiny) == 2
    assert "error[not-made-by-walt]" in capsys.readouterr().err


def test_other_versions_are_told(horse: Path, tiny: str, capsys: Capture) -> None:
    stored = read_clip(horse)
    older = json.loads(stored.metadata[KEY]) | {"torch": "1.0"}
    write_mp4(horse, stored.frames, 8, stored.metadata | {KEY: json.dumps(older)})
    assert again(horse, tiny) == 0
    assert "not as it was: torch 1.0, now" in capsys.readouterr().err
