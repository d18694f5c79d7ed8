"""The two keys of the registry, kept outside the database, and what is done with them.

`registry.key` encrypts identity numbers (AES-256-GCM); `registry-index.key` makes blind indexes (HMAC-SHA256, its
first 16 bytes). Two keys, so that who may look somebody up cannot thereby read. A backup of the database without the
folder of keys discloses no number.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.utils.translation import gettext as _

from xieshou.registry.errors import RegistryKeyMissing, RegistryKeyWrong

_NONCE_BYTES = 12
_INDEX_BYTES = 16
_KEY_BYTES = 32


class Keys:
    """The keys of one deployment, ready for use."""

    def __init__(self, cipher_key: bytes, index_key: bytes) -> None:
        self._cipher = AESGCM(cipher_key)
        # Copying a keyed state costs half of starting anew for each text (`hmac.digest`): 0.7 µs.
        self._indexer = HMAC(index_key, SHA256())

    def indexes(self, texts: Sequence[str]) -> list[bytes]:
        """The blind index of each text: equal texts have equal indexes, and nothing else can be read from them."""
        indexes = []
        for text in texts:
            state = self._indexer.copy()
            state.update(text.encode())
            indexes.append(state.finalize()[:_INDEX_BYTES])
        return indexes

    def encrypt(self, person_ids: Sequence[int], numbers: Sequence[str | None]) -> list[bytes | None]:
        """Nonce and cipher text of each number, bound to its person: one moved to another row does not open."""
        nonces, seal = os.urandom(_NONCE_BYTES * len(numbers)), self._cipher.encrypt
        return [
            None
            if number is None
            else (nonce := nonces[start : start + _NONCE_BYTES]) + seal(nonce, number.encode(), b"%d" % person_id)
            for start, person_id, number in zip(range(0, len(nonces), _NONCE_BYTES), person_ids, numbers, strict=True)
        ]

    def decrypt(self, person_id: int, cipher: bytes) -> str:
        """The number. Raises: RegistryKeyWrong."""
        try:
            plain = self._cipher.decrypt(cipher[:_NONCE_BYTES], cipher[_NONCE_BYTES:], b"%d" % person_id)
        except InvalidTag as wrong:
            raise RegistryKeyWrong(
                _("人员 %(id)d 的证件号码无法解密：密钥不符，或数据库被改动；请核对 keys 文件夹是否与数据库成套。")
                % {"id": person_id},
                person_id=person_id,
            ) from wrong
        return plain.decode()


def keys(*, may_draw: bool) -> Keys:
    """The keys in `XIESHOU_HOME/keys`, drawn on first use.

    Args:
        may_draw: whether missing keys may be drawn; False once the registry holds numbers, which new keys cannot read.
    Raises: RegistryKeyMissing.
    """
    folder = Path(settings.HOME) / "keys"
    paths = tuple(folder / name for name in ("registry.key", "registry-index.key"))
    missing = [path for path in paths if not path.exists()]
    if missing and not may_draw:
        raise RegistryKeyMissing(
            _("缺少密钥文件 %(file)s，已登记的证件号码无法读取；请从备份中恢复 keys 文件夹。")
            % {"file": missing[0].name},
            file=missing[0].name,
        )
    for path in missing:
        _draw(path)
    return _loaded(*paths)


def _draw(path: Path) -> None:
    """Write a new key, readable for its owner alone, whole or not at all; of two processes the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(os.urandom(_KEY_BYTES).hex())
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


@lru_cache(maxsize=4)
def _loaded(cipher_path: Path, index_path: Path) -> Keys:
    return Keys(*(bytes.fromhex(path.read_text(encoding="ascii").strip()) for path in (cipher_path, index_path)))
