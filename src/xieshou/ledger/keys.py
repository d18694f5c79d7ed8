"""The deployment's signing key, kept outside the database in `XIESHOU_HOME/keys`."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkstemp

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext as _

from xieshou.ledger.checkpoints import NotACheckpoint, PublicKey, public_half
from xieshou.ledger.errors import SigningKeyUnusable
from xieshou.ledger.models import Seal

NAME = "ledger.ed25519"


def private_path() -> Path:
    return Path(settings.HOME) / "keys" / NAME


def public_path() -> Path:
    """The file to give to whoever checks proofs."""
    return private_path().with_name(f"{NAME}.pub")


def signing_key() -> Ed25519PrivateKey:
    """The private key; drawn when the first seal is made, never again. Raises SigningKeyUnusable."""
    path = private_path()
    if not path.exists():
        if Seal.objects.exists():
            raise SigningKeyUnusable(
                _("封存所用的私钥 %(path)s 不见了；请从备份恢复，不要另建，否则以前的封存无法核验。") % {"path": path}
            )
        _draw(path)
    if path.stat().st_mode & 0o077:
        raise SigningKeyUnusable(_("私钥 %(path)s 可被其他用户读取；请执行 chmod 600 后重试。") % {"path": path})
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SigningKeyUnusable(_("私钥 %(path)s 无法读取；请从备份恢复。") % {"path": path}) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningKeyUnusable(_("私钥 %(path)s 不是 Ed25519 密钥；请从备份恢复。") % {"path": path})
    if not public_path().exists():
        _write_once(public_path(), public_half(key).line().encode(), mode=0o644)
    return key


def public_key() -> PublicKey:
    """From the public file, so that checking needs no secret. Raises SigningKeyUnusable."""
    path = public_path()
    try:
        return PublicKey.from_line(path.read_bytes())
    except (FileNotFoundError, NotACheckpoint) as error:
        if not private_path().exists():
            raise SigningKeyUnusable(_("公钥 %(path)s 缺失或已损坏；请从备份恢复。") % {"path": path}) from error
    return public_half(signing_key())


def _draw(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write_once(path, pem, mode=0o600)


def _write_once(path: Path, content: bytes, *, mode: int) -> None:
    """The file appears whole or not at all; of two writers at once the first one wins."""
    descriptor, draft = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, mode)
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
