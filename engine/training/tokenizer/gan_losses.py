"""The tokenizer's losses with a discriminator (W.A.L.T. section 3, weights of MAGVIT-v2, appendix A.2).

Tokenizer and discriminator are updated in the same step, as in MAGVIT's code. For the tokenizer's loss the
discriminator's weights are detached, so that one backward pass serves both.
"""

from __future__ import annotations

from typing import cast

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.func import functional_call

from engine.models.tokenizer import Tokenizer
from engine.training.runs.full_size import GanConfig
from engine.training.tokenizer.discriminator import Discriminator


def generator_loss(fake: Tensor) -> Tensor:
    """Non-saturating: -log sigmoid of the logits of decoded clips."""
    return F.softplus(-fake).mean()


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Logistic loss of the logits of true and decoded clips."""
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def gradient_penalty(logits: Tensor, x: Tensor) -> Tensor:
    """R1 (Mescheder et al., 2018): half the squared gradient of the logit with respect to the true clip ``x``."""
    (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
    return 0.5 * gradient.square().flatten(1).sum(1).mean()


def lecam(real: Tensor, fake: Tensor, mean_real: Tensor, mean_fake: Tensor) -> Tensor:
    """LeCam regularisation (Tseng et al., 2021): logits stay near the running mean of the other kind."""
    return F.relu(real - mean_fake).square().mean() + F.relu(mean_real - fake).square().mean()


def feature_distance(real: list[Tensor], fake: list[Tensor]) -> Tensor:
    """Mean squared distance of the discriminator's features, relative to the mean square of the true clip's."""
    parts = [
        (b - a).square().flatten(1).mean(1) / a.square().flatten(1).mean(1).clamp(min=1e-6)
        for a, b in zip(real, fake, strict=True)
    ]
    return torch.stack(parts).mean()


class GanModel(nn.Module):
    """Tokenizer and discriminator with all their losses in one forward pass, so that DDP sees a single module.

    Attributes:
        verdicts: (2,) running means of the logits of true and decoded clips.
        gathered: (3,) sums of both since the last step, and their number.
    """

    verdicts: Tensor
    gathered: Tensor

    def __init__(self, tokenizer: Tokenizer, discriminator: Discriminator, config: GanConfig) -> None:
        super().__init__()
        self.tokenizer, self.discriminator, self.config = tokenizer, discriminator, config
        self.register_buffer("verdicts", torch.zeros(2))
        self.register_buffer("gathered", torch.zeros(3))

    def forward(self, x: Tensor, adversarial: bool, penalise: bool) -> tuple[Tensor, dict[str, float]]:
        """Loss of clips (B, 3, T, H, W) in [-1, 1], and its parts for the log.

        Args:
            x: True clips.
            adversarial: Whether the adversarial loss acts.
            penalise: Whether this step has the gradient penalty.
        """
        config = self.config
        y = self.tokenizer.decoder(self.tokenizer.encoder(x)).float()
        pixel = F.mse_loss(y, x)
        if not adversarial:
            idle = sum(parameter.sum() for parameter in self.discriminator.parameters()) * 0.0
            return config.reconstruction * pixel + cast("Tensor", idle), {"pixel": float(pixel.detach())}
        x = x.detach().requires_grad_(penalise)
        real, real_features = self.discriminator(x)
        logits, fake_features = self._detached(y)
        fake, _ = self.discriminator(y.detach())
        real, logits, fake = real.float(), logits.float(), fake.float()
        adversarial_loss = generator_loss(logits)
        near = feature_distance([feature.detach() for feature in real_features], fake_features)
        tokenizer = config.reconstruction * pixel + config.adversarial * adversarial_loss + config.perceptual * near
        critic = discriminator_loss(real, fake)
        anchored = lecam(real, fake, self.verdicts[0].clone(), self.verdicts[1].clone())
        total = tokenizer + critic + config.lecam * anchored
        if penalise:
            total = total + config.r1 * config.r1_every * gradient_penalty(real, x)
        with torch.no_grad():
            self.gathered += torch.stack([real.mean(), fake.mean(), real.new_ones(())])
        parts = {"pixel": pixel, "fooled": adversarial_loss, "features": near, "critic": critic, "lecam": anchored}
        return total, {name: float(value.detach()) for name, value in parts.items()}

    def update_means(self) -> None:
        """Update the running means by the last step's logits in all processes; to be called before each step."""
        seen = self.gathered.clone()
        if dist.is_initialized():
            dist.all_reduce(seen)
        if float(seen[2]):
            self.verdicts.lerp_(seen[:2] / seen[2], 1 - self.config.lecam_decay)
        self.gathered.zero_()

    def _detached(self, y: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The discriminator on decoded clips, with detached weights."""
        weights = {name: value.detach() for name, value in self.discriminator.named_parameters()}
        return functional_call(self.discriminator, weights, (y,))
