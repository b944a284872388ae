"""``walt packs``: list, verify, install and remove packs."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine.api.errors import UsageError, WaltError
from engine.packs.store import InstalledPack, PackStore


def add_parser(subparsers: Any) -> None:
    """Say what ``walt packs`` understands."""
    summary = "list the installed models; install, link, verify or remove one"
    parser = subparsers.add_parser("packs", help=summary, description=f"{summary.capitalize()}.")
    verb = parser.add_mutually_exclusive_group()
    verb.add_argument("--install", metavar="PATH", type=Path, help="install a pack's folder or zip archive")
    summary = "use an open model in diffusers' format where it is; see docs/open-models.md"
    verb.add_argument("--link", metavar="FOLDER", type=Path, help=summary)
    summary = "download an open model: a recommended one, or owner/name; its size and licence are shown first"
    verb.add_argument("--get", metavar="MODEL", help=summary)
    verb.add_argument("--recommended", action="store_true", help="list the open models that walt proposes")
    verb.add_argument("--verify", metavar="NAME", help="compare a pack's files with their SHA-256 sums")
    verb.add_argument("--remove", metavar="NAME", help="delete an installed pack")
    parser.add_argument("--name", metavar="NAME", help="with --link: what to call it (made from the folder's name)")
    parser.add_argument("--to", metavar="FOLDER", type=Path, help="with --get: where models are kept")
    accept = "with --get: accept size and licence without being asked"
    parser.add_argument("--accept-licence", action="store_true", help=accept)
    parser.add_argument("--json", action="store_true", help="print a list of objects on stdout")


def run(args: argparse.Namespace) -> int:
    """Print the list; a pack that cannot be read is named on stderr and makes the status 1."""
    store = PackStore()
    if args.name and not args.link:
        raise UsageError("usage", "--name goes with --link.")
    if (args.to or args.accept_licence) and not args.get:
        raise UsageError("usage", "--to and --accept-licence go with --get.")
    if args.recommended:
        return _recommended(as_json=args.json)
    if args.get:
        return _get(args, store)
    if args.install or args.link or args.verify or args.remove:
        return _change(args, store)
    packs, errors = store.scan()
    for error in errors:
        print(error.line(), file=sys.stderr)
    if args.json:
        print(json.dumps([describe(pack) for pack in packs], indent=1))
    else:
        for pack in packs:
            size = f"{pack.bytes / 1e6:.0f} MB"
            print(f"{pack.name}  {pack.manifest.version}  {size}  {pack.manifest.title}")
        if not packs:
            print(f"No pack is installed. {store.advice}", file=sys.stderr)
    return 1 if errors else 0


def _change(args: argparse.Namespace, store: PackStore) -> int:
    from engine.kinds.registry import kind_of
    from engine.packs.install import install, remove

    if args.install:
        pack = install(args.install, store.own)
        print(f"Installed {pack.name} {pack.manifest.version} in {pack.path}.")
    elif args.link:
        _link(args.link, store, args.name)
    elif args.verify:
        pack = store.find(args.verify)
        kind_of(pack).verify(pack, lambda: False)
        print(f"Every file of {args.verify} matches its checksum.")
    else:
        remove(store.find(args.remove), store.own)
        print(f"Removed {args.remove}.")
    return 0


def _link(folder: Path, store: PackStore, name: str | None) -> None:
    from engine.open_models.library import require_library
    from engine.open_models.link import link

    pack = link(folder, store.own, name=name)
    gb = f"{pack.bytes / 1e9:.2f} GB"
    print(f"Linked {pack.name}: {pack.manifest.title}, {gb}, licence: {pack.manifest.licence}. Nothing was copied.")
    try:
        require_library()
    except WaltError as error:
        print(f"{error.message} {error.hint}", file=sys.stderr)


def _recommended(*, as_json: bool) -> int:
    from dataclasses import asdict

    from engine.open_models.get import recommended

    rows = recommended()
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return 0
    for row in rows:
        needs = f"card of {row.card} GB, {row.memory} GB of memory, {row.disk} GB on disk"
        print(f"{row.name}: {row.title}, {row.licence}\n    {needs}; {row.frames}; {row.good_at}")
    print("Figures are approximate, by their authors' statements; none was measured here.")
    print("Get one with: walt packs --get NAME")
    return 0


def _get(args: argparse.Namespace, store: PackStore) -> int:
    from engine.api.clip import Cancelled
    from engine.open_models.get import get, offer

    offered = offer(args.get, args.to)
    size, missing, free = (value / 1e9 for value in (offered.bytes, offered.missing, offered.free))
    print(offered.licence_text.strip() or "The repository contains no licence text.")
    print(f"\n{offered.repository.name}, licence: {offered.licence}")
    print(f"{len(offered.files)} files, {size:.2f} GB, {missing:.2f} GB of them to fetch, to {offered.target}")
    print(f"{free:.1f} GB are free there.")
    if not args.accept_licence and not _says_yes("Accept the licence and fetch it? [y/N] "):
        print("Nothing was fetched.")
        return 1
    shown = -1

    def tell(done: int, total: int) -> None:
        nonlocal shown
        if (percent := done * 100 // max(total, 1)) > shown:
            shown = percent
            print(f"{percent} % of {total / 1e9:.2f} GB", end="\r", file=sys.stderr, flush=True)

    try:
        pack = get(offered, store.own, on_bytes=tell)
    except (Cancelled, KeyboardInterrupt):
        print("Stopped; the next time it goes on from here.", file=sys.stderr)
        return 130
    print(f"{pack.name} is ready: walt generate --pack {pack.name} …")
    return 0


def _says_yes(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        return False


def describe(pack: InstalledPack) -> dict[str, Any]:
    """A pack as ``--json`` lists it; sizes are those of its last stage, in pixels."""
    from engine.kinds.registry import capabilities_of

    able = capabilities_of(pack)
    return {
        **pack.manifest.model_dump(
            mode="json", include={"name", "title", "version", "licence", "description", "knows"}
        ),
        "path": str(pack.path),
        "bytes": pack.bytes,
        "stages": [stage.name for stage in able.stages],
        "sizes": {
            aspect: {"height": height, "width": width}
            for aspect, (width, height) in able.stages[-1].sizes.items()
        },
    }
