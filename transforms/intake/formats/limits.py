"""Limits on the size of a workbook. A submission has some hundred cells; these limits are a thousand times that."""

MIB = 1024**2

CONTENT = 50 * MIB
TEXT = 10 * MIB
UNPACKED = 200 * MIB
ENTRIES = 10_000
MEMBERS = 500  # files in an archive of submissions
# Office files reach some tens to one; far beyond that, one large entry is a bomb.
RATIO, RATIO_FROM = 200, 4 * MIB
SPINS = 1_000_000
# A sheet may have a row element for every row that it can have.
ELEMENTS = 1_200_000
TREE = MIB  # a larger XML part is read piece by piece
STRINGS = 300_000
CELLS = 200_000
AREA = 4_000_000  # cells between the first and the last one, with the empty ones
SHEETS = 256
COLUMNS, ROWS = 16_384, 1_048_576
# A merged range or a lone cell beyond this says that something in the file went wrong.
WIDE, LONG = 1_000, 20_000
