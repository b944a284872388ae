"""Strangers' files by the ten thousand: each is opened as walt opens it, or refused with a `WaltError`.

Nothing else may happen: no other exception, no crash of the process, no wait longer than `PATIENCE`, and no memory
beyond `ROOM`. The n-th input depends on the target, the seed and n alone, so that a finding can be made again.
"""

from __future__ import annotations

import faulthandler
import hashlib
import json
import random
import shutil
import signal
import sys
import tempfile
import time
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch

from engine.api.errors import WaltError
from engine.api.request import ClipRequest
from engine.kinds.check import check_request
from engine.kinds.registry import kind_of
from engine.media.images import load_still
from engine.media.reading import iter_frames, look_at, read_clip
from engine.models.text_encoder import TextConfig, TextEncoder
from engine.packs.install import install
from engine.packs.load import load_pack
from engine.packs.manifest import MANIFEST, VOCABULARY
from engine.packs.store import PackStore
from engine.packs.weights import check, fill
from engine.runtime.devices import resolve
from engine.text.suggestions import suggest

from .mutate import spoil_bytes, spoil_end, spoil_json, spoil_json_text, spoil_safetensors
from .samples import pictures, videos

PATIENCE = 60
"""Seconds of processor time for one input; the slowest known takes little more than one."""
ROOM = 2 * 2**30
"""Bytes of address space that a run may take beyond what it had at its start."""

