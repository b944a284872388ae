"""Makes one clip in a process of its own and prints, as JSON, what memory was planned and what was taken."""

from __future__ import annotations

import hashlib
import json
import queue
import sys
from pathlib import Path

from engine.events import Event, JobDone, JobFailed, Planned
from engine.memory import peak_rss_mb
from engine.packs.store import PackStore
from engine.request import ClipRequest
from engine.worker import Engine


def main(folder: str, memory_mb: str, int8: str) -> None:
    """The first argument is a folder of packs with one named ``mid``; a limit of 0 is none."""
    events: queue.Queue[Event] = queue.Queue()
    allowed = int(memory_mb) or None
    engine = Engine(
        events.put, PackStore([Path(folder)]), "cpu", threads=1, memory_mb=allowed, int8=int8 == "int8"
    )
    engine.submit(ClipRequest.parse(prompt="a horse", pack="mid", frames=17, steps=1, seed=3))
    while True:
        match events.get():
            case Planned() as planned:
                plan = {"kept": planned.kept, "tile": planned.tile, "planned": planned.peak_mb}
            case JobDone(clip=clip):
                frames = hashlib.sha256(clip.frames.tobytes()).hexdigest()
                print(json.dumps({**plan, "measured": peak_rss_mb(), "frames": frames}))
                break
            case JobFailed(error=error):
                raise error
            case _:
                pass
    engine.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
