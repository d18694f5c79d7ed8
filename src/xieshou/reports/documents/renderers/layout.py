"""The layout of an official document: GB/T 9704-2012 党政机关公文格式, in millimetres and points.

Paper 210 × 297 mm; margin above 37 mm, at the binding 28 mm, text area 156 × 225 mm; body 三号仿宋, 22 lines of 28
characters; title 二号小标宋; headings 黑体, 楷体, 仿宋; page number 四号半角宋体 between dashes, 7 mm below the text,
outside. 方正小标宋简体, 仿宋_GB2312, 楷体_GB2312 are the names by which the machines of offices have these faces.
"""

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210, 297
TOP_MM, LEFT_MM = 37, 28
TEXT_WIDTH_MM, TEXT_HEIGHT_MM = 156, 225
RIGHT_MM = PAGE_WIDTH_MM - LEFT_MM - TEXT_WIDTH_MM
BOTTOM_MM = PAGE_HEIGHT_MM - TOP_MM - TEXT_HEIGHT_MM
PAGE_NUMBER_BELOW_MM = 7

LINES, CHARACTERS = 22, 28

TITLE_PT = 22  # 二号
BODY_PT = 16  # 三号
PAGE_NUMBER_PT = 14  # 四号
TABLE_PT = 12  # 小四: tables have no size of their own in the standard
SMALL_PT = 10.5  # 五号: notes, the annex of the 核数稿
ANNEX_PT = 9  # 小五
COMPACT_PT = 12  # body of a sheet of one page

POINTS_IN_MM = 72 / 25.4
LINE_PT = TEXT_HEIGHT_MM * POINTS_IN_MM / LINES
CHARACTER_PT = TEXT_WIDTH_MM * POINTS_IN_MM / CHARACTERS

TITLE_FACE = "方正小标宋简体"
BODY_FACE = "仿宋_GB2312"
HEADING_FACES = {1: "黑体", 2: "楷体_GB2312", 3: "仿宋_GB2312"}
PAGE_NUMBER_FACE = "宋体"
