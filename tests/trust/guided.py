"""Fuzzing led by coverage: an input that reaches code of walt's that none reached before is kept, and spoiled further.

``python -m tests.trust.guided TARGET COUNT SEED`` runs libFuzzer through atheris (extra ``fuzz``) and never returns:
libFuzzer ends the process. `report` starts it, and tells what came of it.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
CORPUS, FOUND = "corpus", "found-"
_LARGEST = 2**20
"""Bytes of an input at most."""


def main() -> None:
    """Spoil so many files of a target, led by the coverage of the engine."""
    import atheris

    with atheris.instrument_imports(include=["engine"]):
        from . import fuzz
    target, count, seed = sys.argv[1:]
    folder = Path(tempfile.mkdtemp())  # in the folder of `report`, which removes it
    with fuzz.BoundedMemory():
        _run(atheris, fuzz, target, folder, [f"-runs={count}", f"-seed={seed}"])


def _run(atheris: ModuleType, fuzz: ModuleType, target: str, folder: Path, wishes: list[str]) -> None:
    from engine.api.errors import WaltError
    from tests.tiny_pack import write_tiny_pack

    corpus, work = folder / CORPUS, folder / "work"
    corpus.mkdir()
    work.mkdir()
    kind = fuzz.TARGETS[target](work, write_tiny_pack(folder))
    for number, data in enumerate(kind.seeds):
        (corpus / str(number)).write_bytes(data)

    def once(data: bytes) -> None:
        try:
            kind.open(data)
        except WaltError as error:
            fuzz.check_words(target, 0, error)

    def spoil(data: bytes, size: int, number: int) -> bytes:
        dice = random.Random(number)
        try:
            spoiled = kind.spoil(dice, data) if dice.random() < 0.5 else atheris.Mutate(data, size)
        except (ValueError, LookupError, ArithmeticError, TypeError):  # it no longer has the form that it is spoiled in
            spoiled = atheris.Mutate(data, size)
        return spoiled[:size]

    # Memory is bounded by the system, as in `tests.trust.fuzz`, and not by libFuzzer's count.
    limits = [f"-timeout={fuzz.PATIENCE}", f"-max_len={_LARGEST}", "-rss_limit_mb=0", "-print_final_stats=1"]
    limits += [f"-artifact_prefix={folder}/{FOUND}"]
    atheris.Setup([sys.argv[0], *wishes, *limits, str(corpus)], once, custom_mutator=spoil)
    atheris.Fuzz()


def report(target: str, count: int, seed: int) -> str:
    """Run it in a process of its own, and say in a line what came of it.

    Raises:
        AssertionError: where libFuzzer found something: its words, and where the input is kept.
    """
    if find_spec("atheris") is None:
        raise SystemExit("--guided needs atheris: pip install -e '.[fuzz]'")
    command = [sys.executable, "-m", "tests.trust.guided", target, str(count), str(seed)]
    with tempfile.TemporaryDirectory() as name:
        env = os.environ | {"TMPDIR": name}
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for found in Path(name).glob(f"*/{FOUND}*"):
            shutil.copy(found, tempfile.gettempdir())
            raise AssertionError(f"{target}: {tempfile.gettempdir()}/{found.name}\n{done.stderr[-4000:]}")
    tried = re.findall(r"^stat::number_of_executed_units:\s+(\d+)", done.stderr, re.M)
    covered = re.findall(r"cov: (\d+) ft: \d+ corp: (\d+)", done.stderr)
    assert done.returncode == 0, done.stderr[-4000:]
    (first, _), (last, kept) = covered[0], covered[-1]
    told = f"{first} places in the engine reached at the start and {last} in the end, by {kept} inputs"
    return f"{target}, led by coverage: {int(tried[-1])} inputs, seed {seed}: {told}"


if __name__ == "__main__":
    main()
