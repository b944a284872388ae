"""Folders of open models: which are linked, and which are refused with what sentence. No diffusers is needed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from engine.api.errors import UsageError, WaltError
from engine.api.request import ClipRequest
from engine.api.types import MemoryBudget, ResidencyMode, WeightFormat
from engine.cli.main import main
from engine.kinds.check import require_capable
from engine.kinds.planning import plan_clip
from engine.kinds.registry import capabilities_of, kind_of
from engine.open_models.families import OWN, listed, model_of
from engine.open_models.folder import ModelFolder
from engine.open_models.link import describe, link, pack_name
from engine.open_models.measured import MEASURED, MOST, record_peak, work_factor
from engine.open_models.plan import TILE
from engine.open_models.verify import HASHES
from engine.packs.capabilities import Lengths
from engine.packs.install import install, remove
from engine.packs.manifest import fingerprint
from engine.packs.open_manifest import OpenManifest, open_manifest
from engine.packs.store import InstalledPack, PackStore

INDEX = {
    "_class_name": "WanPipeline",
    "_diffusers_version": "0.35.0",
    "tokenizer": ["transformers", "T5TokenizerFast"],
    "text_encoder": ["transformers", "UMT5EncoderModel"],
    "transformer": ["diffusers", "WanTransformer3DModel"],
    "transformer_2": [None, None],
    "vae": ["diffusers", "AutoencoderKLWan"],
    "boundary_ratio": None,
}
ONE, TWO = (f"diffusion_pytorch_model-0000{place}-of-00002.safetensors" for place in (1, 2))
SHARDS = "diffusion_pytorch_model.safetensors.index.json"
DENOISER = {"num_attention_heads": 2, "attention_head_dim": 12, "num_layers": 30, "patch_size": [1, 2, 2]}


def tensors(**shapes: tuple[int, ...]) -> dict[str, Any]:
    return {name.replace("__", "."): np.ones(shape, np.float16) for name, shape in shapes.items()}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model's folder, sharded and whole, as diffusers would write it."""
    folder = tmp_path / "Wan Tiny-Diffusers"
    for part in ("tokenizer", "text_encoder", "transformer", "vae"):
        (folder / part).mkdir(parents=True)
    write(folder / "model_index.json", INDEX)
    write(folder / "tokenizer" / "tokenizer_config.json", {"model_max_length": 512})
    for part in ("text_encoder", "vae"):
        write(folder / part / "config.json", {})
    write(folder / "transformer" / "config.json", DENOISER)
    save_file(tensors(shared=(10, 8), block__0__w=(8, 8)), folder / "text_encoder" / "model.safetensors")
    save_file(tensors(decoder=(6, 6)), folder / "vae" / "diffusion_pytorch_model.safetensors")
    shards = {
        ONE: tensors(patch=(4, 4), blocks__0__a=(16, 16)),
        TWO: tensors(blocks__1__a=(16, 8)),
    }
    for name, part in shards.items():
        save_file(part, folder / "transformer" / name)
    places = {key: name for name, part in shards.items() for key in part}
    write(folder / "transformer" / SHARDS, {"weight_map": places})
    return folder


def write(path: Path, values: object) -> None:
    path.write_text(json.dumps(values))


@pytest.fixture
def store(tmp_path: Path) -> PackStore:
    (tmp_path / "packs").mkdir()
    return PackStore([tmp_path / "packs"])


@pytest.fixture
def linked(model: Path, store: PackStore) -> InstalledPack:
    return link(model, store.roots[0])


