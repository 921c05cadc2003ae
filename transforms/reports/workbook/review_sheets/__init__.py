"""Sheets that a reviewer works through: 指标对照, 问题清单, 审核意见, 未量化目标, 数值雷同, 章节核对, 文表一致性."""
