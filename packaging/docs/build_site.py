"""Build the documentation site from the repository's pages: `python packaging/docs/build_site.py [--out DIR]`.

Needs `pip install -e ".[docs]"`. A warning, such as a link to nowhere, is an error.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTIONS = {
    "Use": (
        "README", "docs/guide", "docs/guide.fr", "docs/window", "docs/cli", "docs/stills",
        "docs/files", "docs/open-models",
    ),
    "The starter": ("docs/starter", "packaging/starter/card"),
    "Understand": ("docs/architecture", "docs/fidelity", "docs/worlds", "docs/performance", "docs/reliability"),
    "Work on it": ("CONTRIBUTING", "docs/training", "docs/dependencies", "packaging/README", "CHANGELOG"),
}
"""Pages of the navigation; those that are not there yet are left out."""


def gather(source: Path) -> None:
    """Copy pages and pictures in the repository's own layout, so that their links hold."""
    packaging = ROOT / "packaging"
    others = ROOT / "LICENSE", packaging / "README.md", packaging / "starter" / "card.md"
    for page in (*ROOT.glob("*.md"), *others, *(ROOT / "docs").rglob("*")):
        if page.is_file():
            target = source / page.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(page, target)
    lines = ["# walt", ""]
    named = {name for names in SECTIONS.values() for name in names}
    found = {page.relative_to(source).with_suffix("").as_posix() for page in source.rglob("*.md")}
    for title, names in (*SECTIONS.items(), ("More", tuple(sorted(found - named)))):
        there = [name for name in names if name in found]
        if there:
            lines += ["```{toctree}", f":caption: {title}", ":maxdepth: 1", "", *there, "```", ""]
    (source / "index.md").write_text("\n".join(lines), "utf-8")
    shutil.copy(ROOT / "packaging" / "docs" / "site" / "conf.py", source)


def main() -> int:
    """Build; returns Sphinx's exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as work:
        gather(Path(work))
        command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", work, str(out)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