def test_nothing_is_copied(model: Path, store: PackStore, linked: InstalledPack) -> None:
    assert sum(file.stat().st_size for file in linked.path.iterdir()) < 20_000
    assert (linked.name, linked.manifest.title) == ("wan-tiny-diffusers", "Wan 2.1 T2V 1.3B")
    [found] = store.installed()
    assert found.manifest == linked.manifest
    assert found.bytes == sum(file.stat().st_size for file in model.rglob("*.safetensors"))
    manifest = open_manifest(found.manifest)
    assert set(manifest.weights) == {
        "text_encoder/model.safetensors", f"transformer/{ONE}", f"transformer/{TWO}",
        "vae/diffusion_pytorch_model.safetensors",
    }  # fmt: skip
    assert manifest.shape.model_dump() == {"width": 24, "layers": 30, "patch": (1, 2, 2)}


def test_the_record_says_what_the_family_can(linked: InstalledPack) -> None:
    able = capabilities_of(linked)
    lengths = Lengths(81, 81, 4, offered=(21, 41, 61, 81))
    assert (able.fps, able.lengths, able.still, able.seen) == (16, lengths, "no", ())
    assert able.stages[0].sizes["16:9"] == (832, 480)
    assert (able.any_word, able.teachable, able.negative) == (True, False, True)
    assert able.guidance is not None
    assert (able.steps.value, able.guidance.value) == (50, 5.0)
    with pytest.raises(UsageError, match="80 frames are not possible") as refused:
        require_capable(ClipRequest.parse(prompt="x", frames=80, upto="base"), able, linked.name)
    assert refused.value.hint.startswith("Ask for 81")


def pickled(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").rename(folder / "vae" / "diffusion_pytorch_model.bin")


def edited(part: str, name: str, **values: object) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        file = folder / part / name
        write(file, {**json.loads(file.read_text()), **values})

    return edit


def cut(folder: Path) -> None:
    file = folder / "transformer" / TWO
    file.write_bytes(file.read_bytes()[:-10])


def lengthened(folder: Path) -> None:
    file = folder / "transformer" / TWO
    file.write_bytes(file.read_bytes() + b"more")


def garbled(folder: Path) -> None:
    (folder / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"\x20" + bytes(7) + b"{not json" * 9)


REFUSED: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "no model": (lambda folder: (folder / "model_index.json").unlink(), "not-a-model", "is not the folder of a model"),
    "a pickle": (pickled, "model-unsafe", "weights of the part vae are a pickle"),
    "remote code": (
        edited("text_encoder", "config.json", auto_map={"AutoModel": "evil.Evil"}),
        "model-unsafe", "run code of its own",
    ),
    "remote code of a tokenizer": (
        edited("tokenizer", "tokenizer_config.json", auto_map={}), "model-unsafe", "part tokenizer asks to run code",
    ),
    "a pipeline's code": (
        edited("", "model_index.json", _class_name=["pipe", "Pipe"]), "model-unsafe", "a pipeline with code of its own",
    ),
    "a foreign library": (
        edited("", "model_index.json", vae=["evil_lib", "Vae"]), "model-unsafe", "needs the library evil_lib",
    ),
    "a missing part": (lambda folder: shutil.rmtree(folder / "vae"), "model-incomplete", "part vae is missing"),
    "a part without settings": (
        lambda folder: (folder / "tokenizer" / "tokenizer_config.json").unlink(), "model-incomplete", "no settings",
    ),
    "a missing shard": (
        lambda folder: (folder / "transformer" / TWO).unlink(),
        "model-incomplete", f"transformer/{TWO} is missing",
    ),
    "no weights": (
        lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").unlink(),
        "model-incomplete", "part vae has no weights under the usual name, none",
    ),
    "another variant": (
        lambda folder: (folder / "vae" / "diffusion_pytorch_model.safetensors").rename(
            folder / "vae" / "diffusion_pytorch_model.fp16.safetensors"
        ),
        "model-incomplete", "only diffusion_pytorch_model.fp16.safetensors",
    ),
    "half a download": (cut, "model-incomplete", f"{TWO} is cut short"),
    "more than there should be": (lengthened, "model-incomplete", "is longer than its header says"),
    "a garbled header": (garbled, "model-incomplete", "is damaged"),
    "an unknown family": (
        edited("", "model_index.json", _class_name="OtherPipeline"), "model-not-known", "of the kind OtherPipeline",
    ),
    "bad settings of one's own": (
        lambda folder: write(folder / OWN, {"fps": "many"}), "bad-model-settings", "not valid: fps",
    ),
    "settings that nobody knows": (
        lambda folder: write(folder / OWN, {"speed": 3}), "bad-model-settings", "not valid: speed",
    ),
    "a shard that leads elsewhere": (
        edited("transformer", SHARDS, weight_map={"a": "../../x.safetensors"}),
        "not-a-model", "does not list files of weights",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "code", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_has_its_sentence(
    model: Path, store: PackStore, spoil: Callable[[Path], None], code: str, sentence: str
) -> None:
    spoil(model)
    with pytest.raises(UsageError) as refused:
        link(model, store.roots[0])
    assert (refused.value.code, sentence in refused.value.message) == (code, True), refused.value.message
    assert refused.value.hint or code in ("not-a-model", "bad-model-settings")
    assert list(store.roots[0].iterdir()) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5) | st.just("diffusers"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file=st.sampled_from(["model_index.json", "transformer/config.json", OWN, f"transformer/{SHARDS}"]),
    key=st.sampled_from(
        ["_class_name", "transformer", "vae", "weight_map", "patch_size", "num_layers", "fps", "sizes", "../x"]
    ),
    value=JSON,
)  # fmt: skip
def test_whatever_stands_in_its_files_is_taken_or_refused(model: Path, file: str, key: str, value: object) -> None:
    """Strangers write these files: nothing but a plain refusal may come of them."""
    path = model / file
    before = path.read_bytes() if path.exists() else None
    write(path, {**(json.loads(before) if before else {}), key: value})
    try:
        made: object = describe(model, "any")
    except UsageError as refused:
        made = refused.message
    finally:
        path.unlink() if before is None else path.write_bytes(before)
    assert isinstance(made, OpenManifest) or (isinstance(made, str) and made.isprintable())


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.binary(max_size=40), size=st.integers(0, 2**64 - 1) | st.integers(0, 60))
def test_whatever_a_file_of_weights_begins_with_is_refused(model: Path, head: bytes, size: int) -> None:
    file = model / "vae" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(size.to_bytes(8, "little") + head)
    with pytest.raises(UsageError) as refused:
        describe(model, "any")
    assert refused.value.code == "model-incomplete"


