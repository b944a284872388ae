"""Spoils good files: bytes at random, JSON where it is JSON, safetensors with a header that still fits."""

from __future__ import annotations

import copy
import json
import random
import struct
from typing import Any

_TOKENS = (
    b"\0", b"\xff" * 8, b"\x00\x00\x00\x80", b"NaN", b"-1", b"1e999", b"null", b"[" * 200, b'{"a":' * 100,
    b'"\\u0000"', b"\\ud800", b"../", b"\r\n", b"\x1b[2J", b"F64", b"I8", b'"__metadata__"', b"99999999999999999999",
)  # fmt: skip
_JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 7, 8, 63, 64, 255, 256, 65_536, 2**31, 2**53, 2**63, 2**64, 10**30, 0.5, -0.0,
    1e308, "", "a", "../x", "..", "a\0b", "\x1b[2J", "con", "\u202e", "é" * 300, "x" * 10_000, [], {}, [[]], [1, 2],
    ["a"], [0, 8], {"a": 1}, [[[[[[[[]]]]]]]], [1] * 100, "BF16", "F64", "F32", "lora", "ddim", "layer",
)  # fmt: skip


def spoil_bytes(dice: random.Random, data: bytes) -> bytes:
    """One to eight small accidents."""
    spoiled = bytearray(data)
    for _ in range(1 + int(dice.expovariate(0.7)) % 8):
        _accident(dice, spoiled)
    return bytes(spoiled)


def spoil_end(dice: random.Random, data: bytes, length: int) -> bytes:
    """Accidents in the last ``length`` bytes only."""
    return data[:-length] + spoil_bytes(dice, data[-length:])


def _accident(dice: random.Random, data: bytearray) -> None:
    at = dice.randrange(len(data) + 1)
    length = min(dice.choice((1, 1, 2, 4, 8, 32, 200)), len(data) - at)
    match dice.randrange(8):
        case 0 if length:
            data[at] ^= 1 << dice.randrange(8)
        case 1 if length:
            data[at] = dice.choice((0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)))
        case 2:
            del data[at : at + length]
        case 3:
            data[at:at] = data[at : at + length] * dice.choice((1, 2, 9))
        case 4:
            data[at:at] = dice.choice(_TOKENS)
        case 5:
            del data[at:]
        case 6:
            number = dice.choice(
                (0, 1, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, dice.getrandbits(32))
            )
            packed = struct.pack(dice.choice("<>") + "I", number)
            data[at : at + 4] = packed
        case _:
            other = dice.randrange(len(data) + 1)
            data[at : at + length] = data[other : other + length]


def spoil_json(dice: random.Random, value: Any) -> Any:
    """A copy with one to four places replaced, removed, doubled or renamed."""
    spoiled = copy.deepcopy(value)
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        spoiled = _spoil_once(dice, spoiled)
    return spoiled


def _spoil_once(dice: random.Random, root: Any) -> Any:
    places = list(_places(root))
    if not places:
        return copy.deepcopy(dice.choice(_JUNK))
    parent, key = dice.choice(places)
    match dice.randrange(6):
        case 0:
            del parent[key]
        case 1 if isinstance(parent, dict):
            parent[dice.choice(("", "x", "../x", "a\0b", "base", str(key) + " "))] = parent.pop(key)
        case 1 | 2 if isinstance(parent, list):
            parent.insert(key, copy.deepcopy(parent[key]))
        case 3 if isinstance(parent[key], int):
            parent[key] = parent[key] * dice.choice((-1, 2, 3, 1000)) + dice.choice((-1, 0, 1))
        case _:
            parent[key] = copy.deepcopy(dice.choice(_JUNK))
    return root


def _places(value: Any) -> Any:
    if isinstance(value, dict | list):
        for key, child in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(child)


def spoil_json_text(dice: random.Random, text: bytes) -> bytes:
    """JSON with a spoiled value, or now and then spoiled as bytes."""
    if dice.random() < 0.3:
        return spoil_bytes(dice, text)
    return json.dumps(spoil_json(dice, json.loads(text))).encode()


def spoil_safetensors(dice: random.Random, data: bytes) -> bytes:
    """A spoiled header with a length that fits it, a spoiled length, or spoiled numbers."""
    size = int.from_bytes(data[:8], "little")
    header, body = data[8 : 8 + size], data[8 + size :]
    match dice.randrange(6):
        case 0:
            return spoil_bytes(dice, data)
        case 1:
            return (
                dice.choice((0, 1, size - 1, size + 1, 2**31, 2**63, 2**64 - 1)).to_bytes(8, "little")
                + data[8:]
            )
        case 2:
            return data[: 8 + size] + spoil_bytes(dice, body)
        case 3:  # numbers that are none: all bits of an exponent
            at = 2 * dice.randrange(len(body) // 2)
            return data[: 8 + size] + body[:at] + b"\x80\x7f" + body[at + 2 :]
        case _:
            header = spoil_json_text(dice, header)
            return len(header).to_bytes(8, "little") + header + body
