import time, traceback, threading, io, zipfile
from pathlib import Path
import pytest
from django.test import Client
from django.utils import translation
from django.core.files.uploadedfile import SimpleUploadedFile
from django_tasks_db.models import DBTaskResult
from tests.stories.conftest import Desk, desk, places  # noqa
from xieshou.common.errors import XieshouError
from xieshou.intake.models import Batch
from xieshou.intake import services as intake, returned
from xieshou.catalogue.forms import BINDINGS

pytestmark = pytest.mark.django_db


def test_bad(desk, office_client, worker, office, tmp_path):
    out = open("/tmp/hostile/bad.txt", "w")
    threading.excepthook = lambda a: print("  !!THREAD", repr(a.exc_value)[:200], file=out)
    office_client.raise_request_exception = False
    for f in sorted(Path("/tmp/hostile/bad").iterdir()):
        t = time.time()

        def say(*a):
            print(f.name, *a, file=out)
            out.flush()

        try:
            b = intake.open_batch(by=office, path=f, name=f.name, bindings=BINDINGS)
            say(
                "OPEN",
                b.state,
                b.form_key,
                b.rows,
                b.accepted,
                b.rejected,
                b.doubtful,
                b.place_code,
                round(time.time() - t, 1),
            )
            try:
                p = tmp_path / "r.xlsx"
                returned.write(b, p)
                z = zipfile.ZipFile(p)
                x = b"".join(z.read(n) for n in z.namelist() if n.endswith(".xml"))
                if b"<f>" in x:
                    say("!!FORMULA")
                for u in ("columns/", "rows/", "returned.xlsx", "original/"):
                    r = office_client.get(f"/imports/{b.pk}/{u}")
                    body = b"".join(r.streaming_content) if r.streaming else r.content
                    pass
                    if r.status_code >= 400:
                        say("!!PAGE", u, r.status_code, getattr(r, "exc_info", None) and repr(r.exc_info[1])[:200])
                    if b"<script>alert" in body:
                        say("!!XSS", u)
                if b.accepted:
                    try:
                        intake.accept_batch(by=office, batch=b, bindings=BINDINGS)
                        say("ACCEPTED")
                    except XieshouError as e:
                        say("REFUSED accept", e.message[:150])
            except XieshouError as e:
                say("REFUSED2", e.message[:150])
        except XieshouError as e:
            say("REFUSED", e.message[:200], round(time.time() - t, 1))
        except Exception as e:
            tb = traceback.extract_tb(e.__traceback__)
            fr = [x for x in tb if "/xieshou/" in x.filename][-1]
            say("!!CRASH", repr(e)[:200], fr.filename.split("xieshou/")[-1], fr.lineno)
            from django.db import connection

            if connection.needs_rollback:
                say("rollback needed")
                break
    # the page
    for name in (
        "../../etc/passwd.xlsx",
        "a\nb.xlsx",
        '"x".xlsx',
        "<script>alert(1)</script>.xlsx",
        "名" * 300 + ".xlsx",
        "..\\..\\win.xlsx",
        ".xlsx",
        "x" * 300,
        "a\u202egpj.xlsx",
        "机密.xlsx",
        "\x00a.xlsx",
        "a;b=c\r\nSet-Cookie: x=1.xlsx",
    ):
        r = (
            office_client.post(
                "/imports/",
                {
                    "files": [
                        SimpleUploadedFile(
                            "q.xlsx", Path("/tmp/hostile/bad/names.xlsx").read_bytes() + b"\0" * len(name)
                        )
                    ]
                },
            )
            if 0
            else None
        )
        up = SimpleUploadedFile("q", b"")
        up = SimpleUploadedFile("q.xlsx", Path("/tmp/hostile/bad/pdf.xlsx").read_bytes() + name.encode()[:50])
        up._name = name
        r = office_client.post("/imports/", {"files": [up]})
        print(
            "UP",
            repr(name[:30]),
            r.status_code,
            r.get("Location"),
            getattr(r, "exc_info", None) and repr(r.exc_info[1])[:200],
            file=out,
        )
        b = Batch.objects.order_by("-pk").first()
        for u in ("", "original/"):
            r = office_client.get(f"/imports/{b.pk}/{u}")
            body = b"".join(r.streaming_content) if r.streaming else r.content
            print(
                "   ",
                repr(b.original.name[:40]),
                r.status_code,
                r.get("Content-Disposition", "")[:120],
                b"<script>alert" in body,
                getattr(r, "exc_info", None) and repr(r.exc_info[1])[:200],
                file=out,
            )
    worker()
    r = office_client.get("/imports/")
    print("list", r.status_code, b"<script>alert" in r.content, file=out)
    out.close()
