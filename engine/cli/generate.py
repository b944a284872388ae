"""``walt generate``: one clip from the command line."""

from __future__ import annotations

import argparse
import json
import queue
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from engine.api.clip import Clip
from engine.api.errors import UsageError, WaltError, plain
from engine.api.events import Event, JobCancelled, JobDone, JobFailed, StageStarted
from engine.api.request import DEFAULT_PACK, ClipRequest
from engine.api.shapes import nearest_aspect
from engine.api.types import ASPECTS, MAX_SEED, MAX_STILL_SIDE, STAGES, STRENGTHS, StageName
from engine.cli.progress import ProgressLines, plan_json
from engine.cli.reproduce import Record, read_record, require_same_pack, with_files
from engine.kinds.check import Heard, UnknownWord, check_request
from engine.kinds.registry import capabilities_of
from engine.packs.capabilities import Capabilities
from engine.packs.store import InstalledPack, PackStore
from engine.runtime.files import ensure_writable, is_same_file
from engine.runtime.memory import peak_rss_mb, use_one_heap
from engine.worker import Engine

_OF_THE_CLIP = (
    "prompt", "negative", "seed", "aspect", "frames", "upto", "steps", "guidance", "overlap", "source_frame",
    "strength", "size",
)  # fmt: skip
"""What a clip that is made again says by itself."""
EXAMPLE = 'walt generate "a horse walking on the beach at sunset" --out horse.mp4'


def add_parser(subparsers: Any) -> None:
    """Say what ``walt generate`` understands."""
    parser = subparsers.add_parser(
        "generate",
        help="make a clip from a prompt, without the window",
        description=f"Make a clip. Example: {EXAMPLE}",
    )
    add = parser.add_argument
    add("prompt", metavar="PROMPT", nargs="?", help="what to show, in English or French")
    add(
        "--out",
        metavar="FILE",
        required=True,
        type=Path,
        help="the file to write: .mp4, .webm, .mov, .gif or .webp",
    )
    add(
        "--from",
        dest="again",
        metavar="CLIP",
        type=Path,
        help="a clip that walt made: make it again, with its own prompt, seed and settings",
    )
    add("--negative", metavar="TEXT", default="", help="what to keep away from")
    add("--image", metavar="FILE", help="a still image that becomes the first frame")
    add("--continue", dest="source", metavar="FILE", help="a video: make what comes after it")
    add(
        "--after", dest="source_frame", metavar="N", type=int, help="continue after this frame, from 0 (last)"
    )
    add(
        "--overlap",
        metavar="N",
        type=int,
        help="frames seen of what is continued: several carry a motion on (walt's own clips), 1 a picture (others)",
    )
    add("--seed", metavar="N", type=int, help="same seed and settings, same clip; random if left out")
    add(
        "--aspect", choices=ASPECTS, help="shape of the picture (16:9, or the nearest to --image or --continue)"
    )
    add(
        "--frames",
        metavar="N",
        type=int,
        help="how many frames (what the pack usually makes); with --continue those it sees count too",
    )
    add(
        "--upto",
        choices=STAGES,
        help="the last stage: base, sr1 (2x) or sr2 (4x); the pack's last if left out",
    )
    add(
        "--size",
        metavar="N",
        type=int,
        help=f"with --image: pixels of the shorter side, up to {MAX_STILL_SIDE} (a photograph's own pixels are used)",
    )
    add("--strength", choices=STRENGTHS, help="with --image: how strongly the camera moves over a photograph (normal)")
    add("--steps", metavar="N", type=int, help="denoising steps of the base; the other stages scale with it")
    add("--guidance", metavar="G", type=float, help="how strongly the base follows the prompt")
    add("--pack", metavar="NAME", help="an installed model, or a path to one (starter)")
    add("--device", choices=["auto", "cpu", "cuda", "mps"], default="auto", help="where to compute (auto)")
    add("--memory", metavar="MB", type=int, help="the most memory to take; what is free if left out")
    add("--int8", action="store_true", help="denoisers in 8 bits: half their memory, slightly other frames")
    add("--no-metadata", action="store_true", help="leave prompt, seed and settings out of the file")
    add("--force", action="store_true", help="replace an existing file that walt did not make, too")
    add("--json", action="store_true", help="print one JSON object about the clip on stdout")


