"""Why a document or a mark is refused, said to the person who brought it."""

from xieshou.common.errors import XieshouError


class DocumentRefused(XieshouError):
    """The file cannot be read as a text, is too large, or is not safe to open; the message says how to mend it."""

    code = "document_refused"


class NoText(DocumentRefused):
    """The document holds no text, as a scan does."""

    code = "no_text"


class DocumentClassified(DocumentRefused):
    """The document is marked 秘密, 机密 or 绝密."""

    code = "document_classified"


class ClarificationRefused(XieshouError):
    """A note that closes a mark is missing or too long."""

    code = "clarification_refused"
