"""Which colour, always beside a word, the state of a batch has."""

from xieshou.intake.models import Batch

STATE_TONES = {
    Batch.State.READING: "blue",
    Batch.State.DRAFT: "amber",
    Batch.State.SUBMITTED: "amber",
    Batch.State.RETURNED: "red",
    Batch.State.ACCEPTING: "blue",
    Batch.State.ACCEPTED: "green",
    Batch.State.WITHDRAWN: "",
    Batch.State.FAILED: "red",
}
