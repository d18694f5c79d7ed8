"""From a file to the books: open, correct, hand in, send back, accept, withdraw; and what is said about a batch.

The public names of the engine's verbs; each stands in the module of its part of the way.
"""

from xieshou.intake.acceptance import accept_batch, withdraw_batch
from xieshou.intake.comments import comment
from xieshou.intake.drafts import begin_batch, correct, decide, open_batch, preview, read_batch, refresh, report
from xieshou.intake.evidence import attach_evidence, remove_evidence
from xieshou.intake.moves import discard_batch, explain, return_batch, return_batches, submit_batch
from xieshou.intake.progress import Progress

__all__ = [
    "Progress",
    "accept_batch",
    "attach_evidence",
    "begin_batch",
    "comment",
    "correct",
    "decide",
    "discard_batch",
    "explain",
    "open_batch",
    "preview",
    "read_batch",
    "refresh",
    "remove_evidence",
    "report",
    "return_batch",
    "return_batches",
    "submit_batch",
    "withdraw_batch",
]
