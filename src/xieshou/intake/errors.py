"""Why a file, a form or a batch was refused, in one sentence for the person at the desk."""

from xieshou.common.errors import XieshouError


class IntakeError(XieshouError):
    """Base of every refusal of the workbook engine."""

    code = "intake_refused"


class FormInvalid(IntakeError):
    """A form's data file says something impossible; the message names the file and the key."""

    code = "form_invalid"


class NotAWorkbook(IntakeError):
    """The file is no .xlsx, .xls, .ods or delimited text, whatever its name says."""

    code = "not_a_workbook"


class PasswordProtected(IntakeError):
    """The workbook opens only with a password."""

    code = "password_protected"


class UnsafeArchive(IntakeError):
    """The compressed file would unpack to far more than a workbook holds."""

    code = "unsafe_archive"


class TooLarge(IntakeError):
    """Reading took more time, memory or columns than a workbook of people needs."""

    code = "too_large"


class EmptyWorkbook(IntakeError):
    """No sheet has a row to read."""

    code = "empty_workbook"


class Classified(IntakeError):
    """The file is marked 秘密, 机密 or 绝密."""

    code = "classified"


class FormNotRecognised(IntakeError):
    """No sheet looks like a known form, or a required column is missing."""

    code = "form_not_recognised"


class UnknownForm(IntakeError):
    """No form has this key."""

    code = "unknown_form"


class PeriodNeeded(IntakeError):
    """The form does not state its period and nobody has."""

    code = "period_needed"


class BatchNotReady(IntakeError):
    """The batch is in a state that does not allow this step."""

    code = "batch_not_ready"


class BatchConflict(IntakeError):
    """Another import has just posted some of the same rows."""

    code = "batch_conflict"


class NothingToAccept(IntakeError):
    """No row of the batch can be posted."""

    code = "nothing_to_accept"


class Cancelled(IntakeError):
    """The person stopped the work; nothing was kept of it."""

    code = "cancelled"


class DecisionInvalid(IntakeError):
    """A choice names a column, row, place or party that cannot be chosen."""

    code = "decision_invalid"


class EvidenceRefused(IntakeError):
    """The file is no scan, too large, or one too many."""

    code = "evidence_refused"


class ReasonNeeded(IntakeError):
    """Cumulative amounts fall, or rows vanish, and nobody has said why."""

    code = "reason_needed"


class DutyInvalid(IntakeError):
    """A reporting duty cannot be set up so."""

    code = "duty_invalid"
