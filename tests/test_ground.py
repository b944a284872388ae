"""The ground around the code says what is true: README, CI, dependencies, what the package carries."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.cli.main import parse
from engine.worlds.spec import CAMERAS, LIGHTS, PLACES, SUBJECTS, WEATHERS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = ["README.md", "README.fr.md", "CONTRIBUTING.md", "CHANGELOG.md", "packaging/README.md"]
PAGES += [f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")]


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def walt_lines(text: str) -> list[str]:
    """The `walt ...` command lines of a page's shell blocks, continued lines joined."""
    joined = "\n".join(blocks(text, "sh")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("walt ")]


def package_name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found is not None
    return found[0].lower()


def test_the_readme_opens_with_the_two_commands() -> None:
    first, second = blocks(README, "sh")[:2]
    assert README.index(second) < 900
    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/walt generate ")
    assert second.endswith(".venv/bin/python -m pytest -n 2\n")


def test_ci_runs_the_readmes_test_command() -> None:
    assert blocks(README, "sh")[1].strip() in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_dependency_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    extras = PROJECT["optional-dependencies"]
    required = [*PROJECT["dependencies"], *(one for some in extras.values() for one in some)]
    names = {package_name(requirement) for requirement in required} - {"walt"}
    rows = {line.split("|")[1].split("(")[0].strip() for line in page.splitlines() if line.startswith("| ")}
    assert names <= rows


def test_extras_that_pages_and_errors_name_exist() -> None:
    sources = [ROOT / page for page in PAGES] + [*(ROOT / "engine").rglob("*.py"), *(ROOT / "app").rglob("*.py")]
    named = {name for path in sources for name in re.findall(r"walt\[(\w+)\]", path.read_text("utf-8"))}
    assert named >= {"t5", "finetune", "parquet", "int8"}
    assert named <= set(PROJECT["optional-dependencies"])


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    targets = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith("http")]
    for target in targets:
        path, _, anchor = target.partition("#")
        goal = (ROOT / page).parent / path if path else ROOT / page
        assert goal.is_file(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", goal.read_text("utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, target


@pytest.mark.parametrize("page", ["README.md", "docs/training.md"])
def test_commands_in_the_pages_are_understood(page: str) -> None:
    lines = walt_lines((ROOT / page).read_text("utf-8"))
    assert lines
    for line in lines:
        words = shlex.split(line)[1:]
        assert parse(words).command == words[0]


def test_the_readme_lists_what_the_worlds_show() -> None:
    section = README[README.index("## What the starter knows") : README.index("## Figures")]
    table = section.lower()
    words = [*SUBJECTS, *PLACES, *LIGHTS, *WEATHERS]
    names = {"snow": "snowy", "polar_bear": "polar bear"}
    assert [word for word in words if names.get(word, word) not in table] == []
    assert {camera.split("_")[0] for camera in CAMERAS} <= set(re.findall(r"[a-z]+", table))


def test_the_package_carries_its_resources() -> None:
    icon = ElementTree.fromstring((files("resources") / "icons" / "walt.svg").read_text("utf-8"))
    assert icon.tag.endswith("svg")
    assert (files("resources") / "themes" / "walt.qss").is_file()


def test_the_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text


def test_the_reference_of_the_command_line_is_current() -> None:
    script = ROOT / "packaging" / "docs" / "cli_reference.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["app", "engine", "resources"])
def test_a_project_with_a_package_of_the_same_name_is_not_taken_for_walt(tmp_path: Path, package: str) -> None:
    """The installed command; PYTHONPATH is how such projects are run."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("x = 1\n", "utf-8")
    code = "import sys, walt; sys.argv = ['walt', 'packs']; sys.exit(walt.main())"
    paths = os.pathsep.join((str(tmp_path), str(ROOT / "packaging" / "launcher")))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": paths},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("starter  ")
