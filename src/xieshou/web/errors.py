"""What the pages themselves refuse."""

from xieshou.common.errors import XieshouError


class AnswerMissing(XieshouError):
    """One of the first three questions was answered with nothing that can be used."""

    code = "answer_missing"


class NothingUploaded(XieshouError):
    """The form was sent without a file."""

    code = "nothing_uploaded"
