"""Sheets that summarise: 封面, 名额核对, 试点总览, 图表, 指标汇总."""