def run(args: argparse.Namespace) -> int:
    """Make the clip and write it; nothing is written unless all of it is."""
    store = PackStore()
    record, request, pack = _asked(args, store)
    check_output(args.out, [request.image, request.source, args.again], force=args.force)
    if record is not None:
        require_same_pack(record, pack)
    heard = check_request(request, pack)
    for line in describe_unheard(pack.name, heard):
        print(plain(line), file=sys.stderr)
    if not request.prompt:
        print("no prompt: the seed chooses a gentle move of the camera", file=sys.stderr)
    if args.seed is None:
        print(f"seed {request.seed}", file=sys.stderr)
    threads, stage = (None, None) if record is None else (record.provenance.threads, record.stage)
    lines = ProgressLines(sys.stderr)
    clip = make(
        request, store, args.device, threads=threads, until=stage, memory_mb=args.memory, int8=args.int8, lines=lines
    )
    if clip is None:
        print("cancelled; nothing was written", file=sys.stderr)
        return 130
    if record is not None and clip.provenance is not None:
        for line in record.provenance.differences(clip.provenance):
            print(plain(f"not as it was: {line}; the frames may differ a little"), file=sys.stderr)
    write(clip, args.out, metadata=not args.no_metadata)
    report = describe(clip, args.out, heard)
    if lines.plan is not None:
        report["plan"] = plan_json(lines.plan)
    print(json.dumps(report) if args.json else _sentence(report))
    return 0


def _asked(args: argparse.Namespace, store: PackStore) -> tuple[Record | None, ClipRequest, InstalledPack]:
    """What the clip says that is to be made again, if one is; what is asked for; and the pack that is to make it."""
    if args.again is None:
        if args.prompt is None and args.image is None:
            raise UsageError("usage", "The prompt is missing.", f"Example: {EXAMPLE}")
        pack = store.find(args.pack or DEFAULT_PACK)
        return None, _request(args, capabilities_of(pack)), pack
    spoken = [name for name in _OF_THE_CLIP if getattr(args, name) not in (None, "")]
    if spoken:
        message = f"With --from the clip itself says {', '.join(spoken)}."
        raise UsageError("usage", message, "Leave that out, or make a new clip without --from.")
    record = read_record(args.again)
    request = with_files(record, args.again, args.image, args.source)
    request = request if args.pack is None else replace(request, pack=args.pack)
    return record, request, store.find(request.pack)


def _request(args: argparse.Namespace, able: Capabilities) -> ClipRequest:
    from engine.media.images import picture_size

    wishes: dict[str, Any] = {"prompt": "", "frames": able.lengths.usual, "upto": able.last_stage}
    if args.seed is None:
        wishes["seed"] = secrets.randbelow(MAX_SEED + 1)
    if args.image is not None and args.aspect is None:
        wishes["aspect"] = nearest_aspect(*picture_size(args.image), able.aspects)
    if args.source is not None and (args.aspect is None or args.overlap is None):
        wishes |= _as_source(args.source, args.source_frame, able)
    return ClipRequest.parse(**wishes | _given(args, *(field.name for field in fields(ClipRequest))))


def _as_source(source: str, last: int | None, able: Capabilities) -> dict[str, object]:
    """What a video to continue says about the clip: its shape, and whether its motion can be carried on."""
    from engine.media.reading import look_at

    look = look_at(source)
    aspect = nearest_aspect(look.width, look.height, able.aspects)
    most, least = max(able.seen, default=1), min(able.seen, default=1)
    enough = last is None or last + 1 >= most
    return {"aspect": aspect, "overlap": most if look.made_here and enough else least}


def _given(args: argparse.Namespace, *names: str) -> dict[str, object]:
    return {name: getattr(args, name) for name in names if getattr(args, name) is not None}


def check_output(path: Path, inputs: Iterable[str | Path | None] = (), *, force: bool = False) -> None:
    """Refuse a file that could not be written or must not be replaced, before any work is done.

    Args:
        path: What is to be written.
        inputs: What the clip is made from.
        force: Replace what walt did not make, too.

    Raises:
        UsageError: ``out-format``, ``output-is-input`` or ``output-exists``.
        WaltError: ``output-not-writable`` or ``video-encoder-missing``.
    """
    from engine.media.encoders import needed_encoder
    from engine.media.presets import load_presets, preset_for

    preset = preset_for(path.suffix)
    if preset is None or not preset.encoders:
        endings = dict.fromkeys(preset.suffix for preset in load_presets() if preset.encoders)
        raise UsageError(
            "out-format",
            f"{path} does not end in a format that walt can write.",
            f"Possible: {', '.join(endings)}.",
        )
    needed_encoder(preset)
    if any(source is not None and is_same_file(path, source) for source in inputs):
        message = f"{path} is what the clip is made from, and would be lost."
        raise UsageError("output-is-input", message, "Choose another name for --out.")
    ensure_writable(path)
    if path.exists() and not force and not _made_here(path):
        hint = "Choose another name for --out, or replace it with --force."
        raise UsageError("output-exists", f"{path} exists, and does not say that walt made it.", hint)