Open = Callable[[bytes], object]
Spoil = Callable[[random.Random, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of file: good ones, how they are spoiled, and how walt opens one."""

    seeds: Sequence[bytes]
    spoil: Spoil
    open: Open

    def case(self, dice: random.Random) -> object:
        """Make an input from the dice and open it."""
        good = self.seeds[0] if len(self.seeds) == 1 else dice.choice(self.seeds)
        return self.open(self.spoil(dice, good))


def manifest_target(folder: Path, pack: Path) -> Target:
    """The manifest: read, found by the store, asked, and the pack loaded as far as it goes."""
    request = ClipRequest.parse(prompt="a horse and a hose", pack="tiny")

    def opened(data: bytes) -> object:
        (pack / MANIFEST).write_bytes(data)
        found = PackStore([pack.parent]).find("tiny")
        check_request(request, found)
        return load_pack(pack)

    return Target([(pack / MANIFEST).read_bytes()], spoil_json_text, opened)


def vocabulary_target(folder: Path, pack: Path) -> Target:
    """The words, read by the window and by the engine."""
    found = PackStore([pack.parent]).find("tiny")

    def opened(data: bytes) -> object:
        (pack / VOCABULARY).write_bytes(data)
        words = kind_of(found).vocabulary(found)
        prompt = "a horse and a hose"
        return words.encode(prompt, 8), words.unknown("hose"), suggest(words, "hose", prompt)

    return Target([(pack / VOCABULARY).read_bytes()], spoil_json_text, opened)


def weights_target(folder: Path, pack: Path) -> Target:
    """A safetensors file, header and body, as it is read into a network."""
    config = json.loads((pack / MANIFEST).read_text())["text"]
    target = folder / "text.safetensors"
    with torch.device("meta"):
        empty = TextEncoder(TextConfig(**config))

    def opened(data: bytes) -> object:
        target.write_bytes(data)
        try:
            check(folder, target.name, empty)
            fill(folder, target.name, empty, resolve("cpu"), ("",))
            assert all(bool(torch.isfinite(tensor).all()) for tensor in empty.state_dict().values())
        finally:
            empty.to("meta")
        return None

    return Target([(pack / "text.safetensors").read_bytes()], spoil_safetensors, opened)


def pack_target(folder: Path, pack: Path) -> Target:
    """A whole pack whose sums were made to fit what was spoiled, so that nothing stops it at the door.

    An input is the manifest without its sums, a zero byte, the name of a file, another one, and its content.
    """
    manifest = json.loads((pack / MANIFEST).read_text())
    files = {name: (pack / name).read_bytes() for name in manifest["files"]}
    names = [name for name in files if name.endswith(".safetensors")]

    def spoil(dice: random.Random, data: bytes) -> bytes:
        text, name, content = data.split(b"\0", 2)
        said, content = json.loads(text), spoil_safetensors(dice, content)
        if dice.random() < 0.5:
            part = dice.choice(("tokenizer", "text", "stages", "sizes"))
            said[part] = spoil_json(dice, said[part])
        return b"\0".join((json.dumps(said).encode(), name, content))

    def opened(data: bytes) -> object:
        text, _, rest = data.partition(b"\0")
        name, _, content = rest.partition(b"\0")
        file = name.decode(errors="replace")
        try:
            said = json.loads(text)
            assert file in names
            assert isinstance(said["files"], dict)
        except (ValueError, KeyError, TypeError, RecursionError, AssertionError):
            return None  # no longer of that form: what can be done to a manifest alone is another target's
        (pack / file).write_bytes(content)
        said["files"][file] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        (pack / MANIFEST).write_text(json.dumps(said))
        try:
            return load_pack(pack)
        finally:
            (pack / file).write_bytes(files[file])

    text = json.dumps(manifest).encode()
    return Target([b"\0".join((text, name.encode(), files[name])) for name in names], spoil, opened)


def archive_target(folder: Path, pack: Path) -> Target:
    """A zip archive with a pack, as it is installed."""
    whole = folder / "tiny.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in pack.iterdir():
            archive.write(file, f"tiny/{file.name}")
    target, root = folder / "spoiled.zip", folder / "packs"

    def spoil(dice: random.Random, data: bytes) -> bytes:
        # The directory at its end and the small files are where accidents are worth something.
        return spoil_bytes(dice, data) if dice.random() < 0.3 else spoil_end(dice, data, 700)

    def opened(data: bytes) -> object:
        target.write_bytes(data)
        shutil.rmtree(root, ignore_errors=True)
        try:
            return install(target, root)
        finally:
            left = [path.name for path in root.iterdir()] if root.exists() else []
            assert left in ([], ["tiny"]), left

    return Target([whole.read_bytes()], spoil, opened)


def picture_target(folder: Path, pack: Path) -> Target:
    """A still of any kind that walt opens, and of some that it does not."""
    target = folder / "still"

    def opened(data: bytes) -> object:
        target.write_bytes(data)
        still = load_still(target, 32, 16)
        assert (still.shape, still.dtype) == ((16, 32, 3), np.uint8)
        return still

    return Target(list(pictures().values()), spoil_bytes, opened)


def video_target(folder: Path, pack: Path) -> Target:
    """A clip in any container that walt opens: read whole, read at a rate, and looked at."""
    target = folder / "clip"

    def opened(data: bytes) -> object:
        target.write_bytes(data)
        match zlib.crc32(data) % 3:
            case 0:
                return read_clip(target).frames.shape
            case 1:
                return sum(1 for _ in iter_frames(target, fps=8, size=(32, 16)))
            case _:
                return look_at(target)

    return Target(list(videos(folder).values()), spoil_bytes, opened)


TARGETS: dict[str, Callable[[Path, Path], Target]] = {
    "manifest": manifest_target,
    "vocabulary": vocabulary_target,
    "weights": weights_target,
    "pack": pack_target,
    "archive": archive_target,
    "picture": picture_target,
    "video": video_target,
}


class Finding(Exception):
    """An input that neither opened nor was refused."""


def fuzz(target: str, count: int, seed: int, pack: Path, first: int = 0) -> Counter[str]:
    """Try inputs ``first`` to ``first + count`` of a target.

    Args:
        target: A key of `TARGETS`.
        count: How many.
        seed: Of all dice.
        pack: A pack that may be spoiled.
        first: Where to begin, to see a finding again.

    Returns:
        How many were opened, and how many refused with which code.

    Raises:
        Finding: with the number of the input.
    """
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name, BoundedMemory():
        case = TARGETS[target](Path(name), pack).case
        for number in range(first, first + count):
            dice = random.Random(f"{target}/{seed}/{number}")
            _watch(PATIENCE)
            try:
                case(dice)
                results["opened"] += 1
            except WaltError as error:
                check_words(target, number, error)
                results[error.code] += 1
            except BaseException as error:
                raise Finding(f"{target}, seed {seed}, input {number}: {error!r}") from error
            finally:
                _watch(0)
    return results


def _watch(seconds: float) -> None:
    """End the process with a traceback if it computes for so long from now on; 0 stops the watch.

    Processor time, because on a busy machine a short work may take long; Windows has only the clock.
    """
    if hasattr(signal, "setitimer"):
        faulthandler.register(signal.SIGPROF, file=sys.__stderr__, chain=True)
        signal.setitimer(signal.ITIMER_PROF, seconds)
    elif seconds:
        faulthandler.dump_traceback_later(10 * seconds, exit=True)
    else:
        faulthandler.cancel_dump_traceback_later()


def check_words(target: str, number: int, error: WaltError) -> None:
    """A refusal is one short line that a terminal only prints."""
    line = error.line()
    if not line.isprintable() or len(line) > 800:
        raise Finding(f"{target}, input {number}: {line!r} is no plain line")


class BoundedMemory:
    """Limits the address space while the body runs, where the system can."""

    def __enter__(self) -> None:
        self.limit: tuple[int, int] | None = None
        if sys.platform == "linux":
            import resource

            cv2.setNumThreads(0)
            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            self.limit = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (used + ROOM, self.limit[1]))

    def __exit__(self, *_: object) -> None:
        if self.limit is not None:
            import resource

            resource.setrlimit(resource.RLIMIT_AS, self.limit)


def report(target: str, count: int, seed: int, pack: Path) -> str:
    """Run and say in a line what came of it."""
    begun = time.perf_counter()
    results = fuzz(target, count, seed, pack)
    seconds = time.perf_counter() - begun
    told = ", ".join(f"{amount} {code}" for code, amount in results.most_common())
    return f"{target}: {count} inputs, seed {seed}, {seconds:.0f} s: {told}"
