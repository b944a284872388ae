"""Cost of a run, estimated: parameters, operations, memory per GPU, days. Nothing is allocated.

Operations are counted by running the network on the meta device; memory is the sum of the tensors kept. Both leave
out what depends on the machine (fragmentation, kernels' workspaces, communication), so leave a margin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from engine.api.errors import UsageError
from engine.models.tokenizer import Tokenizer
from engine.models.transformer import WindowTransformer
from engine.text.batch import TextBatch
from engine.training.runs.full_size import DenoiserRun, FullRun, GanTokenizerRun
from engine.training.tokenizer.discriminator import Discriminator

FLOAT, HALF = 4, 2  # bytes
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Cost:
    """The estimate.

    Attributes:
        parameters: Trainable ones; ``discriminator_parameters`` apart.
        flops_per_step: Of all GPUs together: forward and backward passes that the step needs.
        recompute_flops_per_step: What activation checkpointing adds.
        state_gb: Weights, gradients, optimizer and averaged weights of one GPU.
        gathered_gb: Layers gathered whole while they compute.
        activations_gb: What one part's forward pass keeps for the backward pass.
        memory_gb: Their sum.
        per_gpu: Samples of one GPU in one part of a step.
        parts: Gradient accumulation.
        days: Of the whole schedule at ``tflops`` a GPU.
    """

    parameters: int
    discriminator_parameters: int
    steps: int
    batch: int
    gpus: int
    per_gpu: int
    parts: int
    flops_per_step: float
    recompute_flops_per_step: float
    state_gb: float
    gathered_gb: float
    activations_gb: float
    memory_gb: float
    tflops: float
    seconds_per_step: float
    days: float

    def to_json(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


@dataclass(frozen=True)
class _Pass:
    """One sample: operations of a forward pass, bytes kept with and without recomputing, and of one layer."""

    flops: float
    kept: float
    layer: float


def estimate(run: FullRun, gpus: int, tflops: float, gpu_gb: float) -> Cost:
    """The cost of ``run`` on ``gpus`` GPUs that each do ``tflops`` and have ``gpu_gb`` of memory.

    The largest share of the batch that fits is taken for a part; where the run asks for more parts, its own number.

    Raises:
        UsageError: ``bad-batch`` where the GPUs don't divide the batch.
    """
    if gpus < 1 or run.batch % gpus:
        raise UsageError(
            "bad-batch", f"{gpus} GPUs don't divide a batch of {run.batch}.", "Choose a divisor of it."
        )
    share = run.batch // gpus
    gan = isinstance(run, GanTokenizerRun)
    one, flops, more = _tokenizer(run) if gan else _denoiser(run)
    model = _built(run)
    parameters = _count(model)
    critic = _count(_critic(run)) if gan else 0
    shards = 1 if gan else gpus  # the tokenizer is replicated
    state = _state_bytes(run, model, critic) / shards
    gathered = 0.0 if gan else _gathered(model, run)
    fits = [
        n
        for n in range(1, share + 1)
        if share % n == 0 and share // n >= run.loop.accumulate
        and (state + gathered + _activations(one, n)) <= gpu_gb * 1e9
    ]  # fmt: skip
    per_gpu = max(fits, default=1)
    kept = _activations(one, per_gpu)
    seconds = run.batch * (flops + more) / (gpus * tflops * 1e12)
    return Cost(
        parameters=parameters,
        discriminator_parameters=critic,
        steps=run.loop.steps,
        batch=run.batch,
        gpus=gpus,
        per_gpu=per_gpu,
        parts=share // per_gpu,
        flops_per_step=run.batch * flops,
        recompute_flops_per_step=run.batch * more,
        state_gb=state / 1e9,
        gathered_gb=gathered / 1e9,
        activations_gb=kept / 1e9,
        memory_gb=(state + gathered + kept) / 1e9,
        tflops=tflops,
        seconds_per_step=seconds,
        days=seconds * run.loop.steps / SECONDS_A_DAY,
    )


def _built(run: FullRun) -> nn.Module:
    with torch.device("meta"):
        return Tokenizer(run.model) if isinstance(run, GanTokenizerRun) else WindowTransformer(run.model)


def _critic(run: GanTokenizerRun) -> Discriminator:
    with torch.device("meta"):
        return Discriminator(run.gan, run.crop)


def _count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def _denoiser(run: DenoiserRun) -> tuple[_Pass, float, float]:
    """A slot's pass; its operations in a step (one forward, a backward of two, p_sc of another) and recomputed."""
    shape = run.model
    # Layers come in pairs of equal cost, so the cost of any depth follows from two small networks.
    few, more = (_measured(replace(run, model=replace(shape, layers=layers))) for layers in (2, 4))
    pairs = (shape.layers - 2) / 2
    flops, kept = (a + (b - a) * pairs for a, b in zip(few, more, strict=True))
    rows = shape.tokens(shape.grid)
    stream = rows[0] * rows[1] * rows[2] * shape.width * FLOAT  # a layer's input, kept when layers run again
    one = _Pass(flops, kept, kept / shape.layers)
    if run.recompute:
        one = _Pass(flops, stream * shape.layers, one.layer)
    return one, flops * (3 + run.self_conditioning), flops if run.recompute else 0.0


