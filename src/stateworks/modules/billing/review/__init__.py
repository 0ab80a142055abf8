"""The business review of one agency: what its fiscal officer and the office look at together, as one workbook.

`sheets.py` puts each figure where it belongs, from the functions that the pages ask; `workbook.py` writes the file.
"""
