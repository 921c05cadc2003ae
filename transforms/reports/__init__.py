"""Render what people read: workbooks, notices, overview page, template."""