def _made_here(path: Path) -> bool:
    from engine.media.reading import read_metadata

    try:
        return "walt" in read_metadata(path)
    except WaltError:
        return False


def write(clip: Clip, path: Path, *, metadata: bool = True) -> None:
    """Write a clip in the format that its name ends in; its request goes along where the format carries that.

    Raises:
        WaltError: see `engine.media.export.export`.
    """
    from engine.media.clips import provenance
    from engine.media.export import FrameSource, export
    from engine.media.presets import ExportSettings, preset_for, preset_named

    preset = preset_for(path.suffix) or preset_named("mp4-h264")
    data = provenance(clip) if metadata else {}
    export(path, FrameSource.of(clip.frames, clip.fps), ExportSettings(preset, "best", metadata=data))


def describe_unheard(pack: str, heard: Heard) -> list[str]:
    """What to say about words that will have no effect: a line for each reason."""
    lines: list[str] = []
    if heard.unknown:
        lines.append(f"The {pack} doesn't know: {', '.join(_suggesting(word) for word in heard.unknown)}")
    if heard.unread:
        lines.append(f"Too long for the {pack}, which does not read: {', '.join(heard.unread)}")
    return lines


def _suggesting(word: UnknownWord) -> str:
    return f"{word.word} (did you mean {word.suggestion}?)" if word.suggestion else word.word


def make(
    request: ClipRequest,
    store: PackStore,
    device: str,
    *,
    threads: int | None = None,
    until: StageName | None = None,
    memory_mb: int | None = None,
    int8: bool = False,
    lines: ProgressLines | None = None,
) -> Clip | None:
    """Run one job and show its progress on stderr; None if Ctrl-C cancelled it.

    Args:
        request: What to make.
        store: Where its pack is.
        device: Where to compute.
        threads: How many processor threads to compute with; as many as torch thinks right if None.
        memory_mb: The most memory to take, in MiB.
        int8: Keep the denoisers in 8 bits.
        lines: What shows the progress; its own, on stderr, if None.
        until: The stage to stop after, where that is not the request's last: a clip that was cancelled there.

    Raises:
        WaltError: what the job failed with.
    """
    events: queue.Queue[Event] = queue.Queue()
    use_one_heap()

    def heard(event: Event) -> None:
        # On the engine's own thread, so that no step of the stage after `until` is made.
        if until and isinstance(event, StageStarted) and STAGES.index(event.stage) > STAGES.index(until):
            engine.cancel(event.job)
        events.put(event)

    engine = Engine(heard, store, device, threads=threads, memory_mb=memory_mb, int8=int8)
    lines = lines if lines is not None else ProgressLines(sys.stderr)
    try:
        job = engine.submit(request, keep_stopped=until is not None)
        with _interrupt_calls(lambda: engine.cancel(job)):
            while True:
                event = _next(events)
                lines.show(event)
                match event:
                    case JobDone(clip=clip):
                        return clip
                    case JobFailed(error=error):
                        raise error
                    case JobCancelled(clip=clip):
                        return clip if clip is not None and clip.stage == until else None
                    case _:
                        pass
    finally:
        lines.end()
        engine.close()


def _next(events: queue.Queue[Event]) -> Event:
    while True:
        with suppress(queue.Empty):
            return events.get(timeout=0.2)  # on Windows a wait without end would not notice Ctrl-C


@contextmanager
def _interrupt_calls(cancel: Callable[[], None]) -> Generator[None]:
    """Let the first Ctrl-C call ``cancel``, wherever it finds us; a second one interrupts as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread gets signals
        return

    def first(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        cancel()

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def describe(clip: Clip, path: Path, heard: Heard) -> dict[str, Any]:
    """A finished clip as ``--json`` prints it."""
    width, height = clip.size
    return {
        "path": str(path),
        "width": width,
        "height": height,
        "fps": clip.fps,
        "frames": len(clip.frames),
        "seed": clip.request.seed,
        "stage": clip.stage,
        "pack": clip.pack,
        "seconds": {name: round(seconds, 3) for name, seconds in clip.seconds.items()},
        "peak_rss_mb": round(peak_rss_mb(), 1),
        "unknown_words": [word.word for word in heard.unknown],
        "unread_words": list(heard.unread),
    }


def _sentence(report: dict[str, Any]) -> str:
    size = f"{report['width']}x{report['height']}"
    took = f"{report['seconds']['total']:.1f} s"
    return f"{plain(report['path'])}: {report['frames']} frames of {size} in {took}, seed {report['seed']}"
