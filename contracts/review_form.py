"""What a reviewer fills in: sheets, columns, and the hidden keys by which a row is found again wherever it stands."""

from dataclasses import dataclass

CONCLUSIONS = ("通过", "修改后通过", "退回补正", "不予推荐")
METADATA = "_元数据"


@dataclass(frozen=True)
class Form:
    """A sheet to write in: its name, the title of its hidden key column, and its fields with their titles."""

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
