"""Commands where little can be relied on: closed and full streams, no home, odd encodings, names and locales."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.api.errors import WaltError, plain
from engine.cli.main import main
from engine.media.reading import read_metadata
from engine.packs.store import PackStore
from engine.runtime.places import PLACES, known_folder, user_folder

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name == "nt", reason="streams and homes of POSIX")


@pytest.fixture
def tiny(packs_folder: Path) -> str:
    return str(packs_folder / "tiny")


def shell(words: str, folder: Path, **environment: str | None) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell in a folder; ``walt`` is this checkout's."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    known |= {name: value for name, value in environment.items() if value is not None}
    for name, value in environment.items():
        if value is None:
            known.pop(name, None)
    line = f'walt() {{ "{sys.executable}" -m engine.cli.main "$@"; }}; {words}'
    return subprocess.run(
        ["sh", "-c", line], cwd=folder, env=known, capture_output=True, text=True, timeout=300, check=False,
        errors="surrogateescape",
    )  # fmt: skip


def generate(tiny: str, out: str = "o.mp4") -> str:
    return f'walt generate "a horse" --pack {tiny} --device cpu --upto base --frames 1 --seed 7 --out {out}'


@posix
@pytest.mark.slow
@pytest.mark.parametrize(
    ("streams", "status"),
    [("<&- >&- 2>&-", 0), (">/dev/full", 1), (">/dev/null 2>/dev/full", 0)],
    ids=["a daemon's", "stdout full", "stderr full"],
)
def test_a_clip_is_made_whatever_the_streams_are(tiny: str, tmp_path: Path, streams: str, status: int) -> None:
    done = shell(f"{generate(tiny)} {streams}", tmp_path)
    assert (tmp_path / "o.mp4").stat().st_size > 0
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if "rror" in line] == (
        ["error[output-not-writable]: The standard output cannot be written: no space left on device."]
        if status
        else []
    )


@posix
@pytest.mark.parametrize("command", ["packs", "--version"])
def test_commands_that_only_print_say_that_they_cannot(tmp_path: Path, command: str) -> None:
    closed = shell(f"walt {command} >&-", tmp_path)
    assert (closed.returncode, closed.stderr) == (0, "")
    full = shell(f"walt {command} >/dev/full", tmp_path)
    assert full.returncode == 1
    assert full.stderr.startswith("error[output-not-writable]")
    assert full.stderr.count("\n") == 1


@posix
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="becomes another user")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv here")
@pytest.mark.parametrize("home", [None, "", "~", "relative"])
def test_a_user_without_a_home_and_a_name_has_the_shipped_pack(tmp_path: Path, home: str | None) -> None:
    tmp_path.chmod(0o777)
    another = "setpriv --reuid=23456 --regid=23456 --clear-groups --inh-caps=+dac_read_search"
    line = f'{another} --ambient-caps=+dac_read_search "{sys.executable}" -m engine.cli.main'
    done = shell(f"{line} packs; {line} packs --install no-pack", tmp_path, HOME=home)
    assert done.stdout.startswith("starter  ")
    assert [line.partition("]")[0] for line in done.stderr.splitlines()] == ["error[no-home"]
    assert list(tmp_path.iterdir()) == [], "nothing is put where walt happened to be started"


def nobody(*_: object, **__: object) -> Path:
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("answer", [nobody, lambda *_, **__: Path("~/.local/share/walt")], ids=["none", "relative"])
def test_without_a_home_there_is_no_place_and_only_the_shipped_pack(
    answer: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in PLACES:
        assert user_folder(place).is_absolute()
        monkeypatch.setitem(PLACES, place, answer)
        assert known_folder(place) is None
        with pytest.raises(WaltError, match="no home"):
            user_folder(place)
    store = PackStore()
    assert len(store.roots) == 1
    assert "HOME" in store.advice
    with pytest.raises(WaltError, match="no home"):
        assert store.own


@posix
@pytest.mark.slow
def test_names_that_a_stream_cannot_say_are_escaped(tiny: str, tmp_path: Path) -> None:
    line = generate(tiny, "\"$(printf '東京 caf\\351.mp4')\"")
    done = shell(line, tmp_path, PYTHONIOENCODING="cp1252", LC_ALL="C.UTF-8")
    assert done.returncode == 0, done.stderr
    assert "\\u6771\\u4eac caf\\udce9.mp4: 1 frames" in done.stdout
    assert os.listdir(os.fsencode(tmp_path)) == ["東京 caf".encode() + b"\xe9.mp4"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("no\nsuch\x1b]0;t\a.png", r"no\nsuch\x1b]0;t\x07.png"), ("a\u202egnp.exe", r"a\u202egnp.exe"),
     ("caf\udce9", r"caf\udce9"), ("été 東京 🐻\u200d❄️", "été 東京 🐻\u200d❄️"), ("a\u2028b\x85", r"a\u2028b\x85")],
)  # fmt: skip
def test_names_in_messages_are_plain(name: str, said: str) -> None:
    assert plain(name) == said
    assert WaltError("x", f"There is no {name}.", "Hint.").line() == f"error[x]: There is no {said}. Hint."


def test_every_refusal_is_one_plain_line(tmp_path: Path, tiny: str, capsys: pytest.CaptureFixture[str]) -> None:
    nasty = f"{tmp_path}/no\n\x1b[31m"
    for words in (["--image", nasty], ["--continue", nasty], ["--pack", nasty], ["--from", nasty], [nasty]):
        prompt = [] if "--from" in words else ["a horse"]
        assert main(["generate", *prompt, "--out", f"{tmp_path}/o.mp4", "--pack", tiny, "--seed", "1", *words])
        said = capsys.readouterr().err
        assert said.startswith("error[")
        assert said.count("\n") == 1
        assert "\x1b" not in said


def test_waiting_threads_sleep_in_every_locale() -> None:
    """In Turkish, PASSIVE in small letters is another word, and libgomp refused it."""
    done = subprocess.run(
        [sys.executable, "-c", "import engine, os; print(os.environ['OMP_WAIT_POLICY'])"],
        cwd=ROOT, env={name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == "passive\n"


def again(tiny: str, out: Path, *words: str) -> int:
    quick = ("--pack", tiny, "--device", "cpu", "--upto", "base", "--frames", "5", "--seed", "7")
    return main(["generate", "a horse", "--out", str(out), *quick, *words])


@pytest.mark.parametrize("kind", ["mp4", "gif", "webp"])
def test_a_command_can_be_run_again_over_its_own_clip(tiny: str, tmp_path: Path, kind: str) -> None:
    out = tmp_path / f"o.{kind}"
    assert again(tiny, out) == 0
    assert json.loads(read_metadata(out)["walt"])["prompt"] == "a horse"
    assert again(tiny, out, "--no-metadata") == 0
    assert "walt" not in read_metadata(out)
    assert again(tiny, out) == 2, "this one does not say who made it"
    assert again(tiny, out, "--force") == 0


def test_a_file_of_somebody_else_is_not_replaced(
    tiny: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "holiday.mp4"
    out.write_bytes(b"the only copy")
    assert again(tiny, out) == 2
    assert "error[output-exists]" in capsys.readouterr().err
    assert out.read_bytes() == b"the only copy"
    assert again(tiny, out, "--force") == 0


@posix
def test_what_a_clip_is_made_from_is_never_replaced(
    tiny: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = tmp_path / "clip.mp4"
    assert again(tiny, clip) == 0
    before = clip.read_bytes()
    (tmp_path / "link.mp4").symlink_to(clip)
    os.link(clip, tmp_path / "hard.mp4")
    monkeypatch.chdir(tmp_path)
    for name in ("clip.mp4", "./clip.mp4", "link.mp4", "hard.mp4", str(clip)):
        assert again(tiny, Path(name), "--continue", str(clip), "--overlap", "1", "--force") == 2
        assert "error[output-is-input]" in capsys.readouterr().err
    assert main(["generate", "--from", "clip.mp4", "--out", str(clip), "--pack", tiny]) == 2
    assert clip.read_bytes() == before


@posix
@pytest.mark.parametrize("limit", [300_000, 450_000, 1_000_000])
def test_a_limit_that_libraries_crash_in_is_told_in_one_line(tiny: str, tmp_path: Path, limit: int) -> None:
    """In kilobytes of address space."""
    done = shell(f"ulimit -v {limit}; {generate(tiny)}", tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error[out-of-memory]: This process may use ")
    assert done.stderr.count("\n") == 1
