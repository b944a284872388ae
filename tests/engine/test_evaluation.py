"""An evaluation end to end with a tiny pack: probe, every section, the report, going on after an interruption."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from engine.api.errors import UsageError, WaltError
from engine.cli.main import main
from engine.evaluation.attributes import VALUES, choices
from engine.evaluation.clips import recall
from engine.evaluation.job import SECTIONS, Counts, Job
from engine.evaluation.photo_features import PhotoFeatures
from engine.evaluation.probe import ABOUT, WEIGHTS, Probe, fingerprint, load_probe, look, read, save_probe
from engine.evaluation.probe_clips import TRAIN_SEED, even_spec, probe_spec, render_probe_clips
from engine.evaluation.probe_training import ProbeTrainer, ProbeTraining
from engine.evaluation.report import summary
from engine.evaluation.run import evaluate
from engine.evaluation.softening import soften
from engine.media.export import write_mp4
from engine.media.images import write_png
from engine.packs.load import LoadedPack
from engine.training.loop import Draw, LoopConfig
from engine.worlds.dataset.heldout import is_heldout
from engine.worlds.spec import WorldSpec
from tests.photo_network import small_state

FEW = Counts(
    general=3,
    heldout=2,
    full=2,
    diverse=1,
    seeds=2,
    tokenizer=(1, 1, 0),
    sr=1,
    stills=1,
    large=1,
    worlds=2,
    continued=1,
)


@pytest.fixture(scope="module")
def probe_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A probe that has learned nothing, made by the real code."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("probe")
    save_probe(folder, Probe(), {})
    return folder


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One photograph and one video."""
    folder = tmp_path_factory.mktemp("pictures")
    noise = np.random.default_rng(0).integers(0, 255, (300, 480, 3), dtype=np.uint8)
    write_png(folder / "photo.png", np.asarray(cv2.GaussianBlur(noise, (0, 0), 4), np.uint8))
    write_mp4(folder / "video.mp4", np.full((20, 64, 96, 3), 90, np.uint8), 8, {})
    return folder


@pytest.fixture
def job(pack: LoadedPack, packs_folder: Path, probe_folder: Path, pictures: Path, tmp_path: Path) -> Job:
    name = str(packs_folder / "tiny")
    probe, features = load_probe(probe_folder), PhotoFeatures(small_state())
    return Job(pack, name, tmp_path, probe, FEW, photos=pictures, videos=pictures, features=features)


@pytest.mark.slow
def test_every_section_measures_and_is_written(job: Job) -> None:
    report = evaluate(job, SECTIONS)
    assert json.loads((job.out / "report.json").read_text()) == report
    sections = report["sections"]
    tokenizer = sections["tokenizer"]
    assert {"worlds_32", "photographs_64", "videos_32"} <= set(tokenizer)
    assert len(tokenizer["worlds_32"]["tokenizer"]["psnr_by_frame"]) == 17
    assert tokenizer["worlds_32"]["linear_own"]["psnr"] > 15
    assert set(sections["sr"]) == {"sr1", "sr2", "seconds"}
    assert sections["sr"]["sr1"]["bicubic"]["psnr"] > 3
    made = sections["sr_generated"]["level_300"]
    assert set(made["cascade"]) == set(made["bicubic"]) == {"psnr", "ssim", "flicker", "detail", "features"}
    assert made["over_bicubic_db"] == pytest.approx(made["cascade"]["psnr"] - made["bicubic"]["psnr"])
    assert sections["stills"]["full_size"]["clips"] == 1
    assert sections["stills"]["full_size"]["time"]["without"] > 0
    # Frame 0 is the still, or its own latents decoded: nothing is lost but what the tokenizer loses.
    assert sections["stills"]["frame_0"]["base"]["lost_db"] < 0.2
    assert sections["continuation"]["seam"] > 0
    general = sections["clips"]["general"]
    assert general["attributes"]["subject"]["asked"] == 3
    assert general["frechet"]["floor"] > 0
    assert sections["clips"]["full"]["frechet_photo"]["floor"] > 0
    assert sections["clips"]["worlds"]["motion"]["ratio"] > 0
    assert set(sections["clips"]["diversity"]) == {"features", "pixels"}
    assert len(list((job.out / "sheets" / "general").glob("*.png"))) == 3
    table = summary(report)
    missing = [line for line in table.splitlines() if "not measured" in line]
    assert all("uncovered" in line for line in missing)  # a short move of a tiny picture uncovers nothing
    assert table.count("\n") > 20


