"""The rules of the house that imports can break (docs/architecture.md): read from the source, and tried."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for room in ("engine", "app") for path in (ROOT / room).rglob("*.py"))
QT = {"PySide6", "PyQt6", "PySide2", "PyQt5", "qasync", "superqt", "shiboken6"}
ORDER = (
    "api",
    "runtime",
    "text",
    "diffusion",
    "models",
    "media",
    "stills",
    "packs",
    "planning",
    "pipeline",
    "open_models",
    "kinds",
    "worker",
    "worlds",
    "training",
    "evaluation",
    "cli",
)
"""The engine's rooms from the lowest to the highest: each imports itself and those before it, nothing else."""
BESIDE_A_CLIP = {"worlds", "training", "evaluation"}
"""Nothing on the way to a clip imports these."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, *, typing: bool = True) -> Iterator[str]:
    """Modules that a file imports, anywhere in it; without ``typing`` not those under TYPE_CHECKING."""
    tree = ast.parse(path.read_text("utf-8"))
    hidden: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            hidden.update(part for statement in node.body for part in ast.walk(statement))
    for node in ast.walk(tree):
        if not typing and node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(module: str) -> str:
    """``engine.models.text_encoder`` -> ``models``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def engine_files() -> list[Path]:
    return [path for path in SOURCES if path.is_relative_to(ROOT / "engine")]


def offenders(files: list[Path], forbidden: set[str], *, typing: bool = False) -> list[str]:
    """``file: module`` for each import of one of the top-level or engine rooms in ``forbidden``."""
    found: list[str] = []
    for path in files:
        for name in imports(path, typing=typing):
            parts = name.split(".")
            if {".".join(parts[:depth]) for depth in (1, 2, 3)} & forbidden:
                found.append(f"{module_name(path)}: {name}")
    return found


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 20


def test_the_engine_knows_neither_qt_nor_the_window() -> None:
    assert offenders(engine_files(), {"app", *QT}) == []


def test_the_window_never_imports_torch_itself() -> None:
    files = [path for path in SOURCES if path.is_relative_to(ROOT / "app")]
    assert offenders(files, {"torch", "engine.pipeline", "engine.models"}) == []
    found = [name for name in offenders(files, {"engine.training"}) if "engine.training.finetuning" not in name]
    assert found == []


def test_one_room_runs_open_models() -> None:
    """And it imports what runs them late, so that nobody else pays for it."""
    others = [path for path in SOURCES if not path.is_relative_to(ROOT / "engine" / "open_models")]
    assert offenders(others, {"diffusers", "accelerate"}) == []
    room_files = [path for path in SOURCES if path.is_relative_to(ROOT / "engine" / "open_models")]
    assert offenders(room_files, {"diffusers", "transformers", "accelerate", "huggingface_hub"}) == [], "by library()"


def test_no_code_knows_an_open_models_name() -> None:
    """What is particular to a family is data: resources/open_models/families.toml."""
    rows = tomllib.loads((ROOT / "resources" / "open_models" / "families.toml").read_text("utf-8"))["family"]
    names = {word for row in rows for word in (row["class"], row["title"].split()[0])}
    assert len(names) > 8
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    found = [f"{path}: {match[0]}" for path in SOURCES for match in pattern.finditer(path.read_text("utf-8"))]
    assert found == []


def test_playback_knows_only_the_rooms_below_it() -> None:
    """Whoever shows a film or composes a clip hands it what it shows."""
    files = [path for path in SOURCES if path.is_relative_to(ROOT / "app" / "playback")]
    known = {room(name) for path in files for name in imports(path) if name.startswith("app.")}
    assert known <= {"core", "library", "jobs", "playback"}


def test_every_room_has_its_place() -> None:
    found = {path.relative_to(ROOT / "engine").parts[0].removesuffix(".py") for path in engine_files()}
    assert found - {"__init__"} == set(ORDER)


@pytest.mark.parametrize("who", ORDER)
def test_imports_run_downwards(who: str) -> None:
    above = set(ORDER[ORDER.index(who) + 1 :])
    files = [path for path in engine_files() if room(module_name(path)) == who]
    assert files
    assert offenders(files, {f"engine.{name}" for name in above}, typing=True) == []


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules each of which leads to all others of its group (Tarjan's strongly connected components)."""
    found: list[list[str]] = []
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> None:
        number[module] = lowest[module] = len(number)
        stack.append(module)
        for other in graph[module]:
            if other not in number:
                visit(other)
            if other in stack:
                lowest[module] = min(lowest[module], lowest[other])
        if lowest[module] == number[module]:
            at = stack.index(module)
            group, stack[at:] = stack[at:], []
            if len(group) > 1:
                found.append(sorted(group))

    for module in graph:
        if module not in number:
            visit(module)
    return found


def test_circles_are_found() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_no_module_leads_back_to_itself() -> None:
    """Imports for types count too: who reads a module must not have to read it first."""
    modules = {module_name(path): path for path in engine_files()}
    graph = {name: (modules.keys() & set(imports(path))) - {name} for name, path in modules.items()}
    assert sum(map(len, graph.values())) > 300
    assert circles(graph) == []


def test_nothing_on_the_way_to_a_clip_knows_training() -> None:
    rooms = set(ORDER) - BESIDE_A_CLIP - {"cli"}
    files = [path for path in engine_files() if room(module_name(path)) in rooms]
    assert offenders(files, {f"engine.{name}" for name in BESIDE_A_CLIP}) == []


def test_training_generates_nothing() -> None:
    """Neither worlds nor training use the cascade, and the evaluation probe is never used as a training loss."""
    files = [path for path in engine_files() if room(module_name(path)) in {"worlds", "training"}]
    assert offenders(files, {"engine.pipeline", "engine.worker", "engine.evaluation", "engine.cli"}) == []
    files = [path for path in files if room(module_name(path)) == "worlds"]
    assert offenders(files, {"engine.diffusion", "engine.models", "engine.packs"}) == []


@pytest.mark.parametrize(
    "module", ["app.window.main", "engine.cli.main", "engine.worker", "engine.cli.generate", "engine.cli.packs"]
)
def test_importing_the_doors_loads_no_torch(module: str) -> None:
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr or f"{module} imports torch"


def test_a_request_costs_nothing_to_import() -> None:
    """The window builds requests before it is on screen; pydantic alone takes a tenth of a second."""
    code = "import engine.api.request, sys; sys.exit(bool({'pydantic', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_weights_never_carry_code() -> None:
    forbidden_modules = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal"}
    found: list[str] = []
    for path in SOURCES:
        found += [f"{path}: {name}" for name in imports(path) if name.split(".")[0] in forbidden_modules]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in ("torch.load", "torch.save"):
                found.append(f"{path}: {ast.unparse(node)}")
            if isinstance(node, ast.keyword) and node.arg == "allow_pickle":
                found.append(f"{path}: allow_pickle")
    assert found == []


def test_autocast_never_keeps_weights() -> None:
    """Its cache cost weights their gradients: `engine.runtime.devices.autocast` is the one that enters it, without."""
    files = [path for folder in ("engine", "packaging", "tests/long") for path in (ROOT / folder).rglob("*.py")]
    cached: list[str] = []
    for path in files:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("torch.") and (
                ast.unparse(node.func).endswith(".autocast")
            ):
                settings = {word.arg: ast.unparse(word.value) for word in node.keywords}
                if "False" not in (settings.get("enabled"), settings.get("cache_enabled")):
                    cached.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert cached == []


def test_every_module_says_what_it_is() -> None:
    assert [str(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))] == []


def test_files_stay_small() -> None:
    assert [str(path) for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 450] == []
