"""The business review of one agency: what its fiscal officer and the office look at together, as a workbook or on paper.

`sheets.py` puts each figure where it belongs, from the functions that the pages ask; `workbook.py` and `paper.py` write the file.
"""

from __future__ import annotations

from stateworks.modules.billing.review import paper, workbook

FORMS = {
    "xlsx": (workbook.CONTENT_TYPE, workbook.workbook), "pdf": (paper.CONTENT_TYPE, paper.paper),
}  # fmt: skip
"""By the ending of its file: what the web calls it, and how it is written."""