def test_the_owners_file_goes_before_the_list(model: Path) -> None:
    write(model / OWN, {"steps": 4, "fixed_steps": True, "guidance": None, "title": "Mine"})
    made = describe(model, "mine").model
    assert (made.title, made.steps, made.fixed_steps, made.guidance, made.fps) == ("Mine", 4, True, None, 16)


def test_a_family_that_is_not_listed_can_be_described_by_its_owner(model: Path) -> None:
    edited("", "model_index.json", _class_name="OtherPipeline")(model)
    write(
        model / OWN,
        {
            "title": "Other", "licence": "MIT", "sizes": {"1:1": [64, 64]}, "fps": 30, "steps": 2, "space": 8,
            "time": 6, "lengths": {"usual": 19, "longest": 163, "step": 6},
        },
    )  # fmt: skip
    made = describe(model, "other").model
    assert (made.pipeline, made.fps, made.lengths.step) == ("OtherPipeline", 30, 6)


def test_every_row_of_the_list_is_valid(tmp_path: Path) -> None:
    rows, _ = listed()
    for row in rows:
        configs: dict[str, dict[str, Any]] = {}
        index = {"_class_name": row["class"]}
        name = "m"
        for key, value in row.get("where", {}).items():
            part, _, setting = key.partition(".")
            if key == "folder":
                name = value.replace("*", "")
            elif setting:
                configs[part] = {setting: value}
            else:
                index[key] = value
        made = model_of(ModelFolder(tmp_path / name, index, (), configs))
        assert made.title == row["title"], "an earlier row takes what this one describes"
        lengths = Lengths(made.lengths.usual, made.lengths.longest, made.lengths.step, made.lengths.fixed)
        assert lengths.possible(made.lengths.usual)
        assert lengths.possible(made.lengths.longest)
        assert all(side % made.space == 0 for size in made.sizes.values() for side in size)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Wan2.2-TI2V-5B-Diffusers", "wan2.2-ti2v-5b-diffusers"),
        ("models--Org--LTX-Video/snapshots/0123abcd", "ltx-video"),
        ("Ünï", "n"),
        ("...", "model"),
    ],
)
def test_names(folder: str, name: str) -> None:
    assert pack_name(Path("/x") / folder) == name


