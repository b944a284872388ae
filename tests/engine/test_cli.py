"""The command line: what it prints, what it refuses, and that it stays light."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.api.events import JobStarted, StageStarted, StepDone
from engine.cli.generate import describe_unheard
from engine.cli.main import COMMANDS, main
from engine.cli.progress import ProgressLines, duration
from engine.kinds.check import Heard, UnknownWord
from engine.media.images import write_png
from engine.media.reading import iter_frames, read_clip

ROOT = Path(__file__).parents[2]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def tiny(packs_folder: Path) -> str:
    return str(packs_folder / "tiny")


def walt(*argv: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "engine.cli.main", *argv]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def generate(tiny: str, out: Path, *argv: str, prompt: str = "a horse") -> int:
    quick = ("--pack", tiny, "--device", "cpu", "--upto", "base", "--frames", "5")
    return main(["generate", prompt, "--out", str(out), *quick, *argv])


def test_generate_writes_a_clip_and_says_which(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "horse.mp4"
    assert generate(tiny, out, "--seed", "7") == 0
    printed = capsys.readouterr()
    assert "5 frames of 64x32" in printed.out
    assert "seed 7" in printed.out
    assert "base: step 1/3" in printed.err
    assert printed.err.index("plan: networks in memory, peak ") < printed.err.index("base: 5 frames")
    stored = read_clip(out)
    assert np.asarray(stored.frames).shape == (5, 32, 64, 3)
    request = json.loads(stored.metadata["walt"])
    assert (request["prompt"], request["seed"], request["frames"]) == ("a horse", 7, 5)
    assert [path.name for path in tmp_path.iterdir()] == ["horse.mp4"]


def test_json_is_one_object_with_everything(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "clip.mp4"
    assert generate(tiny, out, "--seed", "7", "--upto", "sr2", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["path"] == str(out)
    assert (report["width"], report["height"], report["fps"], report["frames"]) == (256, 128, 8, 5)
    assert (report["seed"], report["stage"], report["unknown_words"]) == (7, "sr2", [])
    assert set(report["seconds"]) == {"base", "sr1", "sr2", "decode", "total"}
    assert all(seconds > 0 for seconds in report["seconds"].values())
    assert report["peak_rss_mb"] > 50
    assert (report["plan"]["networks"], report["plan"]["tile"]) == ("resident", None)
    assert report["plan"]["peak_mb"] > 50


def test_a_random_seed_is_told_and_makes_the_clip_again(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    assert generate(tiny, tmp_path / "one.mp4", "--json") == 0
    printed = capsys.readouterr()
    seed = json.loads(printed.out)["seed"]
    assert f"seed {seed}\n" in printed.err
    assert generate(tiny, tmp_path / "two.mp4", "--seed", str(seed)) == 0
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()


def test_a_still_in_a_square(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    still = tmp_path / "still.png"
    write_png(still, np.full((40, 60, 3), 90, np.uint8))
    assert generate(tiny, tmp_path / "a.mp4", "--image", str(still), "--aspect", "1:1", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["width"], report["height"]) == (32, 32)


@pytest.mark.parametrize("name", ["horse.webm", "horse.gif", "horse.mov"])
def test_the_name_decides_the_format(tiny: str, tmp_path: Path, name: str) -> None:
    assert generate(tiny, tmp_path / name, "--seed", "7") == 0
    assert len(list(iter_frames(tmp_path / name))) == 5
    assert "walt" in read_clip(tmp_path / name).metadata


def test_a_clip_is_continued(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    first, second, third = (tmp_path / f"{name}.mp4" for name in ("first", "second", "third"))
    assert generate(tiny, first, "--aspect", "1:1", "--seed", "1") == 0
    capsys.readouterr()
    assert generate(tiny, second, "--continue", str(first), "--frames", "9", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["frames"], report["width"], report["height"]) == (4, 32, 32)
    assert json.loads(read_clip(second).metadata["walt"])["overlap"] == 5
    assert generate(tiny, third, "--continue", str(first), "--after", "2", "--json") == 0
    assert json.loads(capsys.readouterr().out)["frames"] == 4, "too few frames for a motion: a picture"


def test_unknown_words_are_named(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    assert generate(tiny, tmp_path / "a.mp4", "--json", prompt="a hose near a castle") == 0
    printed = capsys.readouterr()
    assert "doesn't know: hose (did you mean horse?), near, castle" in printed.err
    assert json.loads(printed.out)["unknown_words"] == ["hose", "near", "castle"]
    heard = Heard((UnknownWord("castle", None),), ())
    assert describe_unheard("starter", heard) == ["The starter doesn't know: castle"]


def test_words_beyond_the_models_length_are_named(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    assert generate(tiny, tmp_path / "a.mp4", "--json", prompt="red " * 8 + "horse walking") == 0
    printed = capsys.readouterr()
    assert "does not read: horse, walking" in printed.err
    assert json.loads(printed.out)["unread_words"] == ["horse", "walking"]


REFUSED: dict[str, tuple[list[str], int, str]] = {
    "no prompt": (["generate", "--out", "{dir}/a.mp4"], 2, "usage"),
    "empty prompt": (["generate", " ", "--out", "{dir}/a.mp4", "--pack", "{tiny}"], 2, "bad-request"),
    "no output": (["generate", "a horse"], 2, "usage"),
    "unknown command": (["generat"], 2, "usage"),
    "unknown flag": (["--fast"], 2, "usage"),
    "unknown option": (["generate", "a horse", "--out", "{dir}/a.mp4", "--fast"], 2, "usage"),
    "abbreviated option": (["generate", "a horse", "--out", "{dir}/a.mp4", "--asp", "1:1"], 2, "usage"),
    "one argument too many": (["generate", "a", "horse", "--out", "{dir}/a.mp4"], 2, "usage"),
    "odd aspect": (["generate", "a horse", "--out", "{dir}/a.mp4", "--aspect", "2:1"], 2, "usage"),
    "frames is no number": (["generate", "a horse", "--out", "{dir}/a.mp4", "--frames", "many"], 2, "usage"),
    "impossible frames": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--frames", "16"],
        2,
        "bad-request",
    ),
    "too many frames": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--frames", "9999"],
        2,
        "bad-request",
    ),
    "no steps": (["generate", "a horse", "--out", "{dir}/a.mp4", "--steps", "0"], 2, "bad-request"),
    "negative seed": (["generate", "a horse", "--out", "{dir}/a.mp4", "--seed", "-1"], 2, "bad-request"),
    "guidance is no number": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--guidance", "nan"],
        2,
        "bad-request",
    ),
    "long prompt": (["generate", "horse " * 100, "--out", "{dir}/a.mp4"], 2, "not-in-pack"),
    "no format": (["generate", "a horse", "--out", "{dir}/a.avi", "--pack", "{tiny}"], 2, "out-format"),
    "no such folder": (["generate", "a horse", "--out", "{dir}/no/a.mp4"], 1, "output-not-writable"),
    "output is a folder": (["generate", "a horse", "--out", "{dir}/folder.mp4"], 1, "output-not-writable"),
    "unknown pack": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--pack", "castle"],
        1,
        "pack-not-found",
    ),
    "no known word": (
        ["generate", "castle", "--out", "{dir}/a.mp4", "--pack", "{tiny}"],
        2,
        "prompt-not-known",
    ),
    "aspect not in pack": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--pack", "{tiny}", "--aspect", "9:16"],
        2,
        "aspect-not-in-pack",
    ),
    "missing image": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--pack", "{tiny}", "--image", "{dir}/no.png"],
        1,
        "image-not-found",
    ),
    "corrupt image": (
        ["generate", "a horse", "--out", "{dir}/a.mp4", "--pack", "{tiny}", "--image", "{dir}/broken.png"],
        1,
        "image-unreadable",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_one_clear_line(case: str, tiny: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "folder.mp4").mkdir()
    write_png(tmp_path / "broken.png", np.full((40, 60, 3), 90, np.uint8))
    (tmp_path / "broken.png").write_bytes((tmp_path / "broken.png").read_bytes()[:-30])
    argv, status, code = REFUSED[case]
    before = sorted(tmp_path.iterdir())
    assert main([word.format(dir=tmp_path, tiny=tiny) for word in argv]) == status
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"error[{code}]: ")
    assert printed.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (["generate", "a horse", "--out", "a.mp4", "--gidance", "3"], "--guidance"),
        (["worlds", "render", "--out", "a", "--shet"], "--sheet"),
        (["--verson"], "--version"),
    ],
)
def test_a_misspelt_option_is_guessed(argv: list[str], meant: str, capsys: Capture) -> None:
    assert main(argv) == 2
    assert f"Did you mean {meant}?" in capsys.readouterr().err


@pytest.mark.slow
def test_recipes_are_listed(capsys: Capture) -> None:
    assert main(["recipes", "--json"]) == 0
    counted = {recipe["name"]: recipe["parameters"] for recipe in json.loads(capsys.readouterr().out)}
    assert counted["walt-l-ucf101"] == pytest.approx(313e6, rel=0.03)
    assert main(["recipes"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(counted)


def test_damaged_weights_fail_the_job(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    copy = Path(shutil.copytree(tiny, tmp_path / "tiny"))
    (copy / "base.safetensors").write_bytes(b"nothing")
    assert generate(str(copy), tmp_path / "a.mp4") == 1
    assert "error[pack-damaged]" in capsys.readouterr().err
    assert not (tmp_path / "a.mp4").exists()


def test_a_failing_run_leaves_the_old_file(tiny: str, tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "a.mp4"
    out.write_bytes(b"precious")
    assert generate(tiny, out, prompt="castle") == 2
    assert out.read_bytes() == b"precious"
    assert capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_ctrl_c_cancels_cleanly(tiny: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "engine.cli.main", "generate", "a horse", "--out", str(tmp_path / "a.mp4")]
    command += ["--pack", tiny, "--steps", "1000"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "step 1/" in line:
                break
        process.send_signal(signal.SIGINT)
        rest = process.stderr.read()
        assert process.wait(60) == 130
    assert "cancelled" in rest
    assert "Traceback" not in rest
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("argv", [["--help"], ["generate", "--help"], ["packs", "--help"]])
def test_help_needs_no_torch(argv: list[str]) -> None:
    code = (
        "import sys; from engine.cli.main import main; status = main(sys.argv[1:]);"
        "heavy = {'torch', 'numba', 'cv2', 'av', 'PySide6'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "usage: walt" in done.stdout


def test_help_names_every_command(capsys: Capture) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(f"    {command} " in printed for command in COMMANDS)
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("walt ")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: Capture) -> None:
    assert main([command, "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: walt {command}")


def test_packs_are_listed(packs_folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: (packs_folder,))
    assert main(["packs"]) == 0
    assert capsys.readouterr().out.startswith("tiny  1  ")
    assert main(["packs", "--json"]) == 0
    (described,) = json.loads(capsys.readouterr().out)
    assert described["sizes"]["16:9"] == {"height": 128, "width": 256}
    assert described["stages"] == ["base", "sr1", "sr2"]
    assert described["knows"]["subjects"]["fr"] == ["cheval"]


def test_a_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -m engine.cli.main --help | head -c 1"
    done = subprocess.run(
        command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""


class Terminal:
    """A stream that says it is a terminal and keeps what is written."""

    def __init__(self, live: bool) -> None:
        self.live = live
        self.text = ""

    def isatty(self) -> bool:
        return self.live

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        pass


@pytest.mark.parametrize("live", [True, False])
def test_progress_is_one_line_on_a_terminal_and_few_elsewhere(live: bool) -> None:
    stream = Terminal(live)
    lines = ProgressLines(stream)  # pyright: ignore[reportArgumentType]
    lines.show(JobStarted("j"))
    lines.show(StageStarted("j", "base", 64, 32, 17, 40))
    for step in range(1, 41):
        lines.show(StepDone("j", "base", step, 40, 41.0 - step, 100.0 - step, None))
    lines.end()
    assert "17 frames of 64x32" in stream.text
    assert "39 s left in this stage, 1 min 38 s in all" in stream.text or not live
    assert stream.text.count("step ") == (40 if live else 5)
    assert stream.text.count("\n") == (0 if live else 7)


def test_durations_read_well() -> None:
    assert [duration(s) for s in (0.2, 59.4, 60, 80, 7500)] == [
        "0 s",
        "59 s",
        "1 min 0 s",
        "1 min 20 s",
        "2 h 5 min",
    ]
