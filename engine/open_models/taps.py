"""Where any pipeline of diffusers can be listened to and stopped: its scheduler's steps, its layers, its decoding."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

OnStep = Callable[[int, Tensor], None]
"""Told which step is done, from 1, and the model's estimate of the clean latents."""


class LatentsReady(BaseException):
    """Ends a pipeline where it would decode: what is decoded, and what else its decoder is told.

    Not an Exception, so that no pipeline takes it for a fault of its own.
    """

    def __init__(self, latents: Tensor, more: tuple[Any, ...]) -> None:
        super().__init__()
        self.latents, self.more = latents, more


@contextmanager
def stopped_before_decoding(vae: Any) -> Generator[None]:
    """Let ``vae.decode`` raise `LatentsReady`: decoding is repeatable work of its own, and needs no other part."""

    def decode(latents: Tensor, *more: Any, **_named: Any) -> Any:
        raise LatentsReady(latents, tuple(each for each in more if isinstance(each, Tensor) or each is None))

    vae.decode = decode
    try:
        yield
    finally:
        del vae.decode


@contextmanager
def steps_heard(scheduler: Any, on_step: OnStep) -> Generator[None]:
    """Tell ``on_step`` of each step of this very scheduler; a pipeline's copies of it, as for sound, are not heard.

    Its class is exchanged for one below it: some pipelines copy the object, others have no callback for steps, and
    only the scheduler sees what the network gave.
    """
    kind, done = type(scheduler), 0

    class Heard(kind):  # pyright: ignore[reportUntypedBaseClass]
        def step(self, model_output: Any, timestep: Any, sample: Any, *more: Any, **named: Any) -> Any:
            nonlocal done
            if self is not scheduler:
                return super().step(model_output, timestep, sample, *more, **named)
            estimate = clean_estimate(self, model_output, timestep, sample, named)
            made = super().step(model_output, timestep, sample, *more, **named)
            done += 1
            on_step(done, estimate)
            return made

    scheduler.__class__ = Heard
    try:
        yield
    finally:
        scheduler.__class__ = kind


def clean_estimate(
    scheduler: Any, output: Tensor, timestep: Any, sample: Tensor, named: Mapping[str, Any]
) -> Tensor:
    """The clean latents that a network's output stands for, by what the scheduler says that it predicts.

    With a flow, noisy = (1 - s) clean + s noise and the output is noise - clean, with s the timestep's share of all.
    """
    config = scheduler.config
    sample, output = sample.float(), output.float()
    predicts = config.get("prediction_type")
    if hasattr(scheduler, "alphas_cumprod") and predicts in ("v_prediction", "epsilon", "sample"):
        alpha = scheduler.alphas_cumprod[int(timestep)].to(sample)
        if predicts == "sample":
            return output
        if predicts == "epsilon":
            return (sample - (1 - alpha).sqrt() * output) / alpha.sqrt()
        return alpha.sqrt() * sample - (1 - alpha).sqrt() * output
    each = named.get("per_token_timesteps")
    if each is not None:
        return sample - (each / config.num_train_timesteps)[..., None] * output
    return sample - float(timestep) / config.num_train_timesteps * output


@contextmanager
def layers_watched(pipe: Any, poll: Callable[[], None]) -> Generator[None]:
    """Call ``poll`` before every layer of every network: one step of a large model can take a minute."""
    lists = [
        layers
        for part in pipe.components.values()
        if isinstance(part, nn.Module)
        for layers in part.modules()
        if isinstance(layers, nn.ModuleList)
    ]

    def before(_layer: nn.Module, _given: Any) -> None:
        poll()

    hooks = [layer.register_forward_pre_hook(before) for layers in lists for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
