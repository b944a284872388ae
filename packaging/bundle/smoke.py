"""Does the bundle work? Runs it the way people do, on a machine with or without a screen.

    python packaging/bundle/smoke.py [dist/walt/walt]

Prints a line a check; the exit status is 1 when one failed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

WINDOW_SECONDS = 8.0


def run(program: Path, *words: str, limit: float = 600.0) -> subprocess.CompletedProcess[str]:
    """Run the bundle to its end."""
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=limit, check=False)


def version(program: Path) -> str:
    """It starts, and knows its version."""
    done = run(program, "--version")
    assert done.returncode == 0, done.stderr
    assert "not installed" not in done.stdout, done.stdout
    return done.stdout.strip()


def packs(program: Path) -> str:
    """It finds the starter among its resources."""
    done = run(program, "packs", "--json")
    assert done.returncode == 0, done.stderr
    names = [pack["name"] for pack in json.loads(done.stdout)]
    assert "starter" in names, f"no starter among {names}"
    return ", ".join(names)


def refusal(program: Path) -> str:
    """What it does not carry is refused in one line."""
    done = run(program, "worlds", "render", "--out", "nowhere")
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("error[not-in-bundle]"), done.stderr
    return done.stderr.strip()


def self_test(program: Path) -> str:
    """It makes a tiny clip, writes and reads it, and loads the window's parts."""
    done = run(program, "--self-test")
    assert done.returncode == 0, done.stderr
    return done.stderr.strip().splitlines()[-1]


def window(program: Path) -> str:
    """The window opens and stays; with no screen it is drawn off screen."""
    window = subprocess.Popen([program], stderr=subprocess.PIPE, text=True)
    try:
        _, errors = window.communicate(timeout=WINDOW_SECONDS)
    except subprocess.TimeoutExpired:
        return f"still open after {WINDOW_SECONDS:.0f} s"
    finally:
        window.kill()
        window.wait()
    raise AssertionError(f"it closed with status {window.returncode}: {errors}")


CHECKS: tuple[Callable[[Path], str], ...] = (version, refusal, packs, self_test, window)


def main() -> int:
    """Run all checks."""
    name = "walt.exe" if sys.platform == "win32" else "walt"
    program = Path(sys.argv[1] if len(sys.argv) > 1 else Path("dist") / "walt" / name).resolve()
    if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    files = (path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"size: {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")
    failed = 0
    for check in CHECKS:
        try:
            print(f"{check.__name__}: {check(program)}")
        except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
            failed += 1
            print(f"{check.__name__}: FAILED: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
