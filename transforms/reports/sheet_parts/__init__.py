"""Parts that several sheets share: styles, tables, charts, comments, links."""
