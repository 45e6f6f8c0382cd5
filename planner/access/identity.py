"""Who somebody is: exact addresses by the stable subject of their provider; whatever is not exact is nobody.

Plain functions without Streamlit, so that the server's gate and the pages ask the same ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

_LOCAL = re.compile(r"[a-z0-9!#$%&'+/=^_{|}~-]+(?:\.[a-z0-9!#$%&'+/=^_{|}~-]+)*")
"""Part of an address before its @: what mail allows without quotes, but for `*`, `?` and the backtick."""
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")
_NAME = re.compile(r"[a-z0-9_][a-z0-9._-]{0,63}")
"""A name of a person where a portal gives names instead of addresses."""
_LOCAL_PATTERN = re.compile(r"[a-z0-9!#$%&'+/=^_{|}~.*-]+")
_DOMAIN_PATTERN = re.compile(rf"(?:\*\.)?{_DOMAIN.pattern}")
EVERYBODY = "*"
PEOPLE = "PLANNER_APP_PEOPLE"
"""Environment variable with who may come in: addresses or patterns such as *@ministry.example, apart by commas."""


@dataclass(frozen=True)
class Person:
    """Somebody who is known: `name` is an address, or a name that a portal gave; `subject` the provider's own sign.

    The subject is empty where a portal names people: then the name itself is what stays.
    """

    name: str
    subject: str = ""

    @property
    def key(self) -> str:
        """What tells this person from every other one for as long as the server runs, and after."""
        return self.subject or self.name


def folded(text: object) -> str:
    """An ASCII text with small letters; empty for anything else, so that no sign passes for another one."""
    return text.lower() if isinstance(text, str) and text.isascii() else ""


def address_of(text: object) -> str:
    """An exact address in small letters; empty if it is none: one @, no quotes, no sign that stands for others."""
    local, sign, domain = folded(text).partition("@")
    sound = bool(sign and len(local) <= 64 and len(domain) <= 253)
    return f"{local}@{domain}" if sound and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) else ""


def from_claims(said: Mapping[str, Any]) -> Person | None:
    """The person whom a provider of OpenID Connect speaks of; None unless everything about them is certain.

    Who they are is the provider and its subject, which is never given to somebody else; what they are called is their
    address, if the provider says outright that it has verified it: `email_verified` is true, not something like it.
    """
    issuer, subject = said.get("iss"), said.get("sub")
    known = all(isinstance(part, str) and part.strip() and "\0" not in part for part in (issuer, subject))
    address = address_of(said.get("email"))
    if said.get("is_logged_in") is not True or said.get("email_verified") is not True or not known or not address:
        return None
    return Person(address, hashlib.sha256(f"{issuer}\0{subject}".encode()).hexdigest())


def from_header(values: Sequence[str]) -> Person | None:
    """The person whom a reverse proxy names in one header; None if it is there twice or holds anything but a name."""
    if len(values) != 1:
        return None
    name = folded(values[0].strip(" \t"))
    exact = address_of(name) or (name if _NAME.fullmatch(name) else "")
    return Person(exact) if exact else None


def patterns_of(text: str) -> tuple[str, ...]:
    """The patterns in a setting, apart by commas."""
    return tuple(one.strip() for one in text.split(",") if one.strip())


def wrong_patterns(patterns: Iterable[str]) -> list[str]:
    """Those patterns that can match nobody, or nobody knows whom."""
    return [one for one in patterns if not _parts(one)]


def invited(person: Person, patterns: Sequence[str]) -> bool:
    """Whether somebody may come in: everybody who is known, unless it is said who. Domains are compared as a whole.

    `*@agency.example` are all addresses of that domain and of no other, `*@*.agency.example` those of domains below it,
    `ana@agency.example` is Ana alone; `*` is everybody; `ana` is a name that a portal gives.
    """
    local, sign, domain = person.name.partition("@")
    for parts in (_parts(one) for one in patterns):
        if parts == (EVERYBODY, "", ""):
            return True
        if parts and (sign, True) == (parts[1], fnmatchcase(local, parts[0])) and _below(domain, parts[2]):
            return True
    return not patterns


def _below(domain: str, pattern: str) -> bool:
    """Whether a domain is the one that is meant, or lies below it where the pattern says so."""
    return domain.endswith(pattern[1:]) if pattern.startswith("*.") else domain == pattern


def _parts(pattern: str) -> tuple[str, str, str] | None:
    """A pattern as local part, @ and domain; None if it is none."""
    local, sign, domain = folded(pattern.strip()).partition("@")
    if not _LOCAL_PATTERN.fullmatch(local) or bool(sign) != bool(domain):
        return None
    return (local, sign, domain) if not domain or _DOMAIN_PATTERN.fullmatch(domain) else None
