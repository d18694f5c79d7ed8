"""What can be wrong with the exported tables."""

from xieshou.common.errors import XieshouError


class ExportFailed(XieshouError):
    """The process that copies entries to Parquet ended before its work was done."""

    code = "export_failed"


class SegmentDiffers(XieshouError):
    """Entries exported again do not have the root that was written down when they were exported first."""

    code = "segment_differs"
