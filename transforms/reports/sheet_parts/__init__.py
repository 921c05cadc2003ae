"""Parts that several sheets share: cells, styles, tables, charts, comments, links, decision columns."""
