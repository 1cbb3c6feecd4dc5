"""Names as people write them: what kind they are, which part is the surname, and what two of them have in common."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.names import LEVELS, letters, name, rarity, same_reading, syllables
from leads.records import Name

# text | kind | surname | given | honorific
UNDERSTOOD = """
张伟|full|张|伟|
張勇|full|张|勇|
周杰伦|full|周|杰伦|
曾庆红|full|曾|庆红|
欧阳娜娜|full|欧阳|娜娜|
杨景和|full|杨|景和|
晁佺|full|晁|佺|
司马懿|full|司马|懿|
诸葛亮|full|诸葛|亮|
陈 越光|full|陈|越光|
陈方安生|full|陈方|安生|
薛之谦|full|薛|之谦|
博峻唐|full|唐|博峻|
买买提·艾力|full|艾力|买买提|
阿不都热西提|full||阿不都热西提|
张伟 经理|full|张|伟|经理
张伟(采购经理)|full|张|伟|经理
采购部张伟|full|张|伟|
刘德华先生|full|刘|德华|mr
许三多 13800001111|full|许|三多|
A五金周成昊|full|周|成昊|
🌹张丽🌹|full|张|丽|
李雷/韩梅梅|full|李|雷|
武曲星-江一川|full|江|一川|
张三丰总|full|张|三丰|总
王总|surname|王||总
李总监|surname|李||总
王女士|surname|王||ms
林先生 13812345678|surname|林||mr
张工|surname|张||工
金老师|surname|金||老师
欧阳先生|surname|欧阳||mr
李师傅13800138000|surname|李||工
小李|surname|李||
老王|surname|王||
小张|surname|张||
老马|surname|马||
小张总|surname|张||总
司马总|surname|司马||总
上官女士|surname|上官||ms
采购张女士|surname|张||ms
市场部张总|surname|张||总
上海张总|surname|张||总
宁波王先生|surname|王||mr
王先生（宁波）|surname|王||mr
王*涛|surname|王||
马哥|surname|马||mr
海涛哥|full|海|涛|mr
郭琼哥|full|郭|琼哥|
胡董|surname|胡||董
Kevin 陈|surname|陈||
阿强|given||强|
长杰|given||长杰|
琳琳|given||琳琳|
静|given||静|
上田 哲也|full|上田|哲也|
高橋翔太|full|高桥|翔太|
山本真由美|full|山本|真由美|
長谷川　純一|full|长谷川|纯一|
藤田 明美さん|full|藤田|明美|
清水健一様|full|清水|健一|
近藤さん|surname|近藤||
金子 隆|full|金|子隆|
福田 李明|full|李|明|
田中|full|田|中|
Nathalie Richard|full|richard|nathalie|
Rossi Giulia|full|rossi|giulia|
Giulia Rossi|full|rossi|giulia|
Kowalczyk Agnieszka|full|kowalczyk|agnieszka|
Tanaka Yuki|full|tanaka|yuki|
Nagy László|full|nagy|laszlo|
Yılmaz Zeynep|full|yilmaz|zeynep|
Kim Min-jun|full|kim|minjun|
Hyun-woo Hong|full|hong|hyeonu|
Jeong Soo-jin|full|jung|sujin|
Han Min-jun|full|han|min jun|
김준호|full|kim|junho|
남궁 민수|full|namkung|minsu|
김준호 과장님|full|kim|junho|
오씨|surname|oh||
Nguyen Thao|full|nguyen|thao|
Nathalie|given||nathalie|
Giulia|given||giulia|
Kowalczyk|surname|kowalczyk||
Zhang Wei|full|zhang|wei|
Wei Zhang|full|zhang|wei|
ZHANG Wei|full|zhang|wei|
Zhang, Wei|full|zhang|wei|
WEI LEE|full|lee|wei|
XIAYING|full|xia|ying|
ouyangfeng|full|ouyang|feng|
LI XIAOMING|full|li|xiaoming|
Chan Tai Man|full|chan|tai man|
Cheung Yung|full|cheung|yung|
Tsai Ing-wen|full|tsai|ing wen|
David Chen|full|chen|david|
Dr. Emily Chen|full|chen|emily|dr
Prof. Li Na|full|li|na|prof
Mr Smith|surname|smith||mr
Miss Wang|surname|wang||ms
Mr.Li|surname|li||mr
Sig. Giannetti|surname|giannetti||mr
Sig.ra Rossi|surname|rossi||ms
Sra. Barragán|surname|barragan||ms
Sr. Diéguez|surname|dieguez||mr
Dhr. van de Klashorst|full|de klashorst|van|mr
Mevr. Lambregt|surname|lambregt||ms
Frau Keller|surname|keller||ms
Fr. Susanne Keller|full|keller|susanne|ms
Mag. Peter Wolf|full|wolf|peter|会计
Mw. Esther Bakker|full|bakker|esther|ms
drs. J. Jansen|initial|jansen|j|dr
Bapak Budi Santoso|full|santoso|budi|mr
Pani Ewa Nowak|full|nowak|ewa|ms
Dra. Ana Souza|full|souza|ana|dr
Avv. Rossi|surname|rossi||会计
Don Smith|full|smith|don|
Don José García|full|garcia|jose|mr
De heer Jansen|surname|jansen||mr
Herr Dr. Schmidt|surname|schmidt||mr
Dr. med. Andreas Wolf|full|wolf|andreas|dr
Dipl.-Ing. Renate Koch|full|koch|renate|eng
Dott.ssa Maria Rossi|full|rossi|maria|dr
Pan Tomasz Nowak|full|nowak|tomasz|mr
Pan Wei|full|pan|wei|
Tanaka-san|surname|tanaka||mr
Zhang San|full|zhang|san|
Anh Nguyen|full|nguyen|anh|
Vincent T. Dhar|full|dhar|vincent t|
Jack 先生|given||jack|mr
Jack|given||jack|
ANNA|given||anna|
John Smith|full|smith|john|
John Smith Jr.|full|smith|john|
Jon Smyth|full|smyth|jon|
Smith, John Q.|full|smith|john q|
Robert R. Nguyen|full|nguyen|robert r|
Mary-Ann O'Brien|full|obrien|mary ann|
José García|full|garcia|jose|
Müller, Hans|full|muller|hans|
Maria da Silva|full|da silva|maria|
van der Berg, Jan|full|van der berg|jan|
W. Zhang|initial|zhang|w|
Smith, J.|initial|smith|j|
Михаил Иванов|full|иванов|михаил|
"""

NOT_PERSONS = """
前台 role
客服 role
采购部 role
总机 role
门卫 role
招标办 role
Sales role
Reception role
Purchasing_Dept role
Customer_Service role
Empfang role
Abt._Einkauf role
Service_des_achats role
Recepción role
Dpto._de_Compras role
Ufficio_Acquisti role
Receptie role
Accounts_Payable role
購買部 role
受付 role
구매팀 role
云淡风轻 chat
上海市浦东 chat
A00建材小王 chat
阳光少年 chat
大海 chat
郑州龙鼎 chat
花开富贵 chat
平安是福 chat
向日葵 chat
阳光 chat
高兴 chat
夏天 chat
任我行 chat
高大上 chat
小确幸 chat
人生如梦 chat
爱吃鱼的猫 chat
天道酬勤 chat
听雨 chat
快乐每一天 chat
一帆风顺 chat
绿豆汤 chat
我是谁 chat
jack88 chat
AAA装修李师傅 chat
"""

NOTHING = """
test placeholder
TEST placeholder
测试 placeholder
无 placeholder
暂无 placeholder
匿名 placeholder
先生 placeholder
客户 placeholder
N/A placeholder
Unbekannt placeholder
k.A. placeholder
Sin_nombre placeholder
名無し placeholder
n.a. placeholder
- placeholder
null placeholder
asdf placeholder
qwertyu nonsense
aaaaa nonsense
zzzzz nonsense
😀 nonsense
sdfgh nonsense
13800138000 looks_like_phone
a@b.com looks_like_email
宇创科技有限公司 looks_like_company
重庆宇创贸易公司 looks_like_company
Acme_Ltd looks_like_company
Lakeside_Motors looks_like_company
"""

# a | b | level
COMPARED = """
张伟|张伟|exact
張偉|张伟|exact
张伟|Zhang Wei|script
张伟|Wei Zhang|script
张伟|zhangwei|script
张伟|WEIZHANG|script
夏颖|XIAYING|script
欧阳锋|Ouyang Feng|script
吕伟|Lv Wei|script
刘卫孝 Jack|Jack Liu|script
张伟|章玮|homophone
张莹|张颖|homophone
张伟|伟张|exact
張勇|Cheung Yung|romanised
谭卫|Tam Wai|romanised
陈大文|Chan Tai Man|romanised
徐志明|Hsu Chih-ming|romanised
周润发|Chow Yun Fat|romanised
欧阳锋|Au Yeung Fung|romanised
吕伟|Lu Wei|romanised
Cheung Yung|Zhang Yong|romanised
Bill Gates|William Gates|nickname
Bob Dylan|Robert Dylan|nickname
John Q. Smith|John Smith|middle
Omkaar T. Manda|Omkaar Manda|middle
John Quincy Smith|John Q Smith|middle
Daniel Ruiz Serrano|Daniel Ruiz|middle
Võ Đức Anh|Anh Vo|middle
Timothy Tan Kian Seng|Kian Seng Tan|middle
Lee Soo-hee|Soo-hee|given_only
Ms. Miller-Stanford|Anna Miller|surname_only
van den Berg J.|Johannes van den Berg|initial
MK|Mika Koskinen|none
Dona Camargo|Stella Camargo|surname_only
A. Rodríguez Otero|Andrea Rodríguez|initial
M. Young|John Young Miller|conflict_given
MK|Pekka Koskinen|conflict
张敏|张明|typo
张静|Zhang Jign|typo
John Smith|John Smithe|typo
John Smith|Jon Smyth|typo
Kevin Ramirez|Kevin Rarnirez|typo
lauern paine|lauren paine|typo
Anna Williamson|Anna Willismaon|typo
lachan sal t|lachlan salt|typo
Michael Jones|Michelle Jones|conflict_given
Willamson|Anna Williamson|surname_only
张伟|W. Zhang|initial
张志伟|Z. W. Zhang|initial
J. Smith|John Smith|initial
Bill Hawkins|W. Hawkins|initial
张志明|张志强|partial
张志明|张明|partial
王总|王伟|surname_only
王总|Wang Wei|surname_only
Mr Wang|王伟|surname_only
Mr Smith|John Smith|surname_only
Jack Liu|刘卫孝|surname_only
Jack Liu|Liu Weixiao|surname_only
长杰|黎长杰|given_only
Changjie|黎长杰|given_only
阿强|王志强|given_only
Jack|刘卫孝 Jack|given_only
Jack|Jack Smith|given_only
上田 哲也|上田哲也|exact
高橋 翔太|高橋翔太様|exact
田中 裕子|田中 翔太|conflict_given
近藤さん|近藤 健一|surname_only
中村直樹|Naoki Nakamura|surname_only
Jack|刘卫孝|english_alias
Jack|Liu Weixiao|english_alias
小兰|刘莉兰|given_only
Soo-hee|Lee Soo-hee|given_only
Seo-woo|Seowoo Kang|given_only
Pili|Pili Busquets Luz|given_only
Kenichi|Kenichi Sakamoto|given_only
Sra. Sotelo Diego|Evelia Sotelo Diego|surname_only
Ji-un Park|Ji-jun Park|typo
Nicholas|N Hurst|none
Mr. Blair|Austin B.|none
Sr. Diéguez|Ciro|none
Mr Wang|Smith|conflict
윤준혜|Junhye Yoon|exact
김준호|Kim Jun-ho|exact
정성민|Sung-min Jeong|exact
한민준|Min-jun Han|order
김준호|김님|surname_only
김준호|김민수|conflict_given
유은정|Eun-jung Yoo|exact
张伟|前台|none
云淡风轻|张伟|none
王总|阿强|none
张伟|张强|conflict_given
张伟|L. Zhang|conflict_given
J. Smith|Mary Smith|conflict_given
张志明|李志明|conflict_surname
Mary Jones|Mary Smith|conflict_surname
张伟|李伟|conflict
张伟|王芳|conflict
张伟|John Smith|conflict
John Smith|Peter Brown|conflict
王总|李伟|conflict
Mr Wang|李伟|conflict
"""


def rows(table: str) -> list[tuple[str, ...]]:
    return [tuple(line.split("|")) for line in table.strip().splitlines()]


def pairs(table: str) -> list[tuple[str, str]]:
    return [
        (text.replace("_", " "), kind) for text, kind in (line.rsplit(" ", 1) for line in table.strip().splitlines())
    ]


def known(text: str) -> Name:
    found, _ = name(text)
    assert found is not None
    return found


@pytest.mark.parametrize(("text", "kind", "surname", "given_name", "honorific"), rows(UNDERSTOOD))
def test_a_name_is_taken_apart(text: str, kind: str, surname: str, given_name: str, honorific: str) -> None:
    found = known(text)
    assert (found.kind, found.surname, found.given, found.honorific) == (kind, surname, given_name, honorific)


@pytest.mark.parametrize(("text", "kind"), pairs(NOT_PERSONS))
def test_roles_and_nicknames_are_no_persons(text: str, kind: str) -> None:
    assert known(text).kind == kind


@pytest.mark.parametrize(("text", "reason"), pairs(NOTHING))
def test_nothing_of_use_comes_with_its_reason(text: str, reason: str) -> None:
    assert name(text) == (None, reason)


@pytest.mark.parametrize(("a", "b", "level"), rows(COMPARED))
def test_two_names_meet_at_a_level_whichever_comes_first(a: str, b: str, level: str) -> None:
    assert (same_reading(known(a), known(b)), same_reading(known(b), known(a))) == (level, level)


def test_the_reading_of_a_surname_is_its_own() -> None:
    assert [known(text).latin[0] for text in ("曾强", "单强", "仇强", "解强", "区强", "查强")] == [
        "zeng", "shan", "qiu", "xie", "ou", "zha",
    ]  # fmt: skip


def test_the_english_name_beside_a_han_name_is_kept() -> None:
    assert known("刘卫孝 Jack").latin == ("liu", "wei", "xiao", "jack")


@pytest.mark.parametrize("other", ["張偉", "章玮", "Zhang Wei", "Wei Zhang", "ZHANGWEI", "Zhang, Wei", "张伟 Jack"])
def test_one_key_of_letters_for_every_spelling(other: str) -> None:
    assert letters(known(other)) == letters(known("张伟"))


def test_nobody_has_no_letters_and_no_rarity() -> None:
    assert letters(known("前台")) == ""
    assert rarity(known("云淡风轻")) == 0.0


@pytest.mark.parametrize(
    ("rarer", "commoner"),
    [
        ("蔺喆", "王伟"),
        ("欧阳娜娜", "李娜"),
        ("Zebulon Quackenbush", "John Smith"),
        ("张伟", "张"),
        ("Shan Zhe", "Wang Wei"),
        ("Zebulon Rossi", "Giulia Rossi"),
        ("欧阳娜娜", "佐藤隆"),
        ("Zebulon Quackenbush", "김준호"),
    ],
)
def test_a_rare_name_says_more(rarer: str, commoner: str) -> None:
    assert rarity(known(rarer)) > rarity(known(commoner)) > 0


def test_syllables_of_glued_pinyin() -> None:
    assert syllables(("zhang", "xiaoming")) == ("zhang", "xiao", "ming")


WRITTEN = st.one_of(
    st.text(max_size=30),
    st.text(alphabet="王李张伟丽明小老总经理先生欧阳云淡风轻 ,.()·-A0aJackSmith'@0123", max_size=14),
)


@given(WRITTEN)
@settings(deadline=None)
def test_a_name_found_is_found_again_in_its_text(text: str) -> None:
    found, reason = name(text)
    if found is None:
        assert reason
    else:
        again, _ = name(found.text)
        assert again is not None
        assert again.text == found.text


@given(WRITTEN, WRITTEN)
@settings(deadline=None)
def test_comparing_is_symmetric_and_a_name_never_contradicts_itself(a: str, b: str) -> None:
    x, y = name(a)[0], name(b)[0]
    if x is None or y is None:
        return
    assert same_reading(x, y) == same_reading(y, x)
    assert same_reading(x, y) in LEVELS
    assert "conflict" not in same_reading(x, x)
