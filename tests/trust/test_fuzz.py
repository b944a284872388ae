"""A short run of each fuzzer, and hypothesis on the manifest. The long runs: docs/reliability.md."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.errors import WaltError
from engine.packs.manifest import MANIFEST, read_manifest

from .fuzz import fuzz
from .guided import report as led

SHORT = {"manifest": 30, "vocabulary": 150, "weights": 200, "pack": 10, "archive": 60, "picture": 400, "video": 200}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("target", SHORT)
def test_strangers_files_open_or_are_refused(tmp_path: Path, packs_folder: Path, target: str) -> None:
    pack = Path(shutil.copytree(packs_folder / "tiny", tmp_path / "tiny"))
    results = fuzz(target, SHORT[target], 1, pack)
    assert results.total() == SHORT[target]
    assert results["opened"] < SHORT[target]


@pytest.mark.parametrize("target", ["manifest", "pack"])
def test_inputs_led_by_coverage_open_or_are_refused(target: str) -> None:
    pytest.importorskip("atheris", reason="is in the extra fuzz")
    assert led(target, 200, 1).startswith(f"{target}, led by coverage: 20")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_json_in_a_manifest_is_read_or_refused(
    packs_folder: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    manifest: Any = json.loads((packs_folder / "tiny" / MANIFEST).read_text())
    place = manifest
    for _ in range(data.draw(st.integers(0, 3))):
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        place = data.draw(st.sampled_from(inner)) if inner else place
    place[data.draw(st.sampled_from(sorted(place)) | st.text(max_size=8))] = data.draw(JSON)
    folder = tmp_path_factory.getbasetemp() / "hypothesis"
    folder.mkdir(exist_ok=True)
    (folder / MANIFEST).write_text(json.dumps(manifest))
    refusal = _refusal(folder)
    assert refusal is None or refusal.code in ("pack-damaged", "pack-too-new")
    assert refusal is None or refusal.line().isprintable()


def _refusal(folder: Path) -> WaltError | None:
    try:
        read_manifest(folder)
    except WaltError as error:
        return error
    return None
