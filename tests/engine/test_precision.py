"""Training's number formats, and the processor's units that it stays away from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.training.precision import avoid_amx

GRADIENTS = """
import torch
from engine.training.precision import avoid_amx
avoid_amx()
torch.manual_seed(0)
for kernel, channels in ((3, (12, 32)), (3, (32, 12)), (1, (12, 32)), (1, (32, 32))):
    layer = torch.nn.Conv3d(*channels, kernel, padding=(0, kernel // 2, kernel // 2))
    for _ in range(4):
        x = torch.randn(2, channels[0], 7, 64, 112).to(memory_format=torch.channels_last_3d)
        layer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16):
            y = layer(x)
        y.float().square().mean().backward()
        assert torch.isfinite(layer.weight.grad).all(), (kernel, channels)
print("finite")
"""


@pytest.mark.slow
def test_gradients_of_convolutions_are_finite_and_the_process_lives() -> None:
    """In a process of its own, for what is shown is that it ends well; on processors without AMX it always did."""
    clean = {k: v for k, v in os.environ.items() if k != "ONEDNN_MAX_CPU_ISA"}
    done = subprocess.run(
        [sys.executable, "-c", GRADIENTS],
        env={**clean, "MALLOC_CHECK_": "3", "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "finite\n"), done.stderr


def test_a_choice_of_the_users_own_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONEDNN_MAX_CPU_ISA", "AVX2")
    avoid_amx()
    assert os.environ["ONEDNN_MAX_CPU_ISA"] == "AVX2"
