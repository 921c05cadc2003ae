"""Links from a workbook to the submission that a figure came from."""

from transforms.render.table import Link
from transforms.render.view import View


def submission_link(view: View, file: str, text: str, sheet: str | None = None, cell: str | None = None) -> Link | str:
    """A link to the copy in the package, at the cell; plain text in the national summary, which has no copies."""
    if view.province is None:
        return text
    target = file.replace("%", "%25").replace("#", "%23").replace(" ", "%20")
    return Link(text, target=target, sheet=sheet, cell=cell or "A1")
