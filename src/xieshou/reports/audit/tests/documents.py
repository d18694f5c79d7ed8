"""Documents that the tests bring: Word files with tracked changes and notes, PDF pages."""

from pathlib import Path

import docx
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement

SUMMARY = (
    "中国第一汽车集团有限公司（以下简称“中国一汽”）按责任书推进各项工作。\n"
    "2019年，中国一汽计划投入定点帮扶资金4700万元，实际完成4826.6万元。分县看，凤山县计划投入1771万元，"
    "实际完成1806.6万元，占全部帮扶资金的37.43%；镇赉县计划投入1550万元，实际完成1615万元；"
    "和龙市计划投入1390万元，实际完成1405万元。\n"
    "全年在教育帮扶上投入资金1082万元，培训乡村教师150人。\n"
)


def word_file(path: Path, *paragraphs: str) -> Path:
    """A Word file of these paragraphs, one run each."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(path)
    return path


def tracked(paragraph, tag: str, text: str) -> None:
    """Add a run inside `w:ins` or `w:del`."""
    change = OxmlElement(f"w:{tag}")
    run = OxmlElement("w:r")
    words = OxmlElement("w:delText" if tag == "del" else "w:t")
    words.text = text
    run.append(words)
    change.append(run)
    paragraph._p.append(change)


def runs_commented(document) -> dict[str, str]:
    """The text inside each comment's range, and the comment's own text."""
    found = {}
    for comment in document.comments:
        number = str(comment.comment_id)
        inside, words = False, ""
        for element in document.element.body.iter():
            if element.tag == qn("w:commentRangeStart") and element.get(qn("w:id")) == number:
                inside = True
            elif element.tag == qn("w:commentRangeEnd") and element.get(qn("w:id")) == number:
                inside = False
            elif inside and element.tag == qn("w:t"):
                words += element.text
        found[words] = comment.text
    return found


def pdf_of(lines: list[list[str]]) -> bytes:
    """A PDF whose pages show these lines in Helvetica; a page without lines has nothing on it."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    pages = []
    for page in lines:
        shown = "".join(f"1 0 0 1 72 {760 - 20 * number} Tm ({line}) Tj " for number, line in enumerate(page))
        content = f"BT /F1 12 Tf {shown}ET" if page else ""
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects)} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        pages.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(pages)}] /Count {len(pages)} >>"
    out, offsets = "%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    return (
        f"{out}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    ).encode()