@pytest.mark.slow
def test_a_second_run_makes_nothing_twice(job: Job) -> None:
    job = replace(job, counts=replace(FEW, general=2, heldout=0, full=0, worlds=0))
    first = evaluate(job, ("clips",))
    kept = sorted(path for path in job.out.rglob("*.npz"))
    times = {path: path.stat().st_mtime_ns for path in kept}
    unfinished = json.loads((job.out / "report.json").read_text()) | {"sections": {}}
    (job.out / "report.json").write_text(json.dumps(unfinished))  # as after an interruption
    kept[0].write_bytes(kept[0].read_bytes()[:100])  # and one clip that was not whole
    second = evaluate(job, ("clips",))
    changed = [path for path in kept if path.stat().st_mtime_ns != times[path]]
    assert changed == kept[:1]
    del first["sections"]["clips"]["seconds"], second["sections"]["clips"]["seconds"]
    assert first == second


def test_figures_that_were_made_stay(job: Job) -> None:
    made = job.once("still-000", lambda: {"motion": [1.5, 2], "frame_0": (30.0, 31.0)})
    again = job.once("still-000", lambda: pytest.fail("measured twice"))
    assert again["motion"] == made["motion"]
    assert list(made["frame_0"]) == again["frame_0"]
    assert job.once("still-001", lambda: {"motion": []}) == {"motion": []}


def test_another_probe_reads_the_same_clips_again(job: Job, tmp_path: Path) -> None:
    only = replace(job, counts=replace(FEW, full=0, diverse=0, worlds=0, general=2, heldout=0))
    before = evaluate(only, ("clips",))["sections"]["clips"]["probe"]
    torch.manual_seed(1)
    other = Probe().eval().requires_grad_(False)
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.npz")}
    after = evaluate(replace(only, probe=other), ("clips",))["sections"]["clips"]["probe"]
    assert before != after == fingerprint(other)
    assert all(path.stat().st_mtime_ns == time for path, time in kept.items())


def test_packs_share_renders_and_nothing_else(job: Job, tmp_path: Path) -> None:
    few = replace(FEW, general=2, heldout=0, full=0, diverse=0, worlds=0)
    one, other = (replace(job, counts=few, out=tmp_path / name, renders=tmp_path / "shared") for name in "ab")
    for each in (one, other):
        each.out.mkdir()
    first = evaluate(one, ("clips",))
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "shared").rglob("*.npz")}
    assert len(times) == 4  # the same worlds, and others
    second = evaluate(other, ("clips",))
    assert all(path.stat().st_mtime_ns == time for path, time in times.items())
    assert first["sections"]["clips"]["general"] == second["sections"]["clips"]["general"]
    assert len(list((tmp_path / "b" / "clips").rglob("*.npz"))) == 2


def test_other_settings_do_not_mix_with_a_report(job: Job) -> None:
    evaluate(job, ("continuation",))
    with pytest.raises(UsageError, match="another seed"):
        evaluate(replace(job, seed=1), ("continuation",))


def test_clips_need_a_probe(job: Job) -> None:
    with pytest.raises(UsageError, match="probe"):
        evaluate(replace(job, probe=None), ("clips",))


