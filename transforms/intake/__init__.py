"""One workbook in, one `Submission` out: read the cells, find the table, find out who sent it, parse, convert.

Plain Python without frames: this part runs in a child process for each file and must start fast.
"""
