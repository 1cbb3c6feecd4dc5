"""Names of columns and form fields, in Chinese and English -> lead fields; and where in a file the header is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from leads.errors import BadInput
from leads.text import fold

#: Lead field -> the names people give it. ``given``, ``surname`` and ``district`` are parts of name and address.
NAMES: dict[str, str] = {
    "name": "name|full name|contact|contact name|contact person|customer name|client name|your name|lead name|person"
    "|姓名|名字|名称姓名|联系人|联系人姓名|联系人名称|客户姓名|客户名|称呼|您的姓名|客户联系人|收件人|尊称",
    "given": "first name|firstname|given name|forename|fname|名",
    "surname": "last name|lastname|surname|family name|lname|姓|姓氏",
    "company": "company|company name|organisation|organization|organisation name|organization name|account|account name"
    "|business|business name|employer|firm|公司|公司名|公司名称|单位|单位名称|企业|企业名称|客户公司|所在公司|客户名称|工作单位|公司全称|机构|机构名称|brand|品牌",
    "title": "title|job title|job|position|role|designation|occupation|职位|职务|岗位|头衔|职称",
    "phone": "phone|phones|phone number|phone no|telephone|tel|mobile|mobile phone|mobile number|cell|cell phone|cellphone|phone1"
    "|phone2|contact number|contact phone|work phone|business phone|home phone|whatsapp number|user phone"
    "|手机|手机号|手机号码|电话|电话号码|联系电话|联系方式|固话|座机|固定电话|办公电话|移动电话|联系手机|客户电话|备用电话|电话1|电话2|手机1|手机2|公司电话",
    "email": "email|emails|e mail|mail|email address|e mail address|work email|business email|user email|contact email"
    "|邮箱|电子邮箱|邮件|电子邮件|邮箱地址|email邮箱|工作邮箱|邮件地址",
    "wechat": "wechat|wechat id|weixin|wx|微信|微信号|微信id",
    "qq": "qq|qq号|qq号码|qq number",
    "whatsapp": "whatsapp|whats app",
    "website": "website|web site|url|web|homepage|domain|网站|网址|官网|公司网址|公司网站|主页",
    "address": "address|street|street address|address line 1|address1|address 1|mailing address|location"
    "|地址|详细地址|联系地址|公司地址|通讯地址|办公地址|街道|所在地址|住址",
    "district": "district|county|区|区县|县区|县|区域县",
    "city": "city|town|suburb|所在城市|城市|市|地市",
    "region": "region|state|province|state province|省|省份|所在省份|所在省|地区|省市",
    "country": "country|nation|国家|国别|国家地区",
    "postcode": "postcode|post code|postal code|zip|zip code|zipcode|邮编|邮政编码",
    "industry": "industry|sector|行业|所属行业|行业类别|所在行业",
    "company_size": "company size|employees|number of employees|headcount|size|staff|公司规模|规模|人数|企业规模|员工人数",
    "product": "product|products|product interest|interested in|interest|产品|意向产品|产品线|咨询产品|需求产品|感兴趣的产品",
    "value": "value|amount|budget|deal value|revenue|annual revenue|estimated value|金额|预算|预计金额|客户价值|意向金额",
    "message": "message|comment|comments|note|notes|description|enquiry|inquiry|question|remark|remarks|details"
    "|备注|留言|需求|咨询内容|说明|描述|问题|需求描述|内容|客户需求",
    "consent": "consent|consent given|consent granted|consent value|marketing consent|agree|agreed|opt in|optin|gdpr"
    "|gdpr consent|terms|privacy|同意|授权|是否同意|隐私协议|隐私同意",
    "channel": "channel|utm medium|medium|渠道|来源渠道|推广渠道",
    "campaign": "campaign|campaign name|utm campaign|活动|推广活动|广告计划|活动名称",
    "line": "line|hotline|called number|called|热线|来电线路|被叫号码|接入号码",
    "owner": "owner|lead owner|account owner|sales rep|salesperson|负责人|业务员|销售|客户经理|归属人|跟进人",
    "grade": "grade|rating|lead grade|等级|客户等级|级别|客户级别",
}

#: Objects that wrap a lead in somebody's JSON: ``contact.email`` is the lead's mail, ``agent.email`` is not.
_WRAPPERS = frozenset(
    (
        *("contact", "lead", "customer", "person", "user", "visitor", "client", "hidden", "data", "fields", "form"),
        *("answers", "payload", "attributes", "properties", "values", "body", "submission"),
    )
)
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_SEPARATORS = re.compile(r"[\W_]+")
#: How far into a file its header may be: titles and notes come before it.
HEADER_ROWS = 20


def _key(name: str) -> str:
    return _SEPARATORS.sub("", _BRACKETED.sub("", fold(name)))


_FIELDS = {_key(name): field for field, names in NAMES.items() for name in names.split("|")}
_FIELDS.update({_key(field): field for field in NAMES})
#: Words in a question that say what the answer is, first that fits: "What is your first name?"
_QUESTIONS = (
    ("first name", "given"), ("given name", "given"), ("last name", "surname"), ("surname", "surname"),
    ("company", "company"), ("organi", "company"), ("公司", "company"), ("单位", "company"), ("姓名", "name"),
    ("称呼", "name"), ("your name", "name"), ("full name", "name"), ("city", "city"), ("城市", "city"),
    ("wechat", "wechat"), ("微信", "wechat"), ("job title", "title"), ("职位", "title"), ("industry", "industry"),
    ("行业", "industry"),
)  # fmt: skip


@lru_cache(maxsize=10_000)
def recognise(name: str) -> str:
    """The lead field a column or key stands for, "" when none: "E-mail *" -> email, 联系电话（必填） -> phone."""
    field = _FIELDS.get(_key(name), "")
    if not field and "." in name:
        *parents, last = name.split(".")
        if all(parent.isdigit() or _key(parent) in _WRAPPERS for parent in parents):
            field = _FIELDS.get(_key(last), "")
    return field


@lru_cache(maxsize=10_000)
def recognise_question(title: str) -> str:
    """The lead field a question of a form asks for, "" when none."""
    text = fold(title)
    return recognise(title) or next((field for words, field in _QUESTIONS if words in text), "")


def unique(cells: Sequence[str]) -> tuple[str, ...]:
    """Names of columns: empty ones are numbered ("column 3"), repeated ones told apart ("电话 (2)")."""
    names: list[str] = []
    for n, cell in enumerate(cells, 1):
        name = base = " ".join(cell.split()) or f"column {n}"
        k = 1
        while name in names:
            k += 1
            name = f"{base} ({k})"
        names.append(name)
    return tuple(names)


def find_header(rows: Sequence[Sequence[str]], wanted: Sequence[str] = ()) -> int:
    """Index of the header among the first rows: most of the ``wanted`` columns, or most recognised names.

    Raises BadInput with the columns there are, when wanted ones are missing or nothing is recognised.
    """
    if not any(any(row) for row in rows):
        raise BadInput("empty_file", "The file has no rows. Check that the right file was chosen.")
    scores = [header_score(row, wanted) for row in rows]
    best = max(range(len(rows)), key=lambda n: (scores[n], -n))
    missing = [name for name in wanted if name not in unique(rows[best])]
    if missing:
        raise BadInput("missing_column", f"The mapping names {_listed(missing)}; the file has {_shown(rows[best])}.")
    if not wanted and not scores[best]:
        first = next(row for row in rows if any(row))
        raise BadInput("no_header", f"No column is recognised; give a mapping. The first row has {_shown(first)}.")
    return best


def header_score(row: Sequence[str], wanted: Sequence[str]) -> int:
    """How many of the ``wanted`` columns a row has; without any wanted, how many lead fields its cells name."""
    if wanted:
        return len(set(wanted) & set(unique(row)))
    return len({field for cell in row if (field := recognise(cell))})


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"“{name}”" for name in names[:50]) or "no columns"


def _shown(row: Sequence[str]) -> str:
    """What looks like names of columns. A first row that is data must not get into an error text."""
    return _listed([cell for cell in row if cell and "@" not in cell and not re.search(r"\d{4}", cell)])
