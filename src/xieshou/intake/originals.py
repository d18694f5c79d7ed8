"""Kept originals (原件): the files as they came, under their SHA-256."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from xieshou.common.scoping import Actor
from xieshou.intake.kinds import MIB
from xieshou.intake.models import Original


def path_of(original: Original) -> Path:
    return Path(settings.HOME) / "originals" / original.sha256


def named(sha256: str) -> Original:
    """The kept file of this content."""
    found: Original = Original.objects.get(sha256=sha256)
    return found


def keep(*, by: Actor, path: Path, name: str) -> Original:
    """Copy a file among the originals; the same file is kept once, under the name under which it first came."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(MIB):
            digest.update(block)
    sha256 = digest.hexdigest()
    target = Path(settings.HOME) / "originals" / sha256
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target.with_name(f"{sha256}.{os.getpid()}")
        shutil.copyfile(path, draft)
        draft.chmod(0o600)
        draft.replace(target)
    original, _created = Original.objects.get_or_create(
        sha256=sha256,
        defaults={"name": name[:255], "size": path.stat().st_size, "kept_by_id": by.user_id},
    )
    return original


def not_kept(*, by: Actor) -> Original:
    """What stands in the place of a file that may not be kept here: a line that says so."""
    line = _("涉密文件，未保存").encode()
    sha256 = hashlib.sha256(line).hexdigest()
    target = Path(settings.HOME) / "originals" / sha256
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.write_bytes(line)
    original, _created = Original.objects.get_or_create(
        sha256=sha256, defaults={"name": line.decode(), "size": len(line), "kept_by_id": by.user_id}
    )
    return original


def erase(original: Original) -> None:
    """Remove a file that must not be here, unless a batch still stands on it or has it as evidence."""
    if not original.batches.exists() and not original.evidence.exists():
        path_of(original).unlink(missing_ok=True)
        original.delete()
