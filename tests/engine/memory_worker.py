"""Makes one clip in a process of its own and prints, as JSON, what memory was planned and what was taken."""

from __future__ import annotations

import hashlib
import json
import queue
import sys
from pathlib import Path

from engine.api.events import Event, JobDone, JobFailed, Planned
from engine.api.request import ClipRequest
from engine.kinds.registry import KINDS
from engine.packs.store import PackStore
from engine.runtime.memory import peak_rss_mb
from engine.runtime.preload import preload
from engine.worker import Engine


def enforce(room_mb: int) -> None:
    """From now on the system refuses this process more than so much memory on top of what it has."""
    import resource

    taken = int(Path("/proc/self/status").read_text().split("VmData:")[1].split()[0]) * 1024
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (taken + room_mb * 2**20, hard))


def refused(mb: int) -> bool:
    """Whether the system gives no such piece of memory."""
    import torch

    try:
        torch.empty(mb * 2**20, dtype=torch.uint8)
    except RuntimeError:
        return True
    return False


def main(folder: str, room_mb: str, int8: str) -> None:
    """The first argument is a folder of packs with one named ``mid``; a room of 0 is no limit."""
    events: queue.Queue[Event] = queue.Queue()
    engine = Engine(events.put, PackStore([Path(folder)]), "cpu", threads=1, int8=int8 == "int8")
    if room := int(room_mb):
        preload(KINDS["walt"].modules)  # the program itself is not what is limited
        enforce(room)
    engine.submit(ClipRequest.parse(prompt="a horse", pack="mid", frames=17, steps=1, seed=3))
    while True:
        match events.get():
            case Planned() as planned:
                plan = {"kept": planned.residency, "tile": planned.tile, "planned": planned.peak_mb}
            case JobDone(clip=clip):
                frames = hashlib.sha256(clip.frames.tobytes()).hexdigest()
                measured = peak_rss_mb()
                said = {**plan, "measured": measured, "frames": frames, "refused": refused(room + 1)}
                print(json.dumps(said))
                break
            case JobFailed(error=error):
                raise error
            case _:
                pass
    engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
