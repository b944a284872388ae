"""Nothing is sent, nothing is told: no socket in a whole run, no prompt in a log, a log that stays small."""

from __future__ import annotations

import json
import logging
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.library.files import LibraryPaths
from app.library.records import Job
from app.library.store import Store
from app.window import main as window
from engine.api.clip import Clip
from engine.api.events import JobFailed
from engine.api.request import ClipRequest
from engine.kinds.check import Heard
from engine.packs.store import PackStore
from engine.pipeline.cascade import Cascade
from engine.worker import Engine

from .ears import PATIENCE, Ears
from .kill_window import folders
from .person import FINISH

ROOT = Path(__file__).parents[2]
SECRET = "a horse that nobody may know of"
SOCKET = {"x86_64": 41, "aarch64": 198}.get(platform.machine())

# The kernel itself ends a process that opens a socket to anywhere (seccomp: AF_INET, AF_INET6), and Python
# refuses whatever would look for a host; so neither Python nor a library under it can reach out unseen.
BLOCK = f"""
import ctypes, struct, sys
def refuse(event, args):
    here = event == 'socket.gethostname' or (event == 'socket.__new__' and args[1] == 1)  # within this machine
    if event.split('.')[0] in ('socket', 'urllib', 'http', 'ftplib', 'smtplib') and not here:
        raise SystemError(f'{{event}}{{args}}')
sys.addaudithook(refuse)
code = b''.join(struct.pack('HBBI', *line) for line in (
    (0x20, 0, 0, 0), (0x15, 0, 4, {SOCKET}),            # is it socket()?
    (0x20, 0, 0, 16), (0x15, 1, 0, 2), (0x15, 0, 1, 10),  # of the internet's families?
    (0x06, 0, 0, 0x80000000), (0x06, 0, 0, 0x7fff0000)))  # kill, allow
class Program(ctypes.Structure):
    _fields_ = (('length', ctypes.c_ushort), ('filter', ctypes.c_char_p))
libc = ctypes.CDLL(None, use_errno=True)
program = Program(len(code) // 8, code)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, ctypes.byref(program), 0, 0) == 0, ctypes.get_errno()
"""


def run(code: str, *argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", BLOCK + code, *argv]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True, timeout=600, check=False
    )


needs_linux = pytest.mark.skipif(
    sys.platform != "linux" or SOCKET is None, reason="seccomp is Linux's, the numbers two machines'"
)


@needs_linux
def test_the_block_blocks() -> None:
    assert run("libc.socket(2, 1, 0)").returncode == -31
    assert run("libc.socket(10, 2, 0)").returncode == -31
    assert run("assert libc.socket(1, 1, 0) > 0").returncode == 0, "a local socket is none of its business"
    assert "SystemError" in run("import socket; socket.getaddrinfo('localhost', 80)").stderr


@pytest.mark.slow
@needs_linux
def test_a_whole_run_opens_no_socket(tiny: str, still: Path, tmp_path: Path) -> None:
    out = tmp_path / "clip.mp4"
    argv = ["generate", "a horse", "--image", str(still), "--out", str(out), "--pack", tiny, "--frames", "5"]
    done = run("from engine.cli.main import main; sys.exit(main(sys.argv[1:]))", *argv)
    assert done.returncode == 0, done.stderr
    assert out.is_file()


@pytest.mark.slow
@needs_linux
def test_a_window_that_makes_a_clip_opens_no_socket(packs_folder: Path, tmp_path: Path) -> None:
    env = folders(tmp_path)
    data, cache = (Path(env[name]) / "walt" for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"))
    shutil.copytree(packs_folder / "tiny", data / "packs" / "tiny")
    request = ClipRequest.parse(prompt="a horse", pack="tiny", upto="base")
    store = Store(LibraryPaths(data, cache))
    store.open()
    store.add_jobs([Job("one", "queued", request, request.prompt, request.seed, 1.0)])
    store.close()
    done = run("from tests.trust.person import main; sys.exit(main())", "1", FINISH, **env)
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout.splitlines()[-1])
    assert (ended["kind"], ended["ended"]["one"][0], len(ended["clips"])) == ("ended", "done", 1)


def test_what_was_typed_is_in_no_log_and_no_report(
    store: PackStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(self: Cascade, request: ClipRequest, *_: object, **__: object) -> Clip:
        raise ValueError(f"no {request.prompt!r}, no {request.negative}, no {[request.image]}")

    monkeypatch.setattr(Cascade, "generate", broken)
    picture = tmp_path / "my face.png"
    picture.write_bytes((Path(__file__).parents[2] / "resources" / "icons" / "walt.svg").read_bytes())
    monkeypatch.setattr("engine.kinds.check.check_request", lambda *_: Heard((), ()))
    ears = Ears()
    engine = Engine(ears, store, "cpu")
    wish = ClipRequest.parse(
        prompt=SECRET, negative="red\u00a0snow", image=str(picture), pack="tiny", upto="base"
    )
    failed = ears.wait(engine.submit(wish))
    assert engine.close(PATIENCE)
    assert isinstance(failed, JobFailed)
    for text in (caplog.text, failed.details, failed.error.line()):
        assert not any(secret in text for secret in ("nobody", "red", "my face"))
    assert "ValueError" in failed.details


@pytest.fixture
def quiet() -> Iterator[None]:
    """Leaves logging as it was."""
    handlers = list(logging.getLogger().handlers)
    yield
    for handler in set(logging.getLogger().handlers) - set(handlers):
        logging.getLogger().removeHandler(handler)
        handler.close()


@pytest.mark.usefixtures("quiet")
def test_logs_rotate_and_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window, "LOG_BYTES", 2000)
    monkeypatch.setattr(window.faulthandler, "enable", lambda file: file.close())
    window.keep_log(tmp_path / "log")
    for number in range(400):
        logging.getLogger("walt.test").warning("line %d", number)
    logging.getLogger("walt.test").info("not worth keeping")
    logs = sorted(path.name for path in (tmp_path / "log").glob("walt.log*"))
    assert logs == ["walt.log", "walt.log.1", "walt.log.2", "walt.log.3"]
    assert sum(path.stat().st_size for path in (tmp_path / "log").glob("walt.log*")) <= 4 * 2000
    assert "line 399" in (tmp_path / "log" / "walt.log").read_text()
