"""The child process that opens a document nobody trusts yet.

Run as `python -m xieshou.reports.audit.texts.document_process`; knows neither Django nor the database. It is told one
job as a line of JSON: `{"do": "read", "kind": "docx" | "pdf" | "html", "path", …}` answers
`{"text", "blank_pages", "pages"}`, `{"do": "comment", "path", "out", "remarks": [[start, end, words]], …}` answers
`{"written"}`. What stops it is the last line of its standard error, as JSON; a parser that breaks leaves a traceback
there, which reads as damage.
"""

from __future__ import annotations

import json
import sys
from typing import Any, NoReturn

from xieshou.intake.reader_process import limit_this_process

MOST_PAGES = 3_000
MOST_LINES = 1_000_000


def main() -> None:
    job = json.loads(sys.stdin.readline())
    limit_this_process(job["memory"], job["seconds"])
    try:
        answer = _write_comments(job) if job["do"] == "comment" else _READERS[job["kind"]](job)
    except MemoryError:
        _stop("memory")
    except RecursionError:
        _stop("damaged")
    except _Refused as refused:
        _stop(refused.code)
    json.dump(answer, sys.stdout, ensure_ascii=True)


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _stop(code: str) -> NoReturn:
    sys.stderr.write(json.dumps({"error": code}) + "\n")
    sys.exit(1)


def _read_word(job: dict[str, Any]) -> dict[str, Any]:
    from xieshou.reports.audit.texts.word import text_and_stretches

    text, _stretches = text_and_stretches(_opened(job["path"]))
    return {"text": text, "pages": 0, "blank_pages": 0}


def _opened(path: str) -> Any:
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        return docx.Document(path)
    except (ValueError, KeyError, PackageNotFoundError) as error:
        raise _Refused("not_word") from error


def _write_comments(job: dict[str, Any]) -> dict[str, Any]:
    from xieshou.reports.audit.texts.word import Remark, comment

    document = _opened(job["path"])
    remarks = [Remark(*remark) for remark in job["remarks"]]
    written = comment(document, remarks, author=job["author"], initials=job["initials"])
    document.save(job["out"])
    return {"written": written}


def _read_pdf(job: dict[str, Any]) -> dict[str, Any]:
    import pypdfium2

    from xieshou.reports.audit.texts.paragraphs import joined_pages

    try:
        document = pypdfium2.PdfDocument(job["path"])
    except pypdfium2.PdfiumError as error:
        raise _Refused("password" if "assword" in str(error) else "not_pdf") from error
    if len(document) > MOST_PAGES:
        raise _Refused("pages")
    pages: list[list[str]] = []
    lines = 0
    for page in document:
        words = page.get_textpage()
        pages.append(words.get_text_range().replace("\ufffe", "").splitlines())
        lines += len(pages[-1])
        words.close()
        page.close()
        if lines > MOST_LINES:
            raise _Refused("pages")
    blank = sum(not any(line.strip() for line in page) for page in pages)
    return {"text": joined_pages(pages), "pages": len(pages), "blank_pages": blank}


def _read_html(job: dict[str, Any]) -> dict[str, Any]:
    from pathlib import Path

    from xieshou.reports.audit.texts.paragraphs import plain_of_html

    markup = Path(job["path"]).read_bytes().decode(job["encoding"], "replace")
    return {"text": plain_of_html(markup), "pages": 0, "blank_pages": 0}


_READERS = {"docx": _read_word, "pdf": _read_pdf, "html": _read_html}

if __name__ == "__main__":
    main()