def test_a_moved_model_is_the_same_pack(model: Path, store: PackStore, linked: InstalledPack) -> None:
    before = fingerprint(linked.path)
    moved = model.rename(model.with_name("elsewhere"))
    with pytest.raises(WaltError, match="is not at") as gone:
        kind_of(linked).weights(linked, WeightFormat())
    assert gone.value.code == "model-not-found"
    again = link(moved, store.roots[0], name=linked.name, replace=True)
    assert fingerprint(again.path) == before


def test_a_name_that_is_taken_is_refused(model: Path, store: PackStore, linked: InstalledPack) -> None:
    with pytest.raises(UsageError, match="is installed already"):
        link(model, store.roots[0])
    assert link(model, store.roots[0], name="other").name == "other"


def test_removing_the_pack_leaves_the_model(model: Path, store: PackStore, linked: InstalledPack) -> None:
    before = {file: file.read_bytes() for file in model.rglob("*") if file.is_file()}
    remove(linked, store.roots[0])
    assert store.installed() == []
    assert {file: file.read_bytes() for file in model.rglob("*") if file.is_file()} == before


def test_a_link_is_not_installed_from_elsewhere(linked: InstalledPack, tmp_path: Path) -> None:
    """A stranger's pack cannot point into this computer's folders."""
    with pytest.raises(WaltError) as refused:
        install(linked.path, tmp_path / "other")
    assert refused.value.code == "pack-damaged"


def test_verifying_reads_every_file(model: Path, linked: InstalledPack) -> None:
    kind_of(linked).verify(linked, lambda: False)
    recorded = json.loads((linked.path / HASHES).read_text())
    assert set(recorded) == set(open_manifest(linked.manifest).weights)
    kind_of(linked).verify(linked, lambda: False)
    file = model / "transformer" / ONE
    whole = file.read_bytes()
    for damage in (whole[:-1] + b"\x01", whole[:-1]):
        file.write_bytes(damage)
        with pytest.raises(WaltError, match="transformer/diffusion_pytorch_model-00001") as refused:
            kind_of(linked).verify(linked, lambda: False)
        assert refused.value.code == "model-damaged"
    file.write_bytes(whole)
    write(model / "vae" / "config.json", {"other": 1})
    with pytest.raises(WaltError, match=r"vae/config\.json is not what it was"):
        kind_of(linked).verify(linked, lambda: False)


def test_weights_are_counted_from_headers(linked: InstalledPack) -> None:
    weights = kind_of(linked).weights(linked, WeightFormat(2, mapped=False))
    assert {part: weight.whole for part, weight in weights.items()} == {
        "text_encoder": 2 * (80 + 64), "transformer": 2 * (16 + 256 + 128), "vae": 4 * 36,
    }  # fmt: skip
    assert weights["transformer"].layer == 2 * 256
    eight = kind_of(linked).weights(linked, WeightFormat(2, mapped=False, int8=True))
    assert (eight["transformer"].layers, eight["vae"].whole) == (256 + 128, 4 * 36)