def _measured(run: DenoiserRun) -> tuple[float, float]:
    shape = run.model
    with torch.device("meta"):
        model = WindowTransformer(shape)
        x = torch.empty(1, shape.latent_channels, *shape.grid)
        conditions: dict[str, Any] = {}
        if shape.text_width:
            frames = shape.grid[0] if run.image_share else 1
            text = torch.empty(1, frames, run.text_length, shape.text_width)
            conditions["text"] = TextBatch(text, torch.ones(text.shape[:3], dtype=torch.bool))
        if shape.low_res:
            t, h, w = shape.grid
            conditions["low_res"] = torch.empty(1, shape.latent_channels, t, h // 2, w // 2)
        level = torch.zeros(1, dtype=torch.long)
        return _measure(lambda: model(x, level, **conditions))


def _tokenizer(run: GanTokenizerRun) -> tuple[_Pass, float, float]:
    """A clip's pass through tokenizer and discriminator, and its operations in a step."""
    with torch.device("meta"):
        model, critic = Tokenizer(run.model), Discriminator(run.gan, run.crop)
        x = torch.empty(1, 3, *run.crop)
    layers = _Layers(model)
    flops, kept = _measure(lambda: model.decoder(model.encoder(x)), layers)
    judged, judged_kept = _measure(lambda: critic(x)[0])
    # Three judgements: real and generated for the discriminator (forward and backward), generated for the tokenizer
    # (backward to its input only); the penalty runs forward, back to the picture, and back through both.
    step = 3 * flops + 8 * judged + 6 * judged / run.gan.r1_every
    if run.recompute:
        return _Pass(flops, layers.inputs + 3 * judged_kept, layers.largest), step, flops
    return _Pass(flops, kept + 3 * judged_kept, 0.0), step, 0.0


class _Layers:
    """Bytes of the inputs of the tokenizer's layers, and the most bytes that one layer keeps."""

    def __init__(self, model: Tokenizer) -> None:
        self.inputs = self.largest = self.before = 0.0
        self.kept: dict[int, int] = {}
        for layer in (*model.encoder.layers, *model.decoder.layers):
            layer.register_forward_pre_hook(self._begin)
            layer.register_forward_hook(self._end)

    def _begin(self, _: nn.Module, given: tuple[Any, ...]) -> None:
        self.inputs += given[0].numel() * HALF
        self.before = sum(self.kept.values())

    def _end(self, *_: object) -> None:
        self.largest = max(self.largest, (sum(self.kept.values()) - self.before) * HALF)


def _measure(run: Callable[[], Tensor], layers: _Layers | None = None) -> tuple[float, float]:
    """Operations of a forward pass, and bytes that it keeps for the backward pass in bfloat16."""
    kept: dict[int, int] = {} if layers is None else layers.kept

    def pack(tensor: Tensor) -> Tensor:
        if not isinstance(tensor, nn.Parameter):
            kept[tensor.untyped_storage()._cdata] = tensor.numel()  # pyright: ignore
        holding.append(tensor)  # so that no storage is freed and its number given away again
        return tensor

    holding: list[Tensor] = []
    counter = FlopCounterMode(display=False)
    with counter, torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        run()
    return float(counter.get_total_flops()), float(sum(kept.values()) * HALF)


def _state_bytes(run: FullRun, model: nn.Module, critic: int) -> float:
    """Weights, gradients, optimizer state and average of all GPUs together, in float32."""
    count = _count(model)
    moments = 2.0 * (count + critic)
    if run.loop.optimizer == "adafactor":
        moments = float(sum(_factored(parameter) for parameter in model.parameters()))
    average = count if run.loop.ema else 0
    return FLOAT * (2.0 * (count + critic) + moments + average)


def _factored(parameter: Tensor) -> int:
    """Numbers that Adafactor keeps: a row's and a column's for each matrix."""
    if parameter.ndim < 2:
        return parameter.numel()
    return parameter.numel() // parameter.shape[-1] + parameter.numel() // parameter.shape[-2]


def _gathered(model: nn.Module, run: FullRun) -> float:
    """The root's own weights in float32, and two layers (this one and the next) in the run's format."""
    assert isinstance(model, WindowTransformer)
    blocks = _count(model.blocks)
    layer = blocks / len(model.blocks)
    return (_count(model) - blocks) * FLOAT * 2 + 2 * layer * (HALF if run.numbers == "bf16" else FLOAT)


def _activations(one: _Pass, samples: int) -> float:
    return samples * (one.kept + one.layer)
