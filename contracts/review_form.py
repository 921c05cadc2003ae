"""Sheets and columns that a reviewer fills in, and the hidden key columns that identify their rows."""

from dataclasses import dataclass

CONCLUSIONS = ("通过", "修改后通过", "退回补正", "不予推荐")
METADATA = "_元数据"


@dataclass(frozen=True)
class Form:
    """A sheet to fill in: name, title of the hidden key column, and title of each field."""

    sheet: str
    key: str
    fields: dict[str, str]


FINDINGS = Form(
    "问题清单", "问题编号", {"status": "处理状态", "opinion": "审核意见", "person": "责任人", "date": "日期"}
)
PILOTS = Form(
    "审核意见",
    "试点标识",
    {
        "opinion": "审核意见",
        "first_person": "初审人",
        "first_date": "初审日期",
        "second_person": "复核人",
        "second_date": "复核日期",
        "conclusion": "结论",
    },
)
FORMS = (FINDINGS, PILOTS)
# Every field of a decision once, in the order of the model.
FIELDS = tuple(dict.fromkeys(("status", "opinion", "person", "date", *PILOTS.fields)))