def test_less_memory_means_parts_in_turns_then_layers(linked: InstalledPack) -> None:
    request = ClipRequest.parse(prompt="x", frames=81, upto="base", pack=linked.name)
    numbers = WeightFormat(2, mapped=False)
    weights = kind_of(linked).weights(linked, numbers)
    plans = list(kind_of(linked).execution_plans(linked, request, weights, numbers))
    assert [plan.residency for plan in plans] == ["resident", "resident", "staged", "staged", "streamed"]
    assert [plan.tile is None for plan in plans] == [True, False, True, False, False]
    peaks = [plan.peak for plan in plans]
    assert peaks[0] > peaks[2] >= peaks[3] >= peaks[4]
    assert plans[0].host < plans[2].host, "what is on the card does not wait in the computer's memory"
    assert plan_clip(linked, request, weights, MemoryBudget(numbers, 0, peaks[0])).plan == plans[0]
    tight = MemoryBudget(numbers, 0, peaks[0], host=10)
    with pytest.raises(WaltError, match="computer's own memory is not") as full:
        plan_clip(linked, request, weights, tight)
    assert full.value.code == "out-of-memory"
    with pytest.raises(WaltError, match="not enough memory for this clip"):
        plan_clip(linked, request, weights, MemoryBudget(numbers, 0, peaks[4] - 1))


def test_plans_are_corrected_by_what_a_clip_took(model: Path, linked: InstalledPack) -> None:
    request = ClipRequest.parse(prompt="x", frames=81, upto="base", pack=linked.name)
    numbers = WeightFormat(2, mapped=False)
    manifest = open_manifest(linked.manifest)

    def peaks() -> list[int]:
        weights = kind_of(linked).weights(linked, numbers)
        return [plan.peak for plan in kind_of(linked).execution_plans(linked, request, weights, numbers)]

    def record(residency: ResidencyMode, tile: int | None, peak: int) -> None:
        record_peak(linked.path, model, manifest, request, numbers, residency=residency, tile=tile, peak=peak)

    assert work_factor(linked.path) == 1
    before = peaks()
    record("resident", None, before[0] // 2)
    assert before[0] // 2 <= peaks()[0] < 0.7 * before[0], "and a little more"
    record("staged", TILE, before[3] // 2)
    assert before[3] // 2 <= peaks()[3] < 0.7 * before[3]
    record("resident", None, 100 * before[0])
    assert work_factor(linked.path) == MOST
    for broken in ("[]", '{"factor": "x"}', '{"factor": NaN}', "{"):
        (linked.path / MEASURED).write_text(broken)
        assert work_factor(linked.path) == 1


def test_on_a_processor_all_parts_are_in_memory(linked: InstalledPack) -> None:
    request = ClipRequest.parse(prompt="x", frames=81, upto="base", pack=linked.name)
    numbers = WeightFormat(4)
    weights = kind_of(linked).weights(linked, numbers)
    plans = list(kind_of(linked).execution_plans(linked, request, weights, numbers))
    assert {(plan.residency, plan.host) for plan in plans} == {("resident", 0)}


def test_the_command_line_links_verifies_plans_and_removes(
    model: Path, store: PackStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("engine.packs.store.default_roots", lambda: (tmp_path / "shipped", *store.roots))
    assert main(["packs", "--link", str(model), "--name", "mine"]) == 0
    assert "Linked mine: Wan 2.1 T2V 1.3B" in capsys.readouterr().out
    assert main(["packs", "--verify", "mine"]) == 0
    assert main(["packs", "--json"]) == 0
    capsys.readouterr()
    assert main(["plan", "mine", "--cards", "24,8", "--json"]) == 0
    plans = json.loads(capsys.readouterr().out)["plans"]
    assert [plan["memory"] for plan in plans] == ["24 GB", "8 GB"] * 2
    assert all(plan["peak_mb"] for plan in plans)
    assert main(["packs", "--remove", "mine"]) == 0
    assert main(["packs", "--name", "mine"]) == 2
    assert model.is_dir()
