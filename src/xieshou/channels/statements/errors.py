"""What statements refuse."""

from xieshou.common.errors import XieshouError


class MeasuresInvalid(XieshouError):
    """A file of measures says what cannot be; names the measure and the key."""

    code = "measures_invalid"


class MeasureRefused(XieshouError):
    """A measure of the office's own cannot be so."""

    code = "measure_refused"


class StatementFormInvalid(XieshouError):
    """A form names measures in a way that no statement can be made of it."""

    code = "statement_form_invalid"


class StatementRefused(XieshouError):
    """A row cannot become a statement."""

    code = "statement_refused"


class TaughtFormRefused(XieshouError):
    """A form cannot be taught so; `field` names what is to be mended."""

    code = "taught_form_refused"
