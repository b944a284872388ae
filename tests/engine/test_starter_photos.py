"""Where the starter's photographs come from: what `packaging/starter/photos.py` makes of Debian's copyright files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts import importable

FOLDER = Path(__file__).parents[2] / "packaging" / "starter"
COPYRIGHT = """Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: backgrounds

Files: *
Copyright: 2014 The Group http://group.example/
License: GPL-2+

Files: nature/Dune.jpg
       nature/Rain*.jpg
Copyright: 2007, Marco Someone <marco@example.org>
           2008-2010 Hylke Other
License: CC-BY-4.0
Comment: Both of them.

License: GPL-2+
 This package is free software; you can redistribute it.
 .
 Files: of this text are none of the paragraph's.
"""


@pytest.fixture(autouse=True)
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The script as a module, forgotten afterwards."""
    yield from importable(FOLDER, monkeypatch)


def test_pictures_are_credited_to_the_paragraph_that_names_them() -> None:
    import photos

    known = photos.paragraphs(COPYRIGHT)
    assert [p.licence for p in known] == ["GPL-2+", "CC-BY-4.0"]
    dune = photos.credit("usr/share/backgrounds/mate/nature/Dune.jpg", known)
    assert dune.holders == ("Marco Someone", "Hylke Other")
    assert photos.credit("usr/share/backgrounds/moved/Dune.jpg", known) == dune
    assert photos.credit("usr/share/backgrounds/mate/nature/RainDrops.jpg", known) == dune
    assert photos.credit("usr/share/backgrounds/mate/Other.jpg", known).holders == ("The Group",)


def test_credits_count_the_pictures_of_each_author() -> None:
    import photos

    known = {"backgrounds": photos.paragraphs(COPYRIGHT)}
    paths = ["nature/Dune.jpg", "nature/RainDrops.jpg", "a.png"]
    assert photos.credits([("backgrounds", Path(path)) for path in paths], known).splitlines() == [
        "- backgrounds, CC-BY-4.0: Marco Someone, Hylke Other (2)",
        "- backgrounds, GPL-2+: The Group (1)",
    ]
