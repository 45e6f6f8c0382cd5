"""The seal of a plan: a digest over everything that it says, and a signature where an office has set a key.

A digest finds accidents and careless edits: whoever changes a plan on purpose can work the digest out anew. A signature
cannot be made without the key. The canonical form that is sealed holds the plan's values, every table and the link,
with every digit and free of how a file stores them; the pages that people read are held against it by
:mod:`planner.integrity`, which makes them again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from planner.plan import TABLES, Plan

KEY = "PLANNER_SEAL_KEY"
KEY_FILE = "PLANNER_SEAL_KEY_FILE"
SHORTEST = 16
"""Signs that a key has at least."""
TABLE_MARK, ROW_MARK, CELL_MARK = "\x1d", "\x1e", "\x1f"


class SealError(ValueError):
    """The key of the seal cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class Seal:
    """A digest (SHA-256, hexadecimal), and with a key its signature (HMAC-SHA-256) and a short name of the key."""

    digest: str = ""
    signature: str = ""
    key: str = ""


@dataclass(frozen=True)
class SealCheck:
    """What a seal says of the plan that carries it: faults, else what it stands for in a sentence."""

    faults: tuple[str, ...] = ()
    said: str = ""


def key_of_office() -> bytes:
    """The key that this machine's office has set, nothing where none is. Raises SealError for one that is unusable."""
    text, path = os.environ.get(KEY, ""), os.environ.get(KEY_FILE, "")
    if path and not text:
        try:
            text = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            message = f"The key of the seal cannot be read from '{path}' ({KEY_FILE}): {error}."
            raise SealError(message) from error
    if not text and not path:
        return b""
    if len(text) < SHORTEST:
        message = f"The key of the seal ({KEY} or {KEY_FILE}) has {len(text)} signs; give it at least {SHORTEST}."
        raise SealError(message)
    return text.encode()


def seal(plan: Plan, link: str = "") -> Seal:
    """Seal a plan and the link that stands in its file, with the office's key where there is one."""
    content, key = canonical(plan, link), key_of_office()
    digest = hashlib.sha256(content).hexdigest()
    return Seal(digest, _signature(key, content), _name(key)) if key else Seal(digest)


def examine(found: Seal, plan: Plan, link: str = "") -> SealCheck:
    """Hold a plan against the seal that it carries."""
    content, key = canonical(plan, link), key_of_office()
    if not found.digest:
        return SealCheck(("it carries no seal: it was written by an older planner, or the seal was taken off",))
    if not hmac.compare_digest(found.digest, hashlib.sha256(content).hexdigest()):
        return SealCheck(("the seal is broken: something in it is not as it was when it was written",))
    if not key:
        told = f"; its signature by key {found.key} was not checked ({KEY} is not set)" if found.signature else ""
        return SealCheck(said=f"a digest, which finds accidents and careless edits but no forger{told}")
    if not found.signature:
        return SealCheck((f"it is not signed, and this office signs its plans ({KEY} or {KEY_FILE} is set)",))
    if not hmac.compare_digest(found.signature, _signature(key, content)):
        return SealCheck((f"its signature is not that of this office's key (signed by key {found.key or 'unknown'})",))
    return SealCheck(said=f"the signature of this office's key {found.key}")


def _signature(key: bytes, content: bytes) -> str:
    """Signature of the content."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()


def _name(key: bytes) -> str:
    """A short name of a key that does not give it away."""
    return hmac.new(key, b"name of the key", hashlib.sha256).hexdigest()[:8]


def canonical(plan: Plan, link: str = "") -> bytes:
    """Everything that a plan says, as one text that does not depend on how a file stores it."""
    parts = [CELL_MARK.join((part, name, text)) for part, name, text in plan_values(plan)]
    pieces = [ROW_MARK.join([*parts, link])]
    if plan.found:
        pieces += [f"{name}{ROW_MARK}{_rows(plan, name)}" for name in TABLES]
    return TABLE_MARK.join(pieces).encode("utf-8", "surrogatepass")


def plan_values(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Everything of a plan that is no table, as (part, name, JSON text), in a fixed order."""
    for part in ("status", "objective", "bound", "gap", "verified"):
        value = getattr(plan, part)
        yield part, "", _json(str(value) if part == "status" else value)
    for part in ("defaults", "warnings", "unproven"):
        for number, text in enumerate(getattr(plan, part), 1):
            yield part, str(number), _json(text)
    for part in ("doing_nothing", "previous"):
        for name, value in getattr(plan, part).items():
            yield part, name, _json(value)
    for item in dataclasses.fields(plan.record):
        value = getattr(plan.record, item.name)
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield f"record.{item.name}", str(name), _json(inner)
        else:
            yield "record", item.name, _json(value)


def _json(value: Any) -> str:
    """Write a value as JSON text with every digit."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _rows(plan: Plan, name: str) -> str:
    """One table."""
    from planner.plan.frames import DATES, FIGURES, FLAGS, WHOLE, table  # noqa: PLC0415 - the views stand on this

    frame, columns = table(plan, name), []
    for column in TABLES[name]:
        values = frame[column].tolist()
        if column in FIGURES or column in WHOLE:
            columns.append([_figure(v) for v in values])
        elif column in FLAGS:
            columns.append(["1" if v else "0" for v in values])
        elif column in DATES:
            columns.append(["" if pd.isna(v) else str(v)[:10] for v in values])
        else:
            columns.append([_text(v) for v in values])
    return ROW_MARK.join(CELL_MARK.join(row) for row in zip(*columns, strict=True))


def _figure(value: Any) -> str:
    """A figure with every digit, nothing where it is missing."""
    number = math.nan if value is None else float(value)
    return "" if math.isnan(number) else repr(number + 0.0)


def _text(value: Any) -> str:
    """A text without the signs that no file keeps."""
    said = "" if value is None else str(value)
    return said if said.isprintable() else "".join(filter(str.isprintable, said))
