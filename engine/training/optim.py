"""Muon for matrices and convolutions, AdamW for everything else, in one optimizer whose state is saved by name.

Muon (Jordan et al., 2024): the momentum of a weight matrix is orthogonalised by a few Newton-Schulz steps.
torch's own `torch.optim.Muon` takes matrices only; here a convolution's kernel counts as an (out, in*k) matrix, and
matrices of one shape are orthogonalised together, in a few large products.
"""

# torch's own optimizers are built of these operations on lists of tensors; they have no public names.
# pyright: reportPrivateUsage=false, reportPrivateImportUsage=false

from __future__ import annotations

from collections import defaultdict

import torch
from torch import Tensor, nn

from engine.training.precision import training_dtype

_NS = (3.4445, -4.7750, 2.0315)
_EPS = 1e-8


def orthogonalise(stack: Tensor, steps: int = 4) -> Tensor:
    """Push the singular values of each matrix of (G, m, n) towards one by a quintic Newton-Schulz iteration."""
    a, b, c = _NS
    x = stack.to(training_dtype(stack.device.type))
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + torch.baddbmm(gram, gram, gram, beta=b, alpha=c) @ x
    return x.mT if tall else x


def split_parameters(model: nn.Module) -> tuple[dict[str, nn.Parameter], dict[str, nn.Parameter]]:
    """Trainable parameters by name: for Muon, matrices and kernels of hidden layers; the others for AdamW.

    A module may list parameter-name fragments in ``adamw_names`` to keep them away from Muon.
    """
    keep: tuple[str, ...] = tuple(getattr(model, "adamw_names", ()))
    muon: dict[str, nn.Parameter] = {}
    adamw: dict[str, nn.Parameter] = {}
    for name, param in model.named_parameters():
        if param.requires_grad:
            small = param.ndim < 2 or min(param.shape[0], param[0].numel()) < 8
            chosen = adamw if small or any(fragment in name for fragment in keep) else muon
            chosen[name] = param
    return muon, adamw


class Optimizer:
    """One step over all trainable parameters; the state is tensors by name, so that it saves as safetensors.

    Args:
        model: `split_parameters` says which method each parameter gets. One without a gradient is left as it is.
        lr: Learning rate of AdamW; Muon's is ``muon_lr``.
        betas: AdamW's.
        momentum: Muon's.
        weight_decay: Decoupled, for Muon's matrices only.
        newton_steps: Of Muon's Newton-Schulz iteration.
    """

    def __init__(
        self,
        model: nn.Module,
        lr: float,
        muon_lr: float,
        betas: tuple[float, float] = (0.9, 0.99),
        momentum: float = 0.95,
        weight_decay: float = 0.01,
        newton_steps: int = 4,
    ) -> None:
        self.lr, self.muon_lr = lr, muon_lr
        self.betas, self.momentum, self.weight_decay = betas, momentum, weight_decay
        self.newton_steps = newton_steps
        muon, self.adamw = split_parameters(model)
        self.params = muon | self.adamw
        shapes: defaultdict[tuple[int, int], dict[str, nn.Parameter]] = defaultdict(dict)
        for name, param in muon.items():
            shapes[param.shape[0], param[0].numel()][name] = param
        self.stacks = list(shapes.values())
        self.steps = 0
        self.first = {name: _zeros(param) for name, param in self.params.items()}
        self.second = {name: _zeros(param) for name, param in self.adamw.items()}

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for param in self.params.values():
            param.grad = None

    def clip(self, max_norm: float) -> float:
        """Scale all gradients to at most ``max_norm`` together; returns the norm before."""
        return float(nn.utils.clip_grad_norm_(self.params.values(), max_norm))

    @torch.no_grad()
    def step(self, scale: float = 1.0) -> None:
        """One update; ``scale`` multiplies both learning rates (warm-up and decay)."""
        self.steps += 1
        for stack in self.stacks:
            self._muon(stack, self.muon_lr * scale)
        self._adamw(self.adamw, self.lr * scale)

    def _muon(self, stack: dict[str, nn.Parameter], rate: float) -> None:
        """Update matrices of one shape."""
        names, params, grads = _with_gradients(stack)
        if not names:
            return
        first = [self.first[name] for name in names]
        torch._foreach_lerp_(first, grads, 1 - self.momentum)
        nesterov = torch.stack([g.flatten(1) for g in torch._foreach_lerp(grads, first, self.momentum)])
        directions = orthogonalise(nesterov, self.newton_steps).to(params[0].dtype)
        # The update's RMS is matched to AdamW's, so that one learning-rate scale serves every shape.
        rms = 0.2 * max(nesterov.shape[1:]) ** 0.5
        torch._foreach_mul_(params, 1 - rate * self.weight_decay)
        moves = [direction.reshape(param.shape) for direction, param in zip(directions, params, strict=True)]
        torch._foreach_add_(params, moves, alpha=-rate * rms)

    def _adamw(self, stack: dict[str, nn.Parameter], rate: float) -> None:
        names, params, grads = _with_gradients(stack)
        if not names:
            return
        b1, b2 = self.betas
        first, second = [self.first[name] for name in names], [self.second[name] for name in names]
        torch._foreach_lerp_(first, grads, 1 - b1)
        torch._foreach_mul_(second, b2)
        torch._foreach_addcmul_(second, grads, grads, 1 - b2)
        denominators = torch._foreach_div(second, 1 - b2**self.steps)
        torch._foreach_sqrt_(denominators)
        torch._foreach_add_(denominators, _EPS)
        torch._foreach_addcdiv_(params, first, denominators, -rate / (1 - b1**self.steps))

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


def _zeros(param: nn.Parameter) -> Tensor:
    return torch.zeros_like(param, memory_format=torch.contiguous_format)


def _with_gradients(stack: dict[str, nn.Parameter]) -> tuple[list[str], list[Tensor], list[Tensor]]:
    """Names, parameters and gradients of those that have a gradient."""
    found = [(name, param, param.grad) for name, param in stack.items() if param.grad is not None]
    return [one[0] for one in found], [one[1] for one in found], [one[2] for one in found]
