"""How names of organisations are written, compared, taken apart; the credit code. Pure functions.

What is found here is a proposal: two ways of writing are candidates for one party until somebody decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from xieshou.parties.kinds import PartyKind

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\ufeff]")
_CJK = r"[\u3400-\u9fff\uf900-\ufaff]"
_SPACE_BESIDE_CJK = re.compile(rf"(?<={_CJK})\s+|\s+(?={_CJK})")
_QUOTES = str.maketrans("", "", "\"'“”‘’「」『』《》〈〉")


def clean_name(text: str) -> str:
    """The name as it is kept: half-width brackets and digits, no invisible characters, no space beside a character."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return re.sub(r"\s+", " ", _SPACE_BESIDE_CJK.sub("", text)).strip(" 、,;。.")


def normalise_name(text: str) -> str:
    """The name as it is compared: `clean_name` without quotation marks, without case. Equal results are one name."""
    return clean_name(clean_name(text).translate(_QUOTES).casefold())


# A comma, semicolon, slash or plus between names always parts them; 和, 与 and 及 never do: five of the 124 texts of
# the fund report of 从化 have a 和 inside a name (联和街, 人力资源和社会保障局 …), none has one between two names.
_MARKS = "、,;/|+"
_ENUMERATOR = re.compile(r"(?:(?<!\S)\d{1,2}[.)、](?!\d)|\(\d{1,2}\))\s*")
_ENDS_A_NAME = re.compile(
    r"(?:公司|集团|银行|厂|店|社|局|厅|委|委员会|办|办公室|办事处|街|街道|镇|乡|村|院|所|站|中心|台|校|学|学院|大学|医院"
    r"|工会|会|联|协|基金会|总队|支队|大队|队|处|科|部|园|馆|日报|报|区|法院|检察院|支部|党校)(?:\([^()]*\))?$"
)
# 支队, 分局 …: what stands below another unit and does not name itself without it.
_ENDS_A_SUBUNIT = re.compile(r"(?:支队|大队|中队|分局|分公司|分行|支行|分校|分会|分院|处|科|室|所|站|车间|支部|部)$")
_AREA = r"(?:[\u4e00-\u9fff]{2,7}?(?:省|自治区|自治州|州|盟|市))?(?:[\u4e00-\u9fff]{1,7}?(?:新区|开发区|区|县|旗|市))"
_LEADING_AREA = re.compile(rf"^{_AREA}(?=[\u4e00-\u9fff]{{2}})")
_ONLY_AN_AREA = re.compile(rf"^{_AREA}$")
_AREA_INSIDE = re.compile(r"[\u4e00-\u9fff](?<![社小园城校库])(?:区|县|旗|市)(?!域|场|民)")
# Offices of a district; a company or a university of the next name is not the district's.
_BELONGS_TO_AN_AREA = re.compile(r"(?:街|街道|办事处|镇|乡|村|社区|局|办|办公室|委|委员会|工会|院|联社|妇联|科协)$")


def split_names(text: str) -> list[str]:
    """The units that one cell names, as written and in order, each once; one name stays whole.

    、 , ; / | + part names outside brackets. A line break or a space parts them only between two whole names: a cell
    is also wrapped inside a name, and 省渔政总队 广州支队 is one unit, the second word being a part of the first. Two
    names run together without any mark stay one text (广州交通集团有限公司广州二运集团有限公司: a company named through
    its parent); `may_name_several` says so.
    """
    names: list[str] = []
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    for piece in _cut_at_marks(_ENUMERATOR.sub(";", plain)):
        names.extend(_cut_at_spaces(piece))
    return list(dict.fromkeys(names))


def _cut_at_marks(text: str) -> list[str]:
    pieces, start, depth = [], 0, 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character in _MARKS and depth <= 0:
            pieces.append(text[start:position])
            start = position + 1
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.strip()]


def _cut_at_spaces(piece: str) -> list[str]:
    names: list[str] = []
    for word in piece.split():
        if names and not _parts_two_names(names[-1], word):
            names[-1] = clean_name(f"{names[-1]} {word}")
        else:
            names.append(clean_name(word))
    return names


def _parts_two_names(before: str, after: str) -> bool:
    if not (_ENDS_A_NAME.search(before) and _ENDS_A_NAME.search(after)) or _ONLY_AN_AREA.match(before):
        return False
    return bool(_LEADING_AREA.match(after)) or not _ENDS_A_SUBUNIT.search(after)


_LEGAL_ENDING = re.compile(
    r"(?:有限责任公司|股份有限公司|有限公司|集团公司|总公司)(?!.{0,4}(?:分|子|总)?公司$)(?=.{4,})"
)
_CONNECTIVE = re.compile(
    r"(?:公司|集团|银行|大学|学院|医院|街道|办事处|局|委员会)(?:和|与|及|以及|暨)(?!平|谐|睦)[\u4e00-\u9fff]{4,}"
)


def may_name_several(text: str) -> bool:
    """Whether a text that `split_names` leaves whole could still name several units, so that the preview asks."""
    return len(split_names(text)) == 1 and bool(_LEGAL_ENDING.search(clean_name(text)) or _CONNECTIVE.search(text))


def member_names(text: str) -> list[str]:
    """Full names proposed for the units of one cell: a later member inherits the area of the one before.

    荔湾区桥中街、西村街办事处 → 荔湾区桥中街, 荔湾区西村街办事处. Only an office of an area inherits, and only when its
    own name has no area: 海珠区滨江街、万宝集团 keeps 万宝集团.
    """
    names: list[str] = []
    area = ""
    for name in split_names(text):
        own = _LEADING_AREA.match(name)
        if own:
            area = own.group()
        elif area and _BELONGS_TO_AN_AREA.search(name) and not _AREA_INSIDE.search(name):
            name = area + name
        names.append(name)
    return list(dict.fromkeys(names))


