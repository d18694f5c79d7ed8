"""Seals: what they are over, who may read the key, what is proven."""

import json
import os
import stat
import subprocess
import sys

import pytest
from django.db import transaction

from xieshou.ledger import checkpoints, keys, merkle, proofs, sealing, selectors, services
from xieshou.ledger.errors import BookMisused, EntryUnknown, NothingSealed, SigningKeyUnusable
from xieshou.ledger.models import TILE, Entry, Seal, Tile
from xieshou.ledger.services import head, posting, seal
from xieshou.ledger.tests.factories import post_line, post_lines

pytestmark = pytest.mark.usefixtures("xieshou_home")


def all_leaves() -> list[bytes]:
    return [bytes(leaf) for leaf in Entry.objects.order_by("pk").values_list("leaf", flat=True)]


def public_key() -> bytes:
    return keys.public_path().read_bytes()


# Seals


def test_a_seal_is_over_all_entries(office, helping_unit):
    post_lines(office, helping_unit, 5)

    made = seal(by=office)

    assert (made.size, made.last_entry) == (5, selectors.last_entry_id())
    assert bytes(made.root) == merkle.root_of(all_leaves())


@pytest.mark.parametrize(
    "parts", [[1, 1, 1], [TILE], [TILE, 1], [TILE - 1, 1, 1], [3, 2 * TILE, 300], [TILE + 7, 5, 600]]
)
def test_seals_one_after_the_other_have_the_root_of_all_leaves(office, helping_unit, parts):
    for part in parts:
        post_lines(office, helping_unit, part)
        made = seal(by=office)

    assert (made.size, bytes(made.root)) == (sum(parts), merkle.root_of(all_leaves()))
    assert list(Tile.objects.order_by("index").values_list("index", flat=True)) == list(range(sum(parts) // TILE))
    assert services.verify().is_sound


def test_nothing_new_makes_no_new_seal(office, helping_unit):
    post_line(office, helping_unit)
    first = seal(by=office)

    assert seal(by=office) == first
    assert Seal.objects.count() == 1


def test_an_empty_ledger_is_not_sealed(office):
    with pytest.raises(NothingSealed):
        seal(by=office)


def test_an_open_book_is_not_sealed(office):
    with posting(by=office), pytest.raises(BookMisused):
        seal(by=office)


def test_a_later_seal_asks_for_few_rows(office, helping_unit, django_assert_max_num_queries):
    post_lines(office, helping_unit, 2 * TILE)
    seal(by=office)
    post_line(office, helping_unit)

    with django_assert_max_num_queries(20):
        seal(by=office)


# The key


def test_the_key_is_drawn_once_and_is_for_its_owner_alone(office, helping_unit, xieshou_home):
    post_line(office, helping_unit)
    seal(by=office)
    drawn = keys.private_path().read_bytes()
    post_line(office, helping_unit)
    seal(by=office)

    assert keys.private_path().read_bytes() == drawn
    assert stat.S_IMODE(keys.private_path().stat().st_mode) == 0o600
    assert sorted(path.name for path in (xieshou_home / "keys").iterdir()) == ["ledger.ed25519", "ledger.ed25519.pub"]


def test_a_key_that_others_can_read_is_not_used(office, helping_unit):
    post_line(office, helping_unit)
    seal(by=office)
    post_line(office, helping_unit)
    keys.private_path().chmod(0o644)

    with pytest.raises(SigningKeyUnusable):
        seal(by=office)


def test_a_lost_key_is_not_replaced(office, helping_unit):
    post_line(office, helping_unit)
    seal(by=office)
    post_line(office, helping_unit)
    keys.private_path().unlink()

    with pytest.raises(SigningKeyUnusable):
        seal(by=office)


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_broken_key_is_told(office, helping_unit, content):
    keys.private_path().parent.mkdir(parents=True)
    keys.private_path().write_bytes(content)
    keys.private_path().chmod(0o600)
    post_line(office, helping_unit)

    with pytest.raises(SigningKeyUnusable):
        seal(by=office)


def test_a_lost_public_file_is_written_again_from_the_private_one(office, helping_unit):
    post_line(office, helping_unit)
    seal(by=office)
    before = public_key()
    keys.public_path().unlink()

    head()

    assert public_key() == before


# The head


def test_the_head_is_the_last_seal_as_a_signed_note(office, helping_unit):
    post_lines(office, helping_unit, 3)
    made = seal(by=office)

    document = json.loads(json.dumps(head()))
    key = checkpoints.PublicKey.from_line(public_key())
    checkpoint = checkpoints.read(document["checkpoint"], key)

    assert (document["size"], document["root"], document["last_entry"]) == (3, bytes(made.root).hex(), made.last_entry)
    assert (checkpoint.size, checkpoint.root, checkpoint.origin) == (3, bytes(made.root), document["origin"])
    assert document["key"]["fingerprint"] == key.fingerprint


def test_a_ledger_without_a_seal_has_no_head(db):
    with pytest.raises(NothingSealed):
        head()


@pytest.mark.parametrize(
    ("old", "new"), [("\n3\n", "\n4\n"), ("last-entry", "last-entry "), ("time 2", "time 1"), ("\n\n", "\n")]
)
def test_a_changed_note_is_not_accepted(office, helping_unit, old, new):
    post_lines(office, helping_unit, 3)
    seal(by=office)
    text = head()["checkpoint"]
    key = checkpoints.PublicKey.from_line(public_key())

    assert old in text
    with pytest.raises((checkpoints.NotACheckpoint, checkpoints.NotSignedByKey)):
        checkpoints.read(text.replace(old, new), key)


def test_a_note_with_the_signatures_of_others_beside_ours_is_accepted(office, helping_unit):
    post_line(office, helping_unit)
    seal(by=office)
    body, signature = head()["checkpoint"].split("\n\n")
    witnessed = f"{body}\n\n— witness.example AAAAAAAA\n{signature}"

    assert checkpoints.read(witnessed, checkpoints.PublicKey.from_line(public_key())).size == 1


@pytest.mark.parametrize("line", [b"", b"ssh-ed25519 AAAA", b"xieshou-ledger/0+00000000+AQ==", b"\xff+a+b"])
def test_what_is_no_public_key_line_is_told(line):
    with pytest.raises(checkpoints.NotACheckpoint):
        checkpoints.PublicKey.from_line(line)


# Proofs


@pytest.mark.parametrize(
    ("count", "number"), [(1, 0), (5, 4), (TILE, 0), (TILE, TILE - 1), (2 * TILE + 3, 300), (515, 514)]
)
def test_any_sealed_entry_is_proven_with_the_public_key_alone(office, helping_unit, count, number):
    post_lines(office, helping_unit, count)
    seal(by=office)
    entry = Entry.objects.order_by("pk")[number]

    result = proofs.check_proof(json.loads(json.dumps(proofs.prove(entry.pk))), public_key())

    assert (result.valid, result.index, result.size) == (True, number, count)
    assert (result.entry["id"], result.entry["quantity"]) == (entry.pk, number + 1)


def test_an_entry_after_the_last_seal_is_not_proven(office, helping_unit):
    post_line(office, helping_unit)
    seal(by=office)
    post_line(office, helping_unit)

    with pytest.raises(NothingSealed):
        proofs.prove(selectors.last_entry_id())


def test_an_entry_that_does_not_exist_is_not_proven(db):
    with pytest.raises(EntryUnknown):
        proofs.prove(1)


@pytest.fixture
def a_proof(office, helping_unit):
    post_lines(office, helping_unit, 5)
    seal(by=office)
    return proofs.prove(Entry.objects.order_by("pk")[2].pk)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda proof: proof["entry"].update(quantity=4), "other_entry"),
        (lambda proof: proof["entry"].update(reason="x"), "other_entry"),
        (lambda proof: proof.update(index=3), "other_entry"),
        (lambda proof: proof["path"].pop(), "other_entry"),
        (lambda proof: proof["path"].append("00" * 32), "other_entry"),
        (lambda proof: proof.update(checkpoint=proof["checkpoint"].replace("\n5\n", "\n6\n")), "other_key"),
        (lambda proof: proof.update(checkpoint="nothing"), "unreadable"),
        (lambda proof: proof.update(type="other"), "unreadable"),
        (lambda proof: proof.update(leaf_version=2), "unreadable"),
        (lambda proof: proof.update(index="x"), "unreadable"),
        (lambda proof: proof.update(path=[5]), "unreadable"),
        (lambda proof: proof.update(entry=[]), "unreadable"),
        (lambda proof: proof.pop("checkpoint"), "unreadable"),
        (lambda proof: proof["entry"].update(extra=1), "unreadable"),
    ],
)
def test_a_changed_proof_is_not_valid(a_proof, change, code):
    change(a_proof)

    result = proofs.check_proof(a_proof, public_key())

    assert (result.valid, result.code) == (False, code)
    assert result.message


