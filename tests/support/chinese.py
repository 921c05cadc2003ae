"""Faults of wording in texts that people read: phrases that no official document has, and marks of the wrong width."""

import re

PHRASES = (
    "情况属实",
    "难以置信",
    "剩余份额之比的变化",
    "目标劣于基期",
    "几乎不下降",
    "怎样才可核对",
    "文字目标",
    "已消失的问题",
    "单薄",
    "照抄",
    "怎么填",
    "收到后核对什么",
    "责任人",
    "最值得先看",
    "据摘要",
    "contracts/",
)
_CHINESE = "[\u4e00-\u9fff]"
_HALF_WIDTH = re.compile(f"{_CHINESE}[,;:?!()]{_CHINESE}")
_SPACE = re.compile(f"[0-9%] {_CHINESE}|{_CHINESE} [0-9]")


def faults(text: str) -> list[str]:
    """Return each fault of a text with the characters around it."""
    text = text.replace("9 种主要再生资源", "")  # as the guide prints it
    found = [phrase for phrase in PHRASES if phrase in text]
    for pattern in (_HALF_WIDTH, _SPACE):
        found += [text[max(0, at.start() - 8) : at.end() + 8] for at in pattern.finditer(text)]
    return found
