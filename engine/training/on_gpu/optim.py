"""Muon and AdamW for one GPU: matrices of one shape are orthogonalised together, in a few large products."""

from __future__ import annotations

from collections import defaultdict

import torch
from torch import Tensor, nn

from engine.training.optim import split_parameters

_NS = (3.4445, -4.7750, 2.0315)


def orthogonalise(x: Tensor, steps: int = 5) -> Tensor:
    """`engine.training.optim.orthogonalise` for a stack of matrices (G, m, n)."""
    a, b, c = _NS
    x = x.bfloat16()
    tall = x.shape[1] > x.shape[2]
    x = x.transpose(1, 2) if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = a * x + torch.baddbmm(b * gram, gram, gram, beta=1, alpha=c) @ x
    return x.transpose(1, 2) if tall else x


class Optimizer:
    """One step over all of a model's parameters, and their moving average.

    Args:
        model: `split_parameters` says what is whose.
        lr, muon_lr: Learning rates of AdamW and Muon.
        ema: Decay of the average.
    """

    def __init__(self, model: nn.Module, lr: float, muon_lr: float, ema: float) -> None:
        self.lr, self.muon_lr, self.decay = lr, muon_lr, ema
        muon, adamw = split_parameters(model)
        self.adamw = torch.optim.AdamW(adamw.params, lr, (0.9, 0.98), weight_decay=0.0, fused=_cuda(model))
        shapes: defaultdict[tuple[int, int], list[nn.Parameter]] = defaultdict(list)
        for param in muon.params:
            shapes[(param.shape[0], param[0].numel())].append(param)
        self.stacks = list(shapes.values())
        self.momenta = [
            torch.zeros(len(s), s[0].shape[0], s[0][0].numel(), device=s[0].device) for s in self.stacks
        ]
        self.params = muon.params + adamw.params
        self.average = [p.detach().clone() for p in self.params]
        self.steps = 0

    def step(self, loss: Tensor, scale: float) -> Tensor:
        """Backward pass and update; ``scale`` multiplies both rates. Returns the gradient's norm.

        A gradient that is not finite is left out: one such step would be the end of everything.
        """
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(self.params, 1.0)
        if torch.isfinite(norm):
            self._update(scale)
        for param in self.params:
            param.grad = None
        return norm

    def _update(self, scale: float) -> None:
        self.adamw.param_groups[0]["lr"] = self.lr * scale
        self.adamw.step()
        with torch.no_grad():
            for params, momentum in zip(self.stacks, self.momenta, strict=True):
                self._muon(params, momentum, self.muon_lr * scale)
            self.steps += 1
            decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
            torch._foreach_lerp_(self.average, [p.detach() for p in self.params], 1 - decay)

    def _muon(self, params: list[nn.Parameter], momentum: Tensor, rate: float) -> None:
        grads = torch.stack([(torch.zeros_like(p) if p.grad is None else p.grad).flatten(1) for p in params])
        momentum.lerp_(grads, 0.05)
        rms = 0.2 * max(momentum.shape[1:]) ** 0.5
        update = orthogonalise(grads.lerp(momentum, 0.95)).float() * (-rate * rms)
        torch._foreach_mul_(params, 1 - rate * 0.01)
        torch._foreach_add_(params, [u.reshape(p.shape) for u, p in zip(update, params, strict=True)])

    @torch.no_grad()
    def finish(self) -> None:
        """Put the average in the model."""
        torch._foreach_copy_(list(self.params), self.average)


def _cuda(model: nn.Module) -> bool:
    return next(model.parameters()).is_cuda


def trapezoid(share: float, warm: float = 0.03, decay: float = 0.45) -> float:
    """Learning-rate factor at a share of a stage's time: up, level, down to nearly nothing."""
    return max(0.01, min(1.0, share / warm, (1.0 - share) / decay))