def test_a_proof_is_not_valid_under_another_key(a_proof):
    other = checkpoints.PublicKey(b"\x01" * 32).line().encode()

    assert proofs.check_proof(a_proof, other).code == "other_key"
    assert proofs.check_proof(a_proof, b"no key").code == "key_unreadable"


def test_a_proof_is_checked_on_another_machine_without_the_database(a_proof, tmp_path):
    (tmp_path / "proof.json").write_text(json.dumps(a_proof))
    command = [sys.executable, "-m", "xieshou.ledger.checking", str(tmp_path / "proof.json"), str(keys.public_path())]
    bare = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}

    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=bare, cwd=tmp_path, check=False
    )

    assert done.returncode == 0, done.stderr
    assert '"quantity": 3' in done.stdout


def test_the_growth_between_two_seals_is_proven(office, helping_unit):
    post_lines(office, helping_unit, 300)
    earlier = seal(by=office)
    post_lines(office, helping_unit, 300)
    later = seal(by=office)

    document = json.loads(json.dumps(proofs.prove_extension(earlier, later)))

    assert proofs.check_extension(document, public_key()).valid


def test_the_growth_from_another_ledger_is_not_proven(office, helping_unit):
    post_lines(office, helping_unit, 3)
    earlier = seal(by=office)
    post_lines(office, helping_unit, 3)
    later = seal(by=office)
    document = proofs.prove_extension(earlier, later)
    stranger = checkpoints.Checkpoint(document["key"], 3, b"\x00" * 32, "2026-01-01T00:00:00Z", 3)
    document["earlier"] = checkpoints.note(
        stranger, keys.signing_key().sign(stranger.body().encode()), keys.public_key()
    )

    assert proofs.check_extension(document, public_key()).code == "not_an_extension"


def test_two_sealers_at_once_make_one_seal(office, helping_unit, monkeypatch):
    post_line(office, helping_unit)
    grown = sealing._grown

    def meanwhile(last, cut):
        monkeypatch.setattr(sealing, "_grown", grown)
        with transaction.atomic():
            sealing.seal(cut, timeout_seconds=1)
        return grown(last, cut)

    monkeypatch.setattr(sealing, "_grown", meanwhile)
    made = seal(by=office)

    assert list(Seal.objects.all()) == [made]
