"""Muon for matrices and convolutions, AdamW for everything else, in one optimizer with a flat, savable state.

Muon (Jordan et al., 2024): the momentum of a weight matrix is orthogonalised by a few Newton-Schulz steps.
torch's own `torch.optim.Muon` takes matrices only; here a convolution's kernel counts as an (out, in*k) matrix,
which is what makes it useful for the tokenizer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.training.precision import training_dtype

_NS = (3.4445, -4.7750, 2.0315)


def orthogonalise(matrix: Tensor, steps: int = 4) -> Tensor:
    """Push the singular values of (m, n) towards one by a quintic Newton-Schulz iteration."""
    a, b, c = _NS
    x = matrix.to(training_dtype(matrix.device.type))
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


@dataclass
class ParamGroup:
    """Named parameters that share a method ("muon" or "adamw") and a learning-rate factor."""

    method: str
    names: list[str]
    params: list[nn.Parameter]
    factor: float = 1.0


def split_parameters(model: nn.Module) -> list[ParamGroup]:
    """Matrices and kernels of hidden layers to Muon; embeddings, norms, biases, first and last layers to AdamW.

    A module may list parameter-name fragments in ``adamw_names`` to keep them away from Muon.
    """
    keep: tuple[str, ...] = tuple(getattr(model, "adamw_names", ()))
    muon, adamw = ParamGroup("muon", [], []), ParamGroup("adamw", [], [])
    for name, param in model.named_parameters():
        if not param.requires_grad:
            continue
        small = param.ndim < 2 or min(param.shape[0], param[0].numel()) < 8
        group = adamw if small or any(fragment in name for fragment in keep) else muon
        group.names.append(name)
        group.params.append(param)
    return [muon, adamw]


class Optimizer:
    """One step over several groups; all state lives in tensors by name, so that it saves as safetensors.

    Args:
        groups: From `split_parameters`.
        lr: Learning rate of AdamW; Muon's is ``muon_lr``.
        weight_decay: Decoupled, for Muon's matrices only.
    """

    def __init__(
        self,
        groups: Iterable[ParamGroup],
        lr: float,
        muon_lr: float,
        betas: tuple[float, float] = (0.9, 0.99),
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ) -> None:
        self.groups = list(groups)
        self.lr, self.muon_lr = lr, muon_lr
        self.betas, self.momentum, self.weight_decay = betas, momentum, weight_decay
        self.steps = 0
        self.first: dict[str, Tensor] = {}
        self.second: dict[str, Tensor] = {}
        for group in self.groups:
            for name, param in zip(group.names, group.params, strict=True):
                self.first[name] = torch.zeros_like(param, memory_format=torch.contiguous_format)
                if group.method == "adamw":
                    self.second[name] = torch.zeros_like(param, memory_format=torch.contiguous_format)

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for group in self.groups:
            for param in group.params:
                param.grad = None

    @torch.no_grad()
    def clip(self, max_norm: float) -> float:
        """Scale all gradients to at most ``max_norm`` together; returns the norm before."""
        params = [p for g in self.groups for p in g.params if p.grad is not None]
        return float(torch.nn.utils.clip_grad_norm_(params, max_norm))

    @torch.no_grad()
    def step(self, scale: float = 1.0) -> None:
        """One update; ``scale`` multiplies both learning rates (warm-up and decay)."""
        self.steps += 1
        for group in self.groups:
            update = self._muon if group.method == "muon" else self._adamw
            for name, param in zip(group.names, group.params, strict=True):
                if param.grad is not None:
                    update(name, param, scale * group.factor)

    def _muon(self, name: str, param: nn.Parameter, scale: float) -> None:
        assert param.grad is not None
        buffer = self.first[name].lerp_(param.grad, 1 - self.momentum)
        nesterov = param.grad.lerp(buffer, self.momentum)
        matrix = nesterov.reshape(param.shape[0], -1)
        direction = orthogonalise(matrix).to(param.dtype)
        # The update's RMS is matched to AdamW's, so that one learning-rate scale serves every shape.
        rms = 0.2 * max(matrix.shape) ** 0.5
        rate = self.muon_lr * scale
        param.mul_(1 - rate * self.weight_decay)
        param.add_(direction.reshape(param.shape), alpha=-rate * rms)

    def _adamw(self, name: str, param: nn.Parameter, scale: float) -> None:
        assert param.grad is not None
        b1, b2 = self.betas
        first = self.first[name].lerp_(param.grad, 1 - b1)
        second = self.second[name].mul_(b2).addcmul_(param.grad, param.grad, value=1 - b2)
        correction1, correction2 = 1 - b1**self.steps, 1 - b2**self.steps
        denominator = (second / correction2).sqrt_().add_(1e-8)
        param.addcdiv_(first, denominator, value=-self.lr * scale / correction1)

    def state_tensors(self) -> dict[str, Tensor]:
        """Everything to save, by name."""
        out = {f"first.{name}": value for name, value in self.first.items()}
        out |= {f"second.{name}": value for name, value in self.second.items()}
        out["steps"] = torch.tensor(self.steps)
        return out

    def load_tensors(self, state: dict[str, Tensor]) -> None:
        """Take back what `state_tensors` gave; missing names raise KeyError."""
        for name, value in self.first.items():
            value.copy_(state[f"first.{name}"])
        for name, value in self.second.items():
            value.copy_(state[f"second.{name}"])
        self.steps = int(state["steps"])
