"""What a roster says, from a workbook's rows to people, minutes and sessions. Pure.

`parsing` walks through it: `table` (which tab, where its header is), `columns` (what each column
is), `people` (one line a person), `presence`, `followed` (time), `sessions`.
"""
