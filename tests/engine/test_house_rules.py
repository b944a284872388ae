"""The rules of the house that imports can break (docs/architecture.md): read from the source, and tried."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for room in ("engine", "app") for path in (ROOT / room).rglob("*.py"))
QT = {"PySide6", "PyQt6", "PySide2", "PyQt5", "qasync", "superqt", "shiboken6"}
GENERATING = ("cli", "worker", "cascade", "conditioning", "denoiser", "effort", "progress", "commands")
LOWEST = ("errors", "seam", "origin", "devices", "memory", "files", "events", "clip", "request")


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
    """``engine.models.text`` -> ``models``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def engine_files() -> list[Path]:
    return [path for path in SOURCES if path.is_relative_to(ROOT / "engine")]


def offenders(files: list[Path], forbidden: set[str]) -> list[str]:
    """``file: module`` for each import of one of the top-level or engine rooms in ``forbidden``."""
    found: list[str] = []
    for path in files:
        for name in imports(path, typing=False):
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
    assert offenders(files, {"torch", "engine.cascade", "engine.models.text", "engine.training"}) == []


@pytest.mark.parametrize(
    ("who", "never"),
    [
        (
            ("diffusion",),
            {"cascade", "conditioning", "denoiser", "models", "packs", "worker", "cli", "commands"},
        ),
        (
            ("models",),
            {
                "cascade",
                "conditioning",
                "denoiser",
                "diffusion.guidance",
                "diffusion.samplers",
                "packs",
                "worker",
                "cli",
                "commands",
            },
        ),
        (
            ("media",),
            {"cascade", "conditioning", "denoiser", "diffusion", "models", "packs", "worker", "cli"},
        ),
        (("packs",), {"cascade", "conditioning", "denoiser", "worker", "cli", "commands"}),
        (("cascade", "conditioning", "denoiser", "effort", "progress"), {"worker", "cli", "commands"}),
        (("worker",), {"cli", "commands"}),
        (
            LOWEST,
            {"cascade", "denoiser", "diffusion", "models", "packs", "worker", "cli", "commands", "media"},
        ),
        (
            ("worlds",),
            {
                "cascade",
                "diffusion",
                "packs",
                "worker",
                "training",
                "evaluation",
                "models.text",
                "models.transformer",
            },
        ),
        (("training",), {"cascade", "worker", "commands", "evaluation"}),
        (("evaluation",), {"worker", "commands", "cli"}),
        (("teaching",), {"cascade", "worker", "commands", "evaluation"}),
        (
            (*GENERATING, "diffusion", "models", "packs", "media", *LOWEST),
            {"training", "worlds", "evaluation", "teaching"},
        ),
    ],
)
def test_imports_run_one_way(who: tuple[str, ...], never: set[str]) -> None:
    files = [path for path in engine_files() if room(module_name(path)) in who]
    assert files
    assert offenders(files, {f"engine.{name}" for name in never}) == []


@pytest.mark.parametrize(
    "module", ["app.main", "engine.cli", "engine.worker", "engine.commands.generate", "engine.commands.packs"]
)
def test_importing_the_doors_loads_no_torch(module: str) -> None:
    code = f"import {module}, sys; sys.exit('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr or f"{module} imports torch"


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
    """Its cache cost weights their gradients: `engine.devices.autocast` is the one that enters it, without."""
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
