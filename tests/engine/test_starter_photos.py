"""Where the starter's photographs come from: what `packaging/starter/photos.py` makes of Debian's copyright files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
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
    found = [photos.Photo("backgrounds", path, "plant", "train", None, None) for path in paths]
    found.append(photos.Photo("sky", "b.jpg", "sky", "train", "CC0", "Someone Else"))
    assert photos.credits(found, known).splitlines() == [
        "- backgrounds, CC-BY-4.0: Marco Someone, Hylke Other (2)",
        "- backgrounds, GPL-2+: The Group (1)",
        "- sky, CC0: Someone Else (1)",
    ]


def test_every_photograph_is_named_once_and_enough_of_every_kind_stay_unseen() -> None:
    import photos

    table = photos.table()
    assert len({photo.name for photo in table}) == len(table)
    assert len({(photo.package, photo.path) for photo in table}) == len(table)
    unseen = [photo.kind for photo in table if photo.part == "unseen"]
    assert len(unseen) >= 40
    assert all(unseen.count(kind) >= 4 for kind in ("people", "animal", "room", "street", "landscape"))


def test_no_picture_whose_licence_asks_for_the_same_licence_was_added_to_training() -> None:
    import photos

    shared = [p for p in photos.table() if p.part == "train" and p.licence is not None]
    assert {photo.licence for photo in shared} == {"public domain", "BSD-2-clause"}


def test_a_picture_in_another_size_and_quality_counts_as_the_same(tmp_path: Path) -> None:
    import photos

    rng = np.random.default_rng(0)
    one, other = (cv2.resize(rng.integers(0, 256, (9, 16, 3), np.uint8), (640, 360)) for _ in range(2))
    cv2.imwrite(str(tmp_path / "small.jpg"), cv2.resize(one, (320, 180)), [cv2.IMWRITE_JPEG_QUALITY, 60])
    marks = {
        "one": photos.mark(one),
        "other": photos.mark(other),
        "small": photos.mark(photos.picture(tmp_path / "small.jpg")),
    }
    assert list(photos.alike(marks)) == [("one", "small")]


def test_the_largest_jpeg_of_a_file_with_several_is_cut_out() -> None:
    import photos

    small, large = (cv2.imencode(".jpg", np.zeros((n, n, 3), np.uint8))[1].tobytes() for n in (16, 256))
    assert photos.largest_jpeg(b"head" + small + b"between" + large + b"tail") == large
