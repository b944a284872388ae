"""Photographs moved by a camera as training clips: told by their camera, always given their first frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine.api.errors import WaltError
from engine.cli.main import main
from engine.evaluation.flow import flows, global_motion, obeys
from engine.packs.load import load_pack
from engine.training.data.captions import Captioner
from engine.training.data.photos import CAMERAS, Photos
from engine.training.data.prepare import prepare_photos
from engine.training.data.store import ClipStore
from engine.training.denoiser.loss import known_frames
from engine.training.packing import load_averaged, load_run_tokenizer
from engine.worlds.captions.write import GRAMMARS, vocabulary


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("a.png", "b.jpg"):
        noise = np.random.default_rng(len(name)).integers(0, 255, (12, 20, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / name), cv2.resize(noise, (480, 288)))
    return folder


def made(pictures: Path, out: Path) -> ClipStore:
    prepare_photos(pictures, out, 6, 32, 56, 5, seed=3, progress=lambda done, total: None)
    return ClipStore(out)


def test_the_same_seed_moves_them_the_same_way_and_whole_shards_are_kept(
    pictures: Path, tmp_path: Path
) -> None:
    one, two = made(pictures, tmp_path / "one"), made(pictures, tmp_path / "two")
    assert one.truth == two.truth
    assert all(np.array_equal(one[i], two[i]) for i in range(6))
    before = (tmp_path / "one" / "shard-00000.npy").stat().st_mtime_ns
    made(pictures, tmp_path / "one")
    assert (tmp_path / "one" / "shard-00000.npy").stat().st_mtime_ns == before


def test_captions_tell_the_camera_and_the_first_frame_is_always_given(pictures: Path, tmp_path: Path) -> None:
    truths = made(pictures, tmp_path / "clips").truth
    captioner, rng = Captioner(vocabulary(), drop=0.0, french=0.5), np.random.default_rng(0)
    for truth in truths:
        phrases = {phrase for grammar in GRAMMARS.values() for phrase in grammar.cameras[truth["camera"]]}
        assert captioner.text(truth, rng) in phrases
    mixed = [*truths, {"captions": ["a horse"]}]
    known = torch.stack([known_frames(mixed, 0.0, rng) for _ in range(8)])
    assert int(known[:, :-1].min()) == 1
    assert int(known[:, :-1].max()) == 2
    assert int(known[:, -1].max()) == 0


def test_each_camera_begins_with_the_same_picture_and_goes_its_own_way(pictures: Path) -> None:
    family = Photos(pictures).family(np.random.default_rng(5), 9, 64, 112)
    assert [camera for _, camera in family] == list(CAMERAS)
    for clip, camera in family:
        assert np.abs(clip[0].astype(int) - family[0][0][0]).mean() < 2, camera
        assert obeys(camera, global_motion(flows(clip))), camera


def test_some_moves_alone(pictures: Path, tmp_path: Path) -> None:
    moves = ("zoom_in", "zoom_out")
    prepare_photos(pictures, tmp_path, 5, 32, 56, 5, 3, lambda done, total: None, moves)
    assert [truth["camera"] for truth in ClipStore(tmp_path).truth] == [*moves, *moves, "zoom_in"]


def test_a_move_that_is_none_is_named(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--photos", str(pictures), "--cameras", "pan_left", "dolly", "--out", str(tmp_path / "out")]
    assert main(["train", "prepare", *words]) == 2
    assert "dolly" in capsys.readouterr().err


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WaltError) as error:
        made(tmp_path, tmp_path / "out")
    assert error.value.code == "no-photos"


def test_runs_on_top_of_a_pack_take_its_tokenizer(packs_folder: Path) -> None:
    found = load_run_tokenizer(packs_folder / "tiny").state_dict()
    for name, value in load_pack(packs_folder / "tiny").tokenizer.state_dict().items():
        assert torch.equal(found[name].to(value.dtype), value), name


def test_a_run_may_start_from_a_packs_weights(packs_folder: Path) -> None:
    pack = load_pack(packs_folder / "tiny")
    tokenizer = load_pack(packs_folder / "tiny").tokenizer
    with torch.no_grad():
        for parameter in tokenizer.parameters():
            parameter.zero_()
    load_averaged(packs_folder / "tiny", tokenizer)
    for name, value in pack.tokenizer.state_dict().items():
        assert torch.equal(tokenizer.state_dict()[name], value), name
    with pytest.raises(WaltError):
        load_averaged(packs_folder / "tiny", torch.nn.Linear(2, 2))
