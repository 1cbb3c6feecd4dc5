"""Fields, comparison levels and outcomes in words, English and Chinese: what ``explain`` says."""

from __future__ import annotations

from typing import Literal

Lang = Literal["en", "zh"]

FIELDS: dict[str, tuple[str, str]] = {
    "phone": ("phone", "电话"),
    "email": ("e-mail", "邮箱"),
    "handle": ("messenger", "社交账号"),
    "name": ("name", "姓名"),
    "company": ("company", "公司"),
    "address": ("address", "地址"),
    "city": ("city", "城市"),
    "postcode": ("postcode", "邮编"),
    "id": ("identifier", "证件号"),
    "date": ("date", "日期"),
    "number": ("figure", "数值"),
    "category": ("category", "类别"),
    "text": ("text", "文本"),
}

#: "field.level" or, for all fields, "level".
LEVELS: dict[str, tuple[str, str]] = {
    "exact": ("the same", "完全一致"),
    "same": ("the same", "一致"),
    "near": ("nearly the same", "近似"),
    "differs": ("differs", "不同"),
    "bare_number": ("other number in the road, and there is only the organisation", "同路不同号（仅有单位信息）"),
    "few_words": ("few words in common", "相同词很少"),
    "bare_differs": ("differs, and there is only the organisation", "不同（仅有单位信息）"),
    "phone.mobile": ("the same mobile", "手机号一致"),
    "phone.number": ("the same number", "号码一致"),
    "phone.extension": ("the same number and extension", "总机与分机均一致"),
    "phone.line": ("the same landline", "座机一致"),
    "phone.service": ("the same service number", "客服号码一致"),
    "phone.line_near": ("nearly the same number, perhaps a colleague's", "号码近似，可能是同事的"),
    "phone.masked": ("the digits known agree", "已知数字吻合"),
    "phone.other_extension": ("another extension of the line", "同一总机、分机不同"),
    "phone.line_differs": ("another landline", "座机不同"),
    "email.role": ("the same shared mailbox", "公共邮箱一致"),
    "email.role_near": ("nearly the same shared mailbox", "公共邮箱近似"),
    "email.other_suffix": ("the same mailbox, other ending", "邮箱一致、后缀不同"),
    "email.near_digit": ("one digit of the mailbox differs", "邮箱仅差一位数字"),
    "email.work_and_home": ("one at work, one private", "一个工作邮箱，一个私人邮箱"),
    "email.domain": ("a colleague's mailbox", "同一企业邮箱域名"),
    "email.same_local": ("the same mailbox name elsewhere", "邮箱名一致、服务商不同"),
    "email.same_local_plain": ("the same mailbox name elsewhere, without digits", "邮箱名一致、服务商不同（无数字）"),
    "handle.mailbox": ("one side's handle, the other's mailbox", "一方账号即另一方邮箱"),
    "handle.from_name": ("the same, but made from the name", "一致（由姓名生成）"),
    "date.parts": ("two of year, month, day agree", "年月日中两项一致"),
    "name.script": ("a Chinese name and its pinyin", "汉字与拼音吻合"),
    "name.order": ("the same, in other order", "一致（顺序不同）"),
    "name.homophone": ("sounds the same", "同音"),
    "name.romanised": ("another romanisation", "另一种罗马拼写"),
    "name.nickname": ("a nickname", "昵称吻合"),
    "name.middle": ("the same but for a middle name", "一致（中间名除外）"),
    "name.typo": ("one letter or sound off", "差一个字母或音"),
    "name.initial": ("an initial that fits", "首字母吻合"),
    "name.partial": ("half of the given name agrees", "名字部分一致"),
    "name.surname_only": ("the surname agrees", "姓氏一致"),
    "name.given_only": ("the given name agrees", "名字一致"),
    "name.english_alias": ("an English name beside a Chinese one", "中文名与英文名并存"),
    "name.none": ("nothing to compare", "无可比较"),
    "name.conflict_given": ("same surname, other given name", "同姓不同名"),
    "name.surname_given_differs": ("same surname, other given name", "同姓不同名"),
    "name.conflict_surname": ("same given name, other surname", "同名不同姓"),
    "name.given_only_same": ("same given name, other surname", "同名不同姓"),
    "name.one_character": ("one character of the given name differs", "名字差一个字"),
    "name.conflict": ("another name", "姓名不同"),
    "name.conflict_but_born": ("another name, but the same birth date or identifier", "姓名不同，但生日或证件一致"),
    "name.partial_conflict": ("does not fit", "不吻合"),
    "name.partial_differs": ("does not fit", "不吻合"),
    "name.overruled": ("another name, but birth date, identifier or mailbox agree", "姓名不同，但生日、证件或邮箱一致"),
    "name.mailbox_of_kin": ("no name, but a mailbox of the same surname", "无姓名，邮箱拼写为同姓他人"),
    "name.absent": ("missing on one side", "一方缺失"),
    "name.one_absent": ("missing on one side", "一方缺失"),
    "name.both_absent": ("missing on both sides", "双方均缺失"),
    "name.both_bare": ("none expected: organisations", "双方均为单位，无联系人"),
    "name.mailbox_spells": ("the mailbox spells it", "邮箱拼写吻合"),
    "company.core": ("the same firm", "同一公司"),
    "company.core_bare": ("the same organisation", "同一单位"),
    "company.sounds": ("sounds the same", "同音"),
    "company.brand": ("the brand agrees", "品牌一致"),
    "company.inside": ("one name inside the other", "名称包含"),
    "company.words": ("words in common", "部分词语一致"),
    "company.domain": ("the mail domain spells it", "邮箱域名吻合"),
    "company.branch": ("another branch", "另一分公司"),
    "company.script_differs": ("one Chinese, one Latin", "中英文写法，无法比较"),
    "address.road_number": ("the same house", "同一门牌"),
    "address.room": ("the same room", "同一房间"),
    "address.whole": ("the same address to the letter", "地址完全相同"),
    "address.other_room": ("another room of the house", "同一门牌、房间不同"),
    "address.road": ("the same road", "同一道路"),
    "address.number_near": ("the same road, number one digit off", "同一道路、门牌差一位"),
    "address.other_number": ("the same road, other number", "同一道路、门牌不同"),
    "text.words": ("words in common", "部分词语一致"),
}

