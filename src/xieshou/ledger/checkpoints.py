"""A checkpoint: the signed statement that a ledger of so many entries has this root. Imports no Django.

The text is a signed note (C2SP signed-note and tlog-checkpoint), so that other tools read it too:

    xieshou-ledger/3f1c…            origin: names the log by the first 16 hex digits of SHA-256 over the public key
    1024                            entries
    VwZ1…=                          root, base64
    time 2026-01-31T08:00:00Z
    last-entry 1024

    — xieshou-ledger/3f1c… Az3g…    Ed25519 over the lines above, after the 4 bytes that name the key

The public key file holds one line of the same convention: name, key number and key, joined by "+".
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"  # the algorithm's number in signed notes
_BODY = re.compile(
    r"(?P<origin>[^\s+]+)\n(?P<size>0|[1-9]\d{0,18})\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"time (?P<sealed_at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\nlast-entry (?P<last_entry>0|[1-9]\d{0,18})\n"
)


class NotACheckpoint(ValueError):
    """The text is not a checkpoint, or the key not a public key line."""


class NotSignedByKey(ValueError):
    """The checkpoint bears no valid signature of this key."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """size: number of entries; root: 32 bytes; sealed_at: "2026-01-31T08:00:00Z"; last_entry: the largest id."""

    origin: str
    size: int
    root: bytes
    sealed_at: str
    last_entry: int

    def body(self) -> str:
        root = b64encode(self.root).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {self.sealed_at}\nlast-entry {self.last_entry}\n"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The deployment's public key; `raw` its 32 bytes."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        return sha256(self.raw).hexdigest()

    @property
    def name(self) -> str:
        """The origin of this key's checkpoints."""
        return f"xieshou-ledger/{self.fingerprint[:16]}"

    @property
    def number(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.raw).digest()[:4]

    def line(self) -> str:
        return f"{self.name}+{self.number.hex()}+{b64encode(_ED25519 + self.raw).decode()}\n"

    @classmethod
    def from_line(cls, text: bytes | str) -> PublicKey:
        """Raises NotACheckpoint when it is not one of ours."""
        try:
            line = (text if isinstance(text, str) else text.decode()).strip()
            raw = b64decode(line.split("+", 2)[2], validate=True)[1:]
        except (UnicodeDecodeError, IndexError, NotBase64) as error:
            raise NotACheckpoint("not a public key line") from error
        key = cls(raw)
        if len(raw) != 32 or key.line().strip() != line:
            raise NotACheckpoint("not a public key line")
        return key

    def accepts(self, body: str, signature: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, body.encode())
        except InvalidSignature:
            return False
        return True


def public_half(key: Ed25519PrivateKey) -> PublicKey:
    return PublicKey(key.public_key().public_bytes_raw())


def note(checkpoint: Checkpoint, signature: bytes, key: PublicKey) -> str:
    """The text to publish."""
    return f"{checkpoint.body()}\n— {key.name} {b64encode(key.number + signature).decode()}\n"


def read(text: str, key: PublicKey) -> Checkpoint:
    """The checkpoint of a note signed by this key. Raises NotACheckpoint or NotSignedByKey."""
    body, blank, lines = text.partition("\n\n")
    matched = _BODY.fullmatch(body + "\n")
    if not blank or matched is None:
        raise NotACheckpoint("not a checkpoint")
    for line in lines.splitlines():
        name, _, signed = line.removeprefix("— ").partition(" ")
        try:
            stamp = b64decode(signed, validate=True)
        except NotBase64:
            continue
        if name == key.name and stamp[:4] == key.number and key.accepts(body + "\n", stamp[4:]):
            return Checkpoint(
                origin=matched["origin"],
                size=int(matched["size"]),
                root=b64decode(matched["root"]),
                sealed_at=matched["sealed_at"],
                last_entry=int(matched["last_entry"]),
            )
    raise NotSignedByKey(key.name)
