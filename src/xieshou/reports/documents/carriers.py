"""Citations inside published files: put in, found again, unseen by the reader.

| format | where |
|---|---|
| docx, xlsx | a custom XML part of the package, with its own namespace; Word, Excel and LibreOffice Writer keep it |
| pdf | an attachment, `xieshou-citations.json` |
| html | an element of type application/json, id `xieshou-citations` |
| md | comments at the end |

Files are read within bounds: what is larger than `MOST_BYTES` when unpacked is refused, not unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from xml.sax.saxutils import escape

import pypdfium2 as pdfium
from django.utils.translation import gettext as _
from lxml import etree

from xieshou.reports.documents.citations import CitationList
from xieshou.reports.documents.errors import CitationsMissing, CitationsUnreadable, ReportRefused

NAMESPACE = "urn:xieshou:citations:1"
ATTACHMENT = "xieshou-citations.json"
ELEMENT = "xieshou-citations"
MOST_BYTES = 100 << 20
MOST_PAGES = 2_000

# Names this store among the others of a package; any GUID does, and the same one each time makes files comparable.
_STORE = "{6C7A1F0E-5B0D-4B4E-9C58-7869657368A1}"
_CUSTOM_XML = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"
_CUSTOM_PROPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXmlProps"
_PROPS_TYPE = "application/vnd.openxmlformats-officedocument.customXmlProperties+xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_ITEM = re.compile(r"(?i)/?customXml/item(\d+)\.xml")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)


def embed(kind: str, data: bytes, citations: CitationList) -> bytes:
    """The file with its citations inside; whatever else it holds stays as it is, older citations are replaced.

    kind: docx, xlsx, pdf, html or md. Raises: ReportRefused, for another kind; CitationsUnreadable, for a broken file.
    """
    return _carrier(kind).embed(data, citations)


def extract(kind: str, data: bytes) -> CitationList:
    """The citations inside a file. Raises: CitationsMissing, CitationsUnreadable, ReportRefused."""
    found = _carrier(kind).extract(data)
    if found is None:
        raise CitationsMissing(
            _("文件里没有引用：它不是由本系统生成的，或另存时丢失了引用；请用生成时的原文件。"), kind=kind
        )
    return CitationList.from_text(found)


def text_of(kind: str, data: bytes) -> str:
    """The words of a file without blanks, to see whether a published number still stands in it; "" for workbooks."""
    return re.sub(r"\s+", "", _carrier(kind).text(data))


def kind_of(name: str) -> str:
    """docx, xlsx, pdf, html or md, by the ending of a file's name. Raises: ReportRefused."""
    ending = PurePath(name).suffix.lower().lstrip(".")
    kind = {"htm": "html", "markdown": "md"}.get(ending, ending)
    if kind not in _CARRIERS:
        raise ReportRefused(
            _("不认识“%(name)s”的文件格式；可以是：%(known)s。")
            % {"name": PurePath(name).name, "known": "、".join(f".{each}" for each in _CARRIERS)},
            file=name,
        )
    return kind


@dataclass(frozen=True, slots=True)
class _Carrier:
    embed: Callable[[bytes, CitationList], bytes]
    extract: Callable[[bytes], str | bytes | None]
    text: Callable[[bytes], str]


def _carrier(kind: str) -> _Carrier:
    if kind not in _CARRIERS:
        raise ReportRefused(
            _("不能写成“%(kind)s”格式；可以是：%(known)s。") % {"kind": kind, "known": "、".join(_CARRIERS)}, kind=kind
        )
    return _CARRIERS[kind]


# Packages: docx and xlsx