def test_the_command_prints_a_table_and_keeps_to_its_sections(
    packs_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = str(packs_folder / "tiny")
    wishes = ["--pack", tiny, "--out", str(tmp_path), "--quick", "--device", "cpu"]
    assert main(["evaluate", *wishes, "--only", "continuation"]) == 0
    assert "| seam of a continuation | <= 1.5 |" in capsys.readouterr().out
    assert main(["evaluate", *wishes, "--only", "continuation", "--json"]) == 0
    printed = capsys.readouterr()
    assert list(json.loads(printed.out)["sections"]) == ["continuation"]
    assert "measured before" in printed.err
    assert main(["evaluate", *wishes, "--only", "colours"]) == 2
    assert main(["evaluate", "--pack", tiny]) == 2
    assert main(["evaluate", *wishes, "--only", "clips"]) == 2  # no probe


@pytest.mark.slow
def test_the_probe_command_trains_tests_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["evaluate", "probe", "--train", "--out", str(tmp_path), "--clips", "4", "--test", "1"]
    assert main([*command, "--steps", "1"]) == 0
    assert "general_softened: subject" in capsys.readouterr().out
    about = json.loads((tmp_path / ABOUT).read_text())
    assert about["trained_on"]["steps"] == 1
    assert about["examined"]["heldout"]["subject"]["asked"] == 1
    rendered = (tmp_path / "work" / "clips" / "shard-00000.npy").stat().st_mtime_ns
    before = fingerprint(load_probe(tmp_path))
    assert main([*command, "--steps", "2"]) == 0
    assert fingerprint(load_probe(tmp_path)) != before
    assert (tmp_path / "work" / "clips" / "shard-00000.npy").stat().st_mtime_ns == rendered
    assert (tmp_path / WEIGHTS).stat().st_size < 5e6


@pytest.mark.slow
def test_a_probe_learns_what_it_is_shown(tmp_path: Path) -> None:
    render_probe_clips(tmp_path / "clips", 5, TRAIN_SEED, lambda done, total: None)
    loop = LoopConfig(steps=10, warmup=1, ema=0.0, report_steps=1000)
    trainer = ProbeTrainer(ProbeTraining(loop, batch=4, held=1), tmp_path / "clips", tmp_path / "run")
    before, _ = trainer.loss(Draw.at(0, 99))
    trainer.loop.run()
    after, figures = trainer.loss(Draw.at(0, 99))
    assert float(after.detach()) < 0.8 * float(before.detach())
    assert set(figures) == set(VALUES)
    assert all(parameter.grad is not None for parameter in trainer.probe.parameters())


def test_the_probe_is_made_of_worlds_far_from_training_and_knows_held_out_ones() -> None:
    specs = [probe_spec(TRAIN_SEED + i) for i in range(400)]
    assert all(spec.seed >= 900_000_000 for spec in specs)
    assert sum(is_heldout(spec) for spec in specs) > 40
    even = [even_spec(i) for i in range(2000)]
    for name in ("subject", "place", "colour"):
        assert {getattr(spec, name) for spec in even} == set(VALUES[name])
    assert even == [spec.check() for spec in even]


def test_reading_keeps_to_what_the_asked_world_can_be() -> None:
    spec = WorldSpec(1, "fox", "run", "snow", "day", "grey")
    logits = {name: torch.arange(len(values)).float()[None] for name, values in VALUES.items()}
    reading = read(logits, 0, spec)
    assert reading["colour"] in choices(spec, "colour")
    assert reading["action"] == "run"
    assert reading["subject"] == VALUES["subject"][-1]


def test_a_clip_of_any_size_looks_the_same_to_the_probe() -> None:
    small = np.random.default_rng(0).integers(0, 255, (17, 16, 28, 3), dtype=np.uint8)
    large, larger = small.repeat(8, 1).repeat(8, 2), small.repeat(16, 1).repeat(16, 2)
    a, b = look(large), look(larger)
    assert np.array_equal(a.frames, b.frames)
    assert np.array_equal(a.flow, b.flow)
    assert a.flow.shape == (5, 8, 16, 28)
    assert not a.flow[0].any()
    with pytest.raises(ValueError, match="17 frames"):
        look(large[:9])


def test_softening_is_repeatable_and_changes_most_clips_a_little() -> None:
    clip = np.random.default_rng(0).integers(60, 200, (17, 64, 112, 3), dtype=np.uint8)
    made = [soften(clip, np.random.default_rng(i)) for i in range(12)]
    assert all(np.array_equal(one, soften(clip, np.random.default_rng(i))) for i, one in enumerate(made))
    assert 6 <= sum(not np.array_equal(one, clip) for one in made) < 12
    assert all(one.dtype == np.uint8 and one.shape == clip.shape for one in made)


def test_a_damaged_probe_is_refused(probe_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WaltError, match="no probe"):
        load_probe(tmp_path)
    for name in (ABOUT, WEIGHTS):
        (tmp_path / name).write_bytes((probe_folder / name).read_bytes())
    about = json.loads((tmp_path / ABOUT).read_text())
    about["values"]["light"].append("dawn")
    (tmp_path / ABOUT).write_text(json.dumps(about))
    with pytest.raises(WaltError, match="other attributes"):
        load_probe(tmp_path)
    (tmp_path / ABOUT).write_bytes((probe_folder / ABOUT).read_bytes())
    (tmp_path / WEIGHTS).write_bytes(b"nonsense")
    with pytest.raises(WaltError, match="can't be used"):
        load_probe(tmp_path)


def test_what_is_kept_comes_back_equal(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (17, 64, 112, 3), dtype=np.uint8)
    made = recall(tmp_path / "a" / "0.npz", lambda: frames)
    again = recall(tmp_path / "a" / "0.npz", lambda: pytest.fail("made twice"))
    assert np.array_equal(again.sight.frames, look(frames).frames)
    assert np.array_equal(again.sight.flow, made.sight.flow)
    assert (again.motion, again.flicker) == (made.motion, made.flicker)
    assert again.strip().shape == (5, 128, 224, 3)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["0.npz"]


def test_a_part_is_a_share_of_every_count() -> None:
    assert Counts().part(1) == Counts()
    fifth = Counts().part(0.2)
    assert (fifth.general, fifth.heldout, fifth.full, fifth.seeds) == (100, 40, 10, 4)
    assert fifth.tokenizer == (5, 2, 1)
