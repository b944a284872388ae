"""torch's own AdamW and Adafactor behind the interface of `engine.training.optim.Optimizer`, sharded or not."""

from __future__ import annotations

from typing import Any, Literal, cast

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor


class ShardedAdafactor(torch.optim.Adafactor):
    """`torch.optim.Adafactor` whose step also works on parameters sharded by FSDP2.

    torch 2.13's step squares a norm in place, which a sharded tensor refuses. Hyper-parameters and state are
    the parent's, and so are the numbers.
    """

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        """One update."""
        assert closure is None
        groups: list[dict[str, Any]] = self.param_groups
        for group in groups:
            # Creates the state of parameters that have none; the lists themselves aren't needed.
            self._init_group(group, [], [], [], [], [], [])  # pyright: ignore
            for param in group["params"]:
                if param.grad is not None:
                    self._update(param, group)

    def _update(self, param: Tensor, group: dict[str, Any]) -> None:
        state: dict[str, Tensor] = self.state[param]
        grad = cast("Tensor", param.grad)
        state["step"] += 1
        step = float(state["step"])
        eps1, floor = group["eps"]
        eps1 = torch.finfo(param.dtype).eps if eps1 is None else eps1
        weight = step ** group["beta2_decay"]
        rate = max(floor, _rms(param)) * min(group["lr"], step**-0.5)
        if group["weight_decay"]:
            param.mul_(1 - group["lr"] * group["weight_decay"])
        squared = grad * grad
        if grad.dim() > 1:
            row = _lerp(state["row_var"], squared.mean(dim=-1, keepdim=True), weight)
            column = _lerp(state["col_var"], squared.mean(dim=-2, keepdim=True), weight)
            estimate = row * column / row.mean(dim=-2, keepdim=True).clamp(min=eps1)
        else:
            estimate = _lerp(state["variance"], squared, weight)
        update = grad * estimate.clamp(min=eps1 * eps1).rsqrt()
        param.add_(_placed(update, param), alpha=-rate / max(1.0, _rms(update) / group["d"]))


def _lerp(old: Tensor, new: Tensor, weight: float) -> Tensor:
    """Move ``old`` towards ``new`` in place; sums over shards are made first."""
    return old.lerp_(_placed(new, old), weight)


def _placed(x: Tensor, like: Tensor) -> Tensor:
    """``x`` sharded as ``like``; torch gathers what has fewer rows than there are processes."""
    if isinstance(x, DTensor) and isinstance(like, DTensor):
        return x.redistribute(placements=like.placements)
    return x


def _rms(x: Tensor) -> float:
    return float(_whole(x.norm(2))) / x.numel() ** 0.5


def _whole(x: Tensor) -> Tensor:
    return x.full_tensor() if isinstance(x, DTensor) else x


class TorchOptimizer:
    """AdamW or Adafactor over all trainable parameters of a model, with a state that is saved by name.

    Args:
        model: Its parameters are final: sharded already, where they are to be.
        kind: Which method.
        lr: Peak learning rate.
        betas: AdamW's.
        weight_decay: Decoupled; biases, norms and tables are left out.
        floor: Adafactor's second epsilon, the least size of a parameter that its relative step is scaled by.
    """

    def __init__(
        self,
        model: nn.Module,
        kind: Literal["adamw", "adafactor"],
        lr: float,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
        floor: float = 1.0,
    ) -> None:
        self.lr = lr
        self.named = {name: param for name, param in model.named_parameters() if param.requires_grad}
        matrices = [p for p in self.named.values() if p.ndim >= 2]
        others = [p for p in self.named.values() if p.ndim < 2]
        groups = [
            {"params": matrices, "weight_decay": weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        if kind == "adamw":
            self.optimizer: torch.optim.Optimizer = torch.optim.AdamW(groups, lr=lr, betas=betas)
        else:
            self.optimizer = ShardedAdafactor(groups, lr=lr, eps=(None, floor))

    def zero_grad(self) -> None:
        """Forget all gradients."""
        self.optimizer.zero_grad(set_to_none=True)

    def clip(self, max_norm: float) -> float:
        """Scale all gradients to at most ``max_norm`` together; returns the norm before."""
        return float(_whole(torch.nn.utils.clip_grad_norm_(list(self.named.values()), max_norm)))

    def step(self, scale: float = 1.0) -> None:
        """One update at ``scale`` times the learning rate."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.lr * scale
        self.optimizer.step()

    def state_tensors(self) -> dict[str, Tensor]:
        """Everything to save, by name; the tensors themselves, so that loading into them loads the optimizer."""
        self._ensure_state()
        return {
            f"{key}.{name}": value
            for name, param in self.named.items()
            for key, value in self.optimizer.state[param].items()
            if isinstance(value, Tensor)
        }

    @torch.no_grad()
    def load_tensors(self, state: dict[str, Tensor]) -> None:
        """Take back what `state_tensors` gave; missing names raise KeyError."""
        for name, value in self.state_tensors().items():
            if state[name] is not value:
                value.copy_(state[name])

    def _ensure_state(self) -> None:
        """torch makes the state in the first step: take one that changes nothing, and set the counts back."""
        if all(self.optimizer.state[param] for param in self.named.values()):
            return
        grads = {name: param.grad for name, param in self.named.items()}
        decays = [group["weight_decay"] for group in self.optimizer.param_groups]
        for group in self.optimizer.param_groups:
            group["lr"], group["weight_decay"] = 0.0, 0.0
        for param in self.named.values():
            param.grad = torch.zeros_like(param)
        self.optimizer.step()
        for group, decay in zip(self.optimizer.param_groups, decays, strict=True):
            group["weight_decay"] = decay
        for name, param in self.named.items():
            param.grad = grads[name]
            for value in self.optimizer.state[param].values():
                if isinstance(value, Tensor):
                    value.zero_()
