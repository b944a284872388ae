"""Gathers the window's words into ``resources/i18n/*.ts`` and compiles them to the ``.qm`` files that ship.

    python packaging/i18n/translate.py            look for new words, then compile
    python packaging/i18n/translate.py --check    say what is not translated, change nothing

The ``.qm`` files are committed: an installation has no compiler for them.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "resources" / "i18n"
LANGUAGES = ("fr", "en")
"""English has only plurals to say."""


def tool(name: str) -> Path:
    """One of Qt's own tools, as PySide6 brings it."""
    import PySide6

    folder = Path(PySide6.__file__).parent
    found = [path for path in (folder / name, folder / f"{name}.exe") if path.is_file()]
    if not found:
        raise SystemExit(f"PySide6 has no {name} here")
    return found[0]


def sources() -> list[str]:
    """Every file that may hold words."""
    return [str(path) for path in sorted((ROOT / "app").rglob("*.py"))]


def gather(target: Path, language: str) -> None:
    """Bring a ``.ts`` file up to the source; words that are gone are dropped."""
    plural = ["-pluralonly"] if language == "en" else []
    command = [tool("lupdate"), "-silent", "-no-obsolete", "-locations", "none", *plural]
    options = ["-source-language", "en", "-target-language", language]
    subprocess.run([*command, *options, *sources(), "-ts", str(target)], check=True, cwd=ROOT)


def compile_words(source: Path, target: Path) -> None:
    """Make the ``.qm`` of a ``.ts``, in one move: a window that is open has mapped the old file into its memory."""
    part = target.with_name(f"{target.name}.part")
    subprocess.run([tool("lrelease"), "-silent", str(source), "-qm", str(part)], check=True, cwd=ROOT)
    part.replace(target)


def untranslated(file: Path) -> list[str]:
    """Words of a ``.ts`` file without a finished translation."""
    missing: list[str] = []
    for message in ElementTree.parse(file).getroot().iter("message"):
        translation = message.find("translation")
        source = message.findtext("source") or ""
        forms = [form.text for form in message.iter("numerusform")] or [getattr(translation, "text", "")]
        if translation is None or translation.get("type") == "unfinished" or not all(forms):
            missing.append(source)
    return missing


def words_of(file: Path) -> set[tuple[str, str]]:
    """All contexts and sources of a ``.ts`` file."""
    return {
        (context.findtext("name") or "", message.findtext("source") or "")
        for context in ElementTree.parse(file).getroot().iter("context")
        for message in context.iter("message")
    }


def check(language: str) -> list[str]:
    """What is wrong with a language's files."""
    kept = FOLDER / f"walt_{language}.ts"
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / kept.name
        fresh.write_bytes(kept.read_bytes())
        gather(fresh, language)
        compiled = Path(folder) / "fresh.qm"
        compile_words(kept, compiled)
        stale = compiled.read_bytes() != (FOLDER / f"walt_{language}.qm").read_bytes()
        missing = sorted(words_of(fresh) - words_of(kept))
    problems = [f"{language}: not gathered: {context}: {source}" for context, source in missing]
    problems += [f"{language}: not translated: {source}" for source in untranslated(kept)]
    return problems + ([f"{language}: the .qm is older than the .ts"] if stale else [])


def main(argv: Sequence[str] | None = None) -> int:
    """Gather and compile, or check."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args(argv)
    if args.check:
        problems = [problem for language in LANGUAGES for problem in check(language)]
        print("\n".join(problems) or "All words are translated.")
        return 1 if problems else 0
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        file = FOLDER / f"walt_{language}.ts"
        gather(file, language)
        compile_words(file, file.with_suffix(".qm"))
        for source in untranslated(file):
            print(f"{language}: not translated: {source}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
