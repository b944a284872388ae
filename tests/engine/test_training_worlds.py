"""Worlds rendered into shards of training clips, as they come or two by two."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.cli.main import main
from engine.training.data.store import ShardStore
from engine.worlds.dataset.sampling import sample_spec, twin

SEED, SIZE = 41, "32x56"


def prepare(out: Path, count: int, *more: str) -> ShardStore:
    words = ["train", "prepare", "--worlds", str(count), "--seed", str(SEED), "--size", SIZE, "--workers", "1"]
    assert main([*words, "--out", str(out), *more]) == 0
    return ShardStore(out)


@pytest.mark.parametrize("frames", ["1", "5"])
def test_every_second_twin_is_the_world_before_it_moving_the_other_way(tmp_path: Path, frames: str) -> None:
    plain = prepare(tmp_path / "plain", 2, "--frames", frames)
    twins = prepare(tmp_path / "twins", 4, "--frames", frames, "--twins")
    worlds = [sample_spec(SEED), sample_spec(SEED + 1)]
    assert [line["spec"] for line in plain.truth] == [spec.to_dict() for spec in worlds]
    told = [spec.to_dict() for world in worlds for spec in (world, twin(world))]
    assert [line["spec"] for line in twins.truth] == told
    assert np.array_equal(twins[0], plain[0])
    assert np.array_equal(twins[2], plain[1])
    assert not np.array_equal(twins[1], twins[0])
