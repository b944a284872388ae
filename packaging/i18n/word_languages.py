"""Lists which of the words that walt's packs know are English and which French, for suggestions in one language.

    python packaging/i18n/word_languages.py

Writes ``resources/i18n/words.json`` from the worlds' captions and the little words around them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.worlds.captions.lexicon import ALIASES, STOP_WORDS
from engine.worlds.captions.write import GRAMMARS

FILE = Path(__file__).resolve().parents[2] / "resources" / "i18n" / "words.json"
_FRENCH = """
un une le la les des du de et ou au aux à en dans est sont ce cet cette ces il elle nous vous je moi
mon ma ton ta son sa ses qui que dont plaît svp merci montre fais fait faire crée génère dessine veux voudrais
aimerais avec pendant joli jolie très comme alors puis scène
"""
"""Of the words that carry nothing, those that only French has."""
_SHARED = "on me image photo clip"
"""And those that both have."""


def lists() -> dict[str, list[str]]:
    """The words of each language, sorted."""
    french = frozenset(_FRENCH.split())
    result: dict[str, list[str]] = {}
    for language, tongue in GRAMMARS.items():
        words = set(tongue.words())
        own = french if language == "fr" else STOP_WORDS - french
        forms = {form for form, word in ALIASES.items() if word in words}
        result[language] = sorted(words | forms | own | {*_SHARED.split()})
    return result


def text() -> str:
    """The file as it has to be."""
    return json.dumps(lists(), ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
