"""``walt doctor --pack NAME``: one step and one decode with a pack, timed and measured, as JSON to send to others."""

from __future__ import annotations

import platform
import queue
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from engine import __version__
from engine.api.clip import Clip
from engine.api.events import Event, JobCancelled, JobDone, JobFailed, Planned, StageStarted, StepDone
from engine.api.request import ClipRequest
from engine.cli.progress import plan_json
from engine.kinds.registry import capabilities_of
from engine.packs.capabilities import Capabilities
from engine.packs.store import PackStore
from engine.runtime.memory import peak_rss_mb, total_mb
from engine.worker import Engine


@dataclass
class _Times:
    """When what happened, in seconds."""

    begun: float = field(default_factory=time.perf_counter)
    planned: float = 0.0
    loaded: float = 0.0
    steps: list[float] = field(default_factory=list[float])


def measure(name: str, store: PackStore) -> dict[str, Any]:
    """Make a short clip of one step with the pack called ``name`` and report times and memory.

    Raises:
        WaltError: what the clip fails with.
    """
    able = capabilities_of(store.find(name))
    with tempfile.TemporaryDirectory() as folder:
        clip, times, plan = _run(_request(name, able, Path(folder)), store)
    ended = time.perf_counter()
    last = times.steps[-1]
    return {
        "walt": __version__,
        "system": platform.platform(),
        "pack": name,
        "frames": len(clip.frames),
        "size": list(clip.size),
        "origin": None if clip.provenance is None else asdict(clip.provenance),
        "plan": plan_json(plan),
        "seconds": {
            "loading": round(times.loaded - times.planned, 3),
            "first_step": round(times.steps[0] - times.loaded, 3),
            "decoding": round(ended - last, 3),
            "total": round(ended - times.begun, 3),
        },
        "memory_mb": {"of_the_computer": round(total_mb()), "peak_of_the_process": round(peak_rss_mb()), **_card()},
    }


def _request(name: str, able: Capabilities, folder: Path) -> ClipRequest:
    values: dict[str, Any] = {"steps": None if able.steps.fixed else 1}
    if able.still == "must":
        values["image"] = _picture(folder / "still.png")
    frames = min(able.lengths.offered, default=able.lengths.usual)
    first = able.stages[0]
    values |= {"frames": frames, "upto": first.name, "aspect": next(iter(first.sizes))}
    return ClipRequest.parse(prompt="a horse on the beach", pack=name, **values)


def _picture(file: Path) -> str:
    import numpy as np
    from PIL import Image

    ramp = np.linspace(0, 255, 256, dtype=np.uint8)
    Image.fromarray(np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], ramp[None, ::-1]), axis=-1)).save(file)
    return str(file)


def _run(request: ClipRequest, store: PackStore) -> tuple[Clip, _Times, Planned]:
    events: queue.Queue[Event] = queue.Queue()
    times, plan = _Times(), None
    engine = Engine(events.put, store)
    try:
        engine.submit(request)
        while True:
            event, now = events.get(), time.perf_counter()
            match event:
                case Planned():
                    times.planned, plan = now, event
                    print("loading the model", file=sys.stderr)
                case StageStarted():
                    times.loaded = now
                case StepDone():
                    times.steps.append(now)
                    print(f"step {event.step} of {event.steps}", file=sys.stderr)
                case JobDone(clip=clip) if plan is not None:
                    return clip, times, plan
                case JobFailed(error=error):
                    raise error
                case JobCancelled():
                    raise KeyboardInterrupt
                case _:
                    pass
    finally:
        engine.close()


def _card() -> dict[str, Any]:
    import torch

    if not torch.cuda.is_available():
        return {}
    mb = 2**20
    return {
        "card": torch.cuda.get_device_name(),
        "of_the_card": round(torch.cuda.get_device_properties(0).total_memory / mb),
        "peak_on_the_card": round(torch.cuda.max_memory_allocated() / mb),
    }