#: What happened, by outcome code.
CODES: dict[str, tuple[str, str]] = {
    "assigned": ("assigned", "已分配"),
    "pooled": ("in the pool", "进入公海"),
    "merged": ("merged with a known customer", "并入已有客户"),
    "contested": ("contested: the customer has an owner", "撞单：客户已有负责人"),
    "review": ("for a person to decide", "待人工判断"),
    "suppressed": ("not worked", "不予跟进"),
    "rejected": ("cannot be used", "无法使用"),
}

#: Reasons of all codes.
REASON_WORDS: dict[str, tuple[str, str]] = {
    "rule": ("by rule", "按规则"),
    "same_account": ("to the owner of the same company", "归同公司客户的负责人"),
    "claimed": ("reported as his own", "由本人报备"),
    "customer": ("an existing customer", "已有客户"),
    "matched_rule": ("by rule", "规则指定"),
    "unmatched": ("no rule matched", "没有命中任何规则"),
    "parked": ("nobody can take it now", "暂时无人可接"),
    "same_contact": ("the same contact", "同一联系人"),
    "call_update": ("a further status of one call", "同一通话的后续状态"),
    "in_pool": ("the known customer waits in a pool", "已有客户在公海中"),
    "owned_by_other": ("somebody else claims it", "他人报备"),
    "two_owners": ("two owners met", "两位负责人相遇"),
    "unsure": ("the evidence leaves it open", "证据不足以判断"),
    "withheld": ("the number is withheld", "来电号码隐藏"),
    "internal": ("a number of our own", "内部号码"),
    "do_not_contact": ("asked not to be contacted", "客户要求勿扰"),
    "erased": ("erased on request", "已按要求删除"),
    "test": ("a test", "测试数据"),
    "malformed": ("cannot be read", "格式错误"),
    "no_identity": ("nothing says who it is", "没有任何身份信息"),
    "unknown_tenant": ("unknown tenant", "租户不存在"),
    "bad_field": ("a field cannot be used", "字段无效"),
    "killed_worker": ("set aside: it stopped the program twice", "已隔离：两次使程序中断"),
    "too_large": ("too large", "过大"),
    "undone": ("its import was undone", "所属导入已撤销"),
    "not_unique": ("another customer has a value that must be unique", "须唯一的字段与其他客户重复"),
}

VERDICTS: dict[str, tuple[str, str]] = {
    "new": ("a new customer", "新客户"),
    "same": ("a known customer", "已有客户"),
    "unsure": ("left open", "无法确定"),
}


def level(field: str, name: str, lang: Lang) -> str:
    """A comparison level in words; its own name when there are none."""
    pair = LEVELS.get(f"{field}.{name}") or LEVELS.get(name)
    return name if pair is None else pair[lang == "zh"]


def word(table: dict[str, tuple[str, str]], key: str, lang: Lang) -> str:
    """``key`` in words; itself when the table has none."""
    pair = table.get(key)
    return key if pair is None else pair[lang == "zh"]
