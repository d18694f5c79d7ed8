"""Why a report cannot be made or checked, said to the person who asked for it."""

from xieshou.common.errors import XieshouError


class ReportUnknown(XieshouError):
    """No template has this name."""

    code = "report_unknown"


class ReportRefused(XieshouError):
    """The report cannot be made as asked: a place or a year is missing, a format is not known."""

    code = "report_refused"


class CitationsMissing(XieshouError):
    """The file carries no citations: it was not made here, or a program that saved it dropped them."""

    code = "citations_missing"


class CitationsUnreadable(XieshouError):
    """What the file carries is not a list of citations."""

    code = "citations_unreadable"


class TemplateWrong(XieshouError):
    """A template written in Word cannot be rendered; `where["paragraph"]` names the paragraph."""

    code = "template_wrong"


class TemplateUnknown(XieshouError):
    """No kept template has this name or number."""

    code = "template_unknown"
