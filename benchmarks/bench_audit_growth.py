"""Whether the audit's time grows with the text and no faster: four times the text, of what is hard to read.

    python benchmarks/bench_audit_growth.py [--characters 20000]

Each piece is repeated to the given length and to four times that, and audited whole (cleaning, extraction, scope,
relations); processor time, best of two. Quadratic work would take sixteen times as long. Bar: ten times.
"""

import argparse
import sys
import time
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from django.conf import settings

from xieshou.reports.audit.quantities.extraction import extract
from xieshou.reports.audit.relations.relating import relate
from xieshou.reports.audit.scopes.scoping import scoped
from xieshou.reports.audit.texts.cleaning import clean
from xieshou.reports.audit.texts.structuring import structure_of

GROWTH_BAR = 10
LEAST_SECONDS = 0.05  # below this the clock says nothing
PIECES = (
    *"7 1. 1,234 一 十百千万亿 （ (a 驅(qū) lO1 5个 5个、 5个县（ “5个".split(),
    *"2019- 2019和 3- 百分之 约占的 四个 1万 其中".split(),
    *"分别1人； 和田1人 1人、 2019年 两县 受援地 向小学 自2019年 北京市总工会".split(),
    "中 ",
    "1\n",
    "甲村{0}万元，",
    "甲省项目{0}个、资金{0}亿元；",
    "共投入{0}万元，其中甲县{0}万元，占50%，共计{0}万元，惠及{0}户{0}人。",
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=20_000)
    settings.configure(USE_I18N=False)  # messages stay in Chinese
    characters = parser.parse_args().characters
    is_met = True
    for piece in PIECES:
        short, long = (seconds_for(repeated(piece, length)) for length in (characters, characters * 4))
        growth = long / max(short, LEAST_SECONDS)
        is_met = is_met and growth < GROWTH_BAR
        print(f"{piece!r:60.60} {short:8.3f} s {long:8.3f} s {growth:6.1f} times")
    print(f"\nbar of {GROWTH_BAR} times: {'met' if is_met else 'not met'}")
    return 0 if is_met else 1


def repeated(piece: str, length: int) -> str:
    """The piece with its number running, so that no two figures are the same."""
    pieces: list[str] = []
    size = 0
    for number in count(1):
        if size >= length:
            break
        pieces.append(piece.replace("{0}", str(number)))
        size += len(pieces[-1])
    return "".join(pieces)


def seconds_for(text: str) -> float:
    """Best of two audits of a text."""
    return min(once(text) for _ in range(2))


def once(text: str) -> float:
    began = time.process_time()
    cleaned = clean(text)
    structure = structure_of(cleaned)
    relate(cleaned, structure, scoped(cleaned, structure, extract(cleaned)))
    return time.process_time() - began


if __name__ == "__main__":
    raise SystemExit(main())
