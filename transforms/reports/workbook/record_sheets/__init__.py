"""Sheets for the record: 已销号问题, 审核留痕, 换算记录, 规则目录, 来源."""
