"""Seals: signed checkpoints over the ledger, made and read."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _

from xieshou.ledger import checkpoints, keys, merkle, selectors, storage
from xieshou.ledger.checkpoints import Checkpoint, PublicKey
from xieshou.ledger.errors import LedgerDamaged, NothingSealed
from xieshou.ledger.models import TILE, Seal, Tile

TILE_LEVEL = TILE.bit_length() - 1  # a tile is the root of a subtree of 2**TILE_LEVEL leaves


@dataclass(frozen=True, slots=True)
class _Growth:
    """The tree up to a cut: its frontier, the tiles it completes, the id of its last leaf."""

    tree: merkle.Frontier
    tiles: list[tuple[int, int, bytes]]


def seal(cut: int, *, timeout_seconds: float) -> Seal:
    """Seal all entries up to the cut, which is final; the last seal where it reaches that far already."""
    while True:
        last = selectors.last_seal()
        if last is None and cut == 0:
            raise NothingSealed(_("台账还没有条目，无可封存。"))
        if last is not None and last.last_entry >= cut:
            return last
        growth = _grown(last, cut)
        key = keys.signing_key()
        checkpoint = Checkpoint(
            origin=checkpoints.public_half(key).name,
            size=growth.tree.size,
            root=growth.tree.root(),
            sealed_at=moment_text(datetime.now(UTC)),
            last_entry=cut,
        )
        with storage.one_sealer(timeout_seconds):
            if selectors.last_seal() != last:
                continue  # somebody sealed meanwhile
            storage.insert("ledger_tile", ["index", "last_entry", "root"], growth.tiles)
            made = Seal(
                size=checkpoint.size,
                last_entry=checkpoint.last_entry,
                root=checkpoint.root,
                sealed_at=datetime.fromisoformat(checkpoint.sealed_at),
                signature=key.sign(checkpoint.body().encode()),
            )
            made.save()
            return made


def _grown(last: Seal | None, cut: int) -> _Growth:
    """Grow the tree from the tiles of earlier seals and the leaves after them; ≥ 500,000 leaves a second.

    Raises LedgerDamaged where the leaves no longer lead to the root of the last seal.
    """
    tree = merkle.Frontier()
    tiles = list(Tile.objects.order_by("index").values_list("last_entry", "root"))
    tree.extend([bytes(root) for last_entry, root in tiles], level=TILE_LEVEL)
    after = tiles[-1][0] if tiles else 0
    new_tiles: list[tuple[int, int, bytes]] = []
    unchecked = last
    for rows in storage.rows_by_id("leaf", after=after, upto=cut, size=40 * TILE):
        leaves = [bytes(leaf) for number, leaf in rows]
        if unchecked is not None:
            before = tree.copy()
            before.extend(leaves[: unchecked.size - tree.size])
            _require_root(unchecked, before)
            unchecked = None
        whole = len(leaves) // TILE * TILE
        roots = merkle.subtree_roots(leaves[:whole], TILE_LEVEL)
        first = tree.size // TILE
        new_tiles += [(first + number, rows[(number + 1) * TILE - 1][0], root) for number, root in enumerate(roots)]
        tree.extend(roots, level=TILE_LEVEL)
        tree.extend(leaves[whole:])
    return _Growth(tree, new_tiles)


def _require_root(seal: Seal, tree: merkle.Frontier) -> None:
    if tree.size != seal.size or tree.root() != bytes(seal.root):
        raise LedgerDamaged(
            _("台账与%(sealed_at)s的封存不符，不能继续封存；请先核验台账（xieshou ledger verify）。")
            % {"sealed_at": moment_text(seal.sealed_at)},
            size=seal.size,
        )


def checkpoint_of(seal: Seal, key: PublicKey) -> Checkpoint:
    """What the seal's signature is over."""
    return Checkpoint(
        origin=key.name,
        size=seal.size,
        root=bytes(seal.root),
        sealed_at=moment_text(seal.sealed_at),
        last_entry=seal.last_entry,
    )


def note_of(seal: Seal, key: PublicKey) -> str:
    """The seal as text to publish."""
    return checkpoints.note(checkpoint_of(seal, key), bytes(seal.signature), key)


def head() -> dict[str, Any]:
    """See `services.head`."""
    last = selectors.last_seal()
    if last is None:
        raise NothingSealed(_("台账尚未封存；请先封存（xieshou ledger seal）。"))
    key = keys.public_key()
    return {
        "origin": key.name,
        "size": last.size,
        "root": bytes(last.root).hex(),
        "last_entry": last.last_entry,
        "sealed_at": moment_text(last.sealed_at),
        "checkpoint": note_of(last, key),
        "key": {"algorithm": "Ed25519", "public": b64encode(key.raw).decode(), "fingerprint": key.fingerprint},
    }


def moment_text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
