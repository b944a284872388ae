"""Makes clips with an open model's pipeline; reports them by the same events as `engine.pipeline.cascade.Cascade`."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from engine import __version__
from engine.api.clip import Cancelled, Clip
from engine.api.errors import WaltError
from engine.api.events import Event, FramesReady, StageStarted, StepDone
from engine.api.provenance import Provenance, file_hash
from engine.api.request import ClipRequest
from engine.api.types import ResidencyMode, StageName, WeightFormat
from engine.media.images import fit_still, read_still
from engine.media.pixels import to_frames
from engine.media.reading import frames_before
from engine.media.resize import fit_frames
from engine.open_models.decoding import decode, overflowed
from engine.open_models.library import missing, versions
from engine.open_models.link import location
from engine.open_models.loading import load_pipeline, pipeline_class
from engine.open_models.measured import record_peak
from engine.open_models.plan import latent_grid, tasks_of
from engine.open_models.preview import as_clip, latent_channels
from engine.open_models.saved import Latents, SavedLatents
from engine.open_models.taps import LatentsReady, layers_watched, steps_heard, stopped_before_decoding
from engine.packs.manifest import fingerprint
from engine.packs.open_manifest import open_manifest
from engine.packs.store import InstalledPack
from engine.planning.eta import EtaEstimator
from engine.runtime.devices import Device
from engine.runtime.fault_injection import fault_point

STAGE = "base"
"""The only one."""


class OpenMaker:
    """A linked model's pipeline, loaded and kept in memory as planned."""

    def __init__(self, pack: InstalledPack, device: Device, residency: ResidencyMode, *, int8: bool = False) -> None:
        self.manifest, self.device, self.int8 = open_manifest(pack.manifest), device, int8
        self.residency: ResidencyMode = residency
        self.pack, self.fingerprint = pack, fingerprint(pack.path)
        self.pipe, self.preview = load_pipeline(pack, device, residency, int8=int8)
        self._still_pipe: Any = None
        self._remembered: dict[tuple[str, int], dict[str, float]] = {}

    def pipe_for(self, *, still: bool) -> Any:
        """The pipeline of a clip that begins with pictures or not; both have the same parts."""
        name = self.manifest.model.still_pipeline
        if not still or name is None:
            return self.pipe
        if self._still_pipe is None:
            self._still_pipe = pipeline_class(name).from_pipe(self.pipe)
            self._still_pipe.set_progress_bar_config(disable=True)
        return self._still_pipe

    @torch.no_grad()
    def generate(
        self,
        request: ClipRequest,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str = "",
        *,
        tile: int | None = None,
        picture: NDArray[np.uint8] | None = None,
        looked_at: Callable[[], Collection[StageName]] = tuple,  # noqa: ARG002 (there is one stage, and it is shown)
        keep_stopped: bool = True,  # noqa: ARG002 (the same)
    ) -> Clip:
        """Make a clip; see `engine.pipeline.cascade.Cascade.generate`.

        Raises:
            Cancelled: when ``cancelled`` said so; it is asked before each layer of each network.
            WaltError: ``out-of-memory``, ``numbers-overflowed``, ``one-colour``, ``model-differs``, or for a still or
                a source that cannot be used.
        """
        remembered = self._remembered.setdefault((request.aspect, request.frames), {})
        run = _Run(self, request, emit, cancelled, job, remembered, picture)
        if self.device.torch.type != "cuda":
            return run.clip(tiled=tile is not None)
        torch.cuda.reset_peak_memory_stats()
        clip = run.clip(tiled=tile is not None)
        self._record(request, tile, torch.cuda.max_memory_allocated())
        return clip

    def _record(self, request: ClipRequest, tile: int | None, peak: int) -> None:
        numbers = WeightFormat(self.device.dtype.itemsize, self.device.maps_files, self.int8)
        model, residency = location(self.pack), self.residency
        record_peak(
            self.pack.path, model, self.manifest, request, numbers, residency=residency, tile=tile, peak=peak
        )

    def decode(
        self,
        request: ClipRequest,
        stage: StageName,
        latents: Sequence[NDArray[np.float32]],
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str = "",
        *,
        tile: int | None = None,
    ) -> None:
        """Nothing is left to decode of a finished clip: it has one stage."""