def _embed_in_package(data: bytes, citations: CitationList) -> bytes:
    parts = _parts(data)
    main = _main_part(parts)
    number = _own_item(parts) or _free_number(parts)
    item, props = f"customXml/item{number}.xml", f"customXml/itemProps{number}.xml"
    item_relations = f"customXml/_rels/item{number}.xml.rels"
    main_relations = re.sub(r"([^/]+)$", r"_rels/\1.rels", main)
    parts[item] = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<citations xmlns="{NAMESPACE}">{escape(citations.as_text())}</citations>'
    ).encode()
    parts[props] = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<ds:datastoreItem '
        f'ds:itemID="{_STORE}" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml">'
        f'<ds:schemaRefs><ds:schemaRef ds:uri="{NAMESPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    ).encode()
    parts[item_relations] = _related(parts.get(item_relations), _CUSTOM_PROPS, f"itemProps{number}.xml")
    parts[main_relations] = _related(parts.get(main_relations), _CUSTOM_XML, f"../{item}")
    parts["[Content_Types].xml"] = _typed(parts["[Content_Types].xml"], f"/{props}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return packed.getvalue()


def _extract_from_package(data: bytes) -> str | None:
    parts = _parts(data, only=_ITEM)
    for content in parts.values():
        root = _root(content)
        if root is not None and root.tag == f"{{{NAMESPACE}}}citations":
            return root.text or ""
    return None


def _own_item(parts: dict[str, bytes]) -> int | None:
    for name, content in parts.items():
        match = _ITEM.fullmatch(name)
        if match and NAMESPACE.encode() in content[:1000]:
            return int(match[1])
    return None


def _free_number(parts: dict[str, bytes]) -> int:
    return max((int(match[1]) for name in parts if (match := _ITEM.fullmatch(name))), default=0) + 1


def _parts(data: bytes, only: re.Pattern[str] | None = None) -> dict[str, bytes]:
    """The parts of a package in their order. Raises: CitationsUnreadable, when it is none or unpacks beyond bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            wanted = [info for info in package.infolist() if only is None or only.fullmatch(info.filename)]
            if sum(info.file_size for info in wanted) > MOST_BYTES:
                raise CitationsUnreadable(_("文件解压后过大，未读取；请确认它是本系统生成的文件。"))
            return {info.filename: package.read(info) for info in wanted}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, NotImplementedError, OSError, ValueError) as broken:
        raise CitationsUnreadable(_("文件已损坏或不是 Office 文件；请用生成时的原文件。")) from broken


def _main_part(parts: dict[str, bytes]) -> str:
    for name in ("word/document.xml", "xl/workbook.xml"):
        if name in parts and "[Content_Types].xml" in parts:
            return name
    raise CitationsUnreadable(_("文件里找不到正文；请确认它是 Word 或 Excel 文件。"))


def _related(content: bytes | None, kind: str, target: str) -> bytes:
    """A relations part that names the target; numbers of relations already there stay."""
    root = (
        etree.Element(f"{{{_RELATIONS}}}Relationships", nsmap={None: _RELATIONS}) if content is None else _root(content)
    )
    if root is None:
        raise CitationsUnreadable(_("文件已损坏或不是 Office 文件；请用生成时的原文件。"))
    if all(each.get("Target") not in (target, target.replace("../", "/")) for each in root):
        taken = {each.get("Id") for each in root}
        free = next(
            f"rId{number}" for number in range(len(taken) + 1, 2 * len(taken) + 3) if f"rId{number}" not in taken
        )
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=free, Type=kind, Target=target)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _typed(content: bytes, part: str) -> bytes:
    root = _root(content)
    if root is None:
        raise CitationsUnreadable(_("文件已损坏或不是 Office 文件；请用生成时的原文件。"))
    extensions = {str(each.get("Extension")).lower() for each in root}
    if "xml" not in extensions:
        root.insert(0, etree.Element(f"{{{_TYPES}}}Default", Extension="xml", ContentType="application/xml"))
    if all(each.get("PartName") != part for each in root):
        etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=part, ContentType=_PROPS_TYPE)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _root(content: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        return None


_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def _text_of_word(data: bytes) -> str:
    parts = _parts(data, only=re.compile(r"word/document\.xml"))
    root = _root(parts.get("word/document.xml", b""))
    return "" if root is None else "".join(each.text or "" for each in root.iter(f"{_WORD}t"))


# PDF


def _embed_in_pdf(data: bytes, citations: CitationList) -> bytes:
    document = _pdf(data)
    try:
        _drop_attachment(document)
        document.new_attachment(ATTACHMENT).set_data(citations.as_text().encode())
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()
    finally:
        document.close()


def _drop_attachment(document: pdfium.PdfDocument) -> None:
    for index in reversed(range(document.count_attachments())):
        if document.get_attachment(index).get_name() == ATTACHMENT:
            document.del_attachment(index)


def _extract_from_pdf(data: bytes) -> bytes | None:
    document = _pdf(data)
    try:
        for index in range(document.count_attachments()):
            attachment = document.get_attachment(index)
            if attachment.get_name() == ATTACHMENT:
                return bytes(attachment.get_data())
        return None
    except pdfium.PdfiumError as broken:
        raise CitationsUnreadable(_("PDF 文件已损坏；请用生成时的原文件。")) from broken
    finally:
        document.close()


def _text_of_pdf(data: bytes) -> str:
    document = _pdf(data)
    try:
        if len(document) > MOST_PAGES:
            raise CitationsUnreadable(_("PDF 超过 %(most)d 页，未读取；请拆成几份再核。") % {"most": MOST_PAGES})
        return "".join(page.get_textpage().get_text_range() for page in document)
    except pdfium.PdfiumError as broken:
        raise CitationsUnreadable(_("PDF 文件已损坏；请用生成时的原文件。")) from broken
    finally:
        document.close()


def _pdf(data: bytes) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as broken:
        raise CitationsUnreadable(_("PDF 文件已损坏；请用生成时的原文件。")) from broken


# HTML and Markdown


def inert_json(citations: CitationList) -> str:
    """JSON that can stand in an HTML element or comment: it holds neither `<` nor `>` nor `&`."""
    text = citations.as_text()
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


_IN_HTML = re.compile(rf'<script type="application/json" id="{ELEMENT}">(.*?)</script>', re.DOTALL)
_IN_MARKDOWN = re.compile(rf"\n*<!-- {ELEMENT}\n(.*?)\n-->", re.DOTALL)
COMMENT_CHARACTERS = 3_000  # programs that strip comments look only so far for their end


def _embed_in_html(data: bytes, citations: CitationList) -> bytes:
    text = _IN_HTML.sub("", data.decode())
    element = f'<script type="application/json" id="{ELEMENT}">{inert_json(citations)}</script>'
    head, tag, tail = text.rpartition("</body>")
    return f"{head}{element}{tag}{tail}".encode() if tag else f"{text}{element}".encode()


def _embed_in_markdown(data: bytes, citations: CitationList) -> bytes:
    text = _IN_MARKDOWN.sub("", data.decode()).rstrip("\n")
    json_text = inert_json(citations)
    pieces = [json_text[at : at + COMMENT_CHARACTERS] for at in range(0, len(json_text), COMMENT_CHARACTERS)]
    comments = "\n\n".join(f"<!-- {ELEMENT}\n{piece}\n-->" for piece in pieces)
    return f"{text}\n\n{comments}\n".encode()


def _found_by(pattern: re.Pattern[str]) -> Callable[[bytes], str | None]:
    def extract(data: bytes) -> str | None:
        # Git and editors on Windows turn the ends of lines, which stand between the pieces and nowhere in them.
        return "".join(pattern.findall(data.decode("utf-8-sig", "replace").replace("\r\n", "\n"))) or None

    return extract


def _text_of_html(data: bytes) -> str:
    text = _IN_HTML.sub("", data.decode("utf-8-sig", "replace"))
    try:
        root = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8", no_network=True))
    except etree.XMLSyntaxError:  # nothing stands in it
        return ""
    return "" if root is None else "".join(root.itertext())


def _text_of_markdown(data: bytes) -> str:
    return _IN_MARKDOWN.sub("", data.decode("utf-8-sig", "replace"))


_CARRIERS = {
    "docx": _Carrier(_embed_in_package, _extract_from_package, _text_of_word),
    "pdf": _Carrier(_embed_in_pdf, _extract_from_pdf, _text_of_pdf),
    "html": _Carrier(_embed_in_html, _found_by(_IN_HTML), _text_of_html),
    "xlsx": _Carrier(_embed_in_package, _extract_from_package, lambda data: ""),
    "md": _Carrier(_embed_in_markdown, _found_by(_IN_MARKDOWN), _text_of_markdown),
}
KINDS = tuple(_CARRIERS)