_STREET = re.compile(r"(?:人民政府)?([\u4e00-\u9fff]{1,5}?)(?:街道办事处|街办事处|街道办|街道|街办|街)$")
_GOVERNMENT_OF = re.compile(r"人民政府(?=.)")
_LEGAL_FORM = re.compile(r"(?:集团)?(?:股份)?(?:有限责任公司|有限公司|公司)$|集团$")
_LEADING_CITY = re.compile(r"^([\u4e00-\u9fff]{2,6}?(?<!城)市|[市省](?![场区道]))(?=[\u4e00-\u9fff]{2})")
_COMMON_SHORT_FORMS = (
    ("委员会办公室", "委办"),
    ("办公室", "办"),
    ("委员会", "委"),
    ("人力资源和社会保障", "人社"),
    ("发展和改革", "发改"),
    ("国有资产监督管理", "国资"),
    ("住房和城乡建设", "住建"),
    ("文学艺术界联合会", "文联"),
    ("社会科学界联合会", "社科联"),
    ("妇女联合会", "妇联"),
    ("科学技术协会", "科协"),
    ("归国华侨联合会", "侨联"),
    ("台湾同胞联谊会", "台联"),
    ("国际贸易促进", "贸促"),
    ("安全生产监督管理", "安监"),
    ("安全监管", "安监"),
)


@dataclass(frozen=True, slots=True)
class ComparisonKey:
    """A name reduced to what tells units apart.

    city: the leading city as written (广州市), "市" for the bare 市 of an office that writes to its own city, or "".
    rest: the remainder with 街道办事处, 街办事处 … as 街, without legal form, with the usual short forms of offices.
    """

    city: str
    rest: str


@lru_cache(maxsize=65_536)
def comparison_key(name: str) -> ComparisonKey:
    """The key of a name or of a cell's text. Two names with equal `rest` and compatible cities may be one unit."""
    name = normalise_name(name)
    city = _LEADING_CITY.match(name)
    rest = name[city.end() :] if city else name
    rest = _GOVERNMENT_OF.sub("", rest)
    rest = _STREET.sub(r"\1街", rest)
    for long, short in _COMMON_SHORT_FORMS:
        rest = rest.replace(long, short)
    shorter = _LEGAL_FORM.sub("", rest)
    return ComparisonKey(city.group(1) if city else "", shorter if len(shorter) >= 2 else rest)


def cities_agree(one: str, other: str) -> bool:
    """Whether two leading cities can be the same: equal, or one of them left out or written as the bare 市."""
    return one == other or one in ("", "市") or other in ("", "市")


# The first ending that fits decides; order matters (供销合作总社 before 合作社, 学院 before 院).
_KIND_BY_ENDING: tuple[tuple[re.Pattern[str], PartyKind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"(?:街道办事处|街办事处|街道办|街办|街道|街)$", PartyKind.STREET),
        (r"(?:党支部|党总支|支部委员会)$", PartyKind.PARTY_BRANCH),
        (r"(?:总工会|工会|工会委员会)$", PartyKind.UNION),
        (r"供销合作(?:总社|联社|社联合社)$", PartyKind.PUBLIC_INSTITUTION),
        (r"(?:合作社|合作联社)$", PartyKind.COOPERATIVE),
        (r"(?:公司|集团|厂|银行|商场|酒店|宾馆)$", PartyKind.ENTERPRISE),
        (r"(?:大学|学院|学校|中学|小学|幼儿园|技校|党校)$", PartyKind.SCHOOL),
        (r"(?:医院|卫生院|妇幼保健院|疗养院)$", PartyKind.HOSPITAL),
        (
            r"(?:联合会|妇联|侨联|台联|科协|文联|社科联|残联|协会|学会|商会|基金会|促进会|慈善会|贸促会|联谊会"
            r"|国际贸易促进委员会.*委员会)$",
            PartyKind.SOCIAL_ORGANISATION,
        ),
        (
            r"(?:设计院|研究院|研究所|研究室|电视台|日报|日报社|中心|图书馆|博物馆|仲裁委)$",
            PartyKind.PUBLIC_INSTITUTION,
        ),
        (
            r"(?:政府|局|厅|委|委员会|办|办公室|办公厅|工委|检察院|法院|总队|支队|大队|镇|乡|团.{2,6}委)$",
            PartyKind.GOVERNMENT,
        ),
        (r"村$", PartyKind.OTHER),  # the party of a village is made from its place code, never from its name
    )
)


def guess_kind(name: str) -> PartyKind:
    """The kind that a name's ending suggests; OTHER when none does. A proposal: a person may say otherwise."""
    name = re.sub(r"\([^()]*\)$", "", clean_name(name))
    return next((kind for pattern, kind in _KIND_BY_ENDING if pattern.search(name)), PartyKind.OTHER)


_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I O S V Z
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_uscc(code: str) -> bool:
    """Whether a unified social credit code (统一社会信用代码) is well formed: length, alphabet, check character.

    Source: GB 32100-2015: 17 weights, check = (31 − Σ mod 31) mod 31.
    """
    if len(code) != 18 or any(character not in _USCC_ALPHABET for character in code):
        return False
    total = sum(
        weight * _USCC_ALPHABET.index(character) for weight, character in zip(_USCC_WEIGHTS, code, strict=False)
    )
    return _USCC_ALPHABET[-total % 31] == code[17]


def clean_uscc(text: str) -> str:
    """The code as it is stored: half-width capitals without spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