class _Run:
    """One clip in the making."""

    def __init__(
        self,
        maker: OpenMaker,
        request: ClipRequest,
        emit: Callable[[Event], None],
        cancelled: Callable[[], bool],
        job: str,
        remembered: dict[str, float],
        picture: NDArray[np.uint8] | None,
    ) -> None:
        self.maker, self.request, self.emit, self.cancelled, self.job = maker, request, emit, cancelled, job
        self.model = maker.manifest.model
        self.started = time.perf_counter()
        self.height, self.width = maker.manifest.size(request.aspect)
        self.tasks = tasks_of(maker.manifest, request)
        self.eta = EtaEstimator(self.tasks, remembered)
        self.seconds: dict[str, float] = dict.fromkeys((STAGE, "decode", "total"), 0.0)
        self.known = self._known(picture)
        self.files = file_hash(request.image), file_hash(request.source)
        self.shown = 0

    def clip(self, *, tiled: bool) -> Clip:
        """The clip."""
        maker, request = self.maker, self.request
        steps = self.tasks[STAGE].count
        self.emit(StageStarted(self.job, STAGE, self.width, self.height, request.new_frames, steps))
        saved = SavedLatents(request.to_json(), maker.fingerprint, *self.files, versions(), str(maker.device))
        pipe = maker.pipe_for(still=self.known is not None)
        try:
            with layers_watched(pipe, self._stop_if_cancelled):
                latents = saved.read() or self._denoise(pipe, steps)
                saved.write(latents)
                frames = self._decode(pipe.vae, latents, tiled=tiled)
        except (Cancelled, WaltError) as error:
            if not (isinstance(error, WaltError) and error.code == "out-of-memory"):
                saved.remove()
            raise
        finally:
            pipe.maybe_free_model_hooks()
        saved.remove()
        self.seconds["total"] = time.perf_counter() - self.started
        new = frames[request.known :]
        provenance = self._provenance(tiled=tiled)
        return Clip(new, request, STAGE, maker.manifest.name, self.seconds, self.model.fps, provenance)

    def _known(self, picture: NDArray[np.uint8] | None) -> NDArray[np.uint8] | None:
        """The pictures that the clip begins with, (n, height, width, 3)."""
        request = self.request
        if request.image is not None:
            if picture is None:
                picture = read_still(request.image, self.width, self.height)
            return fit_still(picture, self.width, self.height)[None]
        if request.source is not None:
            return frames_before(request.source, request.source_frame, request.overlap, (self.width, self.height))
        return None

    def _denoise(self, pipe: Any, steps: int) -> Latents:
        """Run the pipeline up to where it would decode."""
        fault_point("text")
        last = time.perf_counter()
        channels = latent_channels(pipe.vae)
        grid = latent_grid(self.maker.manifest, self.request.frames, self.height, self.width)

        def on_step(step: int, estimate: Tensor) -> None:
            nonlocal last
            fault_point("step")
            if not bool(torch.isfinite(estimate).all()):
                raise overflowed(f"in step {step} of {steps}")
            now = time.perf_counter()
            self.eta.done(STAGE, now - last)
            self.seconds[STAGE] += now - last
            z = as_clip(estimate, channels, grid)
            picture = None if z is None else self.maker.preview.pictures(z)
            self.emit(StepDone(self.job, STAGE, step, steps, self.eta.left(STAGE), self.eta.total(), picture))
            self._stop_if_cancelled()
            last = time.perf_counter()

        with steps_heard(pipe.scheduler, on_step), stopped_before_decoding(pipe.vae):
            try:
                pipe(**self._arguments(pipe, steps))
            except LatentsReady as ready:
                return Latents(ready.latents, ready.more)
            except NameError as error:  # some pipelines look for a package only where they need it
                raise missing(str(error.name)) from error
            finally:
                pipe.maybe_free_model_hooks()
        raise WaltError("model-differs", "The model's pipeline ended without anything to decode.", _REPORT)

    def _arguments(self, pipe: Any, steps: int) -> dict[str, Any]:
        """What the pipeline is called with: what the request and the family say, as far as the pipeline takes it."""
        takes = inspect.signature(type(pipe).__call__).parameters
        request, model = self.request, self.model
        scale = model.guidance if request.guidance is None else request.guidance
        stated: dict[str, Any] = {
            "frame_rate": model.fps,
            **model.arguments,
            "prompt": request.prompt,
            "height": self.height,
            "width": self.width,
            "num_frames": request.frames,
            "num_inference_steps": steps,
            "generator": torch.Generator("cpu").manual_seed(request.seed),
            "output_type": "pt",
        }
        if model.negative:
            stated["negative_prompt"] = request.negative or model.usual_negative
        if scale is not None:
            stated["guidance_scale"] = scale
            if "guidance_scale" not in takes and hasattr(pipe, "guider"):
                pipe.guider = pipe.guider.new(guidance_scale=scale)
        if self.known is not None:
            pictures = [Image.fromarray(frame) for frame in self.known]
            stated |= {"image": pictures[0]} if len(pictures) == 1 else {"video": pictures}
        return {name: value for name, value in stated.items() if name in takes}

    def _decode(self, vae: Any, latents: Latents, *, tiled: bool) -> NDArray[np.uint8]:
        request, begun = self.request, time.perf_counter()

        def on_pixels(start: int, pixels: Tensor) -> None:
            self._stop_if_cancelled()
            end = min(start + pixels.shape[1], request.frames)
            if end > self.shown:  # what came before memory ran out was shown already
                self._hand_on(self._fitted(to_frames(pixels))[self.shown - start : end - start], self.shown)
                self.shown = end

        frames = decode(vae, latents, self.maker.device, tiled=tiled, on_pixels=on_pixels)
        if len(frames) != request.frames:
            message = f"The model made {len(frames)} frames, and not {request.frames}."
            raise WaltError("model-differs", message, _REPORT)
        frames = self._fitted(frames)
        self._hand_on(frames[self.shown :], self.shown)
        self.seconds["decode"] = time.perf_counter() - begun
        self.eta.done("decode", self.seconds["decode"])
        return frames

    def _fitted(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Frames in the clip's size: some models take theirs from the picture, near the one that they were told."""
        if frames.shape[1:3] == (self.height, self.width):
            return frames
        return fit_frames(frames, self.width, self.height)

    def _hand_on(self, frames: NDArray[np.uint8], start: int) -> None:
        """Report the clip's frames from ``start`` on, but for those that were there before."""
        before = self.request.known
        new = frames[max(0, before - start) :]
        if len(new):
            first = max(start, before) - before
            self.emit(FramesReady(self.job, STAGE, first, self.request.new_frames, new))

    def _stop_if_cancelled(self) -> None:
        if self.cancelled():
            raise Cancelled

    def _provenance(self, *, tiled: bool) -> Provenance:
        maker = self.maker
        numbers = (maker.device.torch.type, str(maker.device.dtype).removeprefix("torch."), *["float8"] * maker.int8)
        return Provenance(
            walt=__version__,
            torch=torch.__version__,
            device=" ".join(numbers),
            threads=torch.get_num_threads(),
            pack=maker.fingerprint,
            stage=STAGE,
            still=self.files[0],
            source=self.files[1],
            libraries=versions(),
            residency=maker.residency + " tiled" * tiled,
        )


_REPORT = "The family's settings do not fit this model: correct them with a walt.json in its folder."
