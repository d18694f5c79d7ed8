"""Check a proof without the database, on any machine. Imports no Django.

    python -m xieshou.ledger.checking PROOF.json ledger.ed25519.pub

needs Python and the package `cryptography` alone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xieshou.ledger import checkpoints, leaves, merkle

PROOF_TYPE = "xieshou-ledger-proof"
EXTENSION_TYPE = "xieshou-ledger-extension"


def gettext_noop(message: str) -> str:
    """Marks a message for the catalogue; gettext itself would be Django's, so callers translate `message`."""
    return message


MESSAGES = {
    "": gettext_noop("证明成立：该条目在已签名封存的台账中。"),
    "unreadable": gettext_noop("这不是携手台账的证明文件，或文件已损坏；请重新下载。"),
    "key_unreadable": gettext_noop("公钥文件无法识别；请使用部署方公布的 ledger.ed25519.pub。"),
    "other_key": gettext_noop("证明不是用这个公钥对应的私钥签名的，或封存文本被改动；请核对公钥来源。"),
    "other_entry": gettext_noop("条目内容与证明不符：条目或证明被改动过。"),
    "not_an_extension": gettext_noop("后一封存不是在前一封存之上追加的：台账被改写过。"),
}


@dataclass(frozen=True, slots=True)
class ProofResult:
    """What a check found.

    code: stable key of what is wrong, "" when valid; message: its Chinese sentence, a msgid; entry: the fields that are
    proven, by column; index: the entry's place in the ledger, from 0; size, sealed_at: of the checkpoint.
    """

    valid: bool
    code: str
    entry: dict[str, Any] = field(default_factory=dict)
    index: int = 0
    size: int = 0
    sealed_at: str = ""

    @property
    def message(self) -> str:
        return MESSAGES[self.code]


def check_proof(proof: Mapping[str, Any], public_key: bytes) -> ProofResult:
    """Check that the entry in the proof leads to the root in its checkpoint, and that this key signed that.

    public_key: the content of `ledger.ed25519.pub`. Never raises for a bad proof: the result says what is wrong.
    """
    try:
        key = checkpoints.PublicKey.from_line(public_key)
    except checkpoints.NotACheckpoint:
        return ProofResult(False, "key_unreadable")
    try:
        if proof["type"] != PROOF_TYPE or set(proof["entry"]) != set(leaves.COLUMNS):
            return ProofResult(False, "unreadable")
        entry = {name: proof["entry"][name] for name in leaves.COLUMNS}
        leaf = leaves.leaf_hash(list(entry.values()), version=proof["leaf_version"])
        index = int(proof["index"])
        path = [bytes.fromhex(step) for step in proof["path"]]
        checkpoint = checkpoints.read(proof["checkpoint"], key)
    except checkpoints.NotSignedByKey:
        return ProofResult(False, "other_key")
    except (KeyError, TypeError, ValueError, AttributeError):
        return ProofResult(False, "unreadable")
    if merkle.root_from_inclusion(leaf, index, checkpoint.size, path) != checkpoint.root:
        return ProofResult(False, "other_entry", entry, index, checkpoint.size, checkpoint.sealed_at)
    return ProofResult(True, "", entry, index, checkpoint.size, checkpoint.sealed_at)


def check_extension(proof: Mapping[str, Any], public_key: bytes) -> ProofResult:
    """Check that the later checkpoint in the document extends the earlier one, both signed by this key."""
    try:
        key = checkpoints.PublicKey.from_line(public_key)
    except checkpoints.NotACheckpoint:
        return ProofResult(False, "key_unreadable")
    try:
        if proof["type"] != EXTENSION_TYPE:
            return ProofResult(False, "unreadable")
        earlier = checkpoints.read(proof["earlier"], key)
        later = checkpoints.read(proof["later"], key)
        path = [bytes.fromhex(step) for step in proof["path"]]
    except checkpoints.NotSignedByKey:
        return ProofResult(False, "other_key")
    except (KeyError, TypeError, ValueError, AttributeError):
        return ProofResult(False, "unreadable")
    if not merkle.is_consistent(earlier.size, earlier.root, later.size, later.root, path):
        return ProofResult(False, "not_an_extension", size=later.size, sealed_at=later.sealed_at)
    return ProofResult(True, "", size=later.size, sealed_at=later.sealed_at)


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write(__doc__ or "")
        return 2
    proof_file, key_file = map(Path, arguments)
    try:
        proof = json.loads(proof_file.read_bytes())
    except ValueError:
        proof = {}
    result = check_proof(proof if isinstance(proof, dict) else {}, key_file.read_bytes())
    sys.stdout.write(f"{result.message} ({result.code or 'valid'})\n")
    sys.stdout.write(json.dumps(result.entry, ensure_ascii=False, indent=2) + "\n")
    return 0 if result.valid else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
