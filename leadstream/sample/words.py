"""Invented material of the sample leads: nobody and no company in it is meant to exist.

Numbers lie in ranges kept for fiction where a country has such (UK 07700 900, US 555-01, Berlin 030 23125).
"""

from __future__ import annotations

from typing import NamedTuple

_words = str.split

SURNAMES: tuple[tuple[str, str, str], ...] = tuple(  # simplified, traditional, pinyin
    (word[0], word[1], word[2:])
    for word in _words(
        "张張zhang 王王wang 李李li 刘劉liu 陈陳chen 杨楊yang 赵趙zhao 黄黃huang 周周zhou 吴吳wu 徐徐xu 孙孫sun 马馬ma 朱朱zhu "
        "胡胡hu 郭郭guo 何何he 高高gao 林林lin 罗羅luo 郑鄭zheng 梁梁liang 谢謝xie 宋宋song 唐唐tang 许許xu 邓鄧deng 韩韓han 冯馮feng 曹曹cao "
        "彭彭peng 曾曾zeng 肖肖xiao 田田tian 董董dong 潘潘pan 袁袁yuan 蔡蔡cai 蒋蔣jiang 余余yu 于于yu 杜杜du 叶葉ye 程程cheng 魏魏wei 苏蘇su"
    )
)
GIVEN: tuple[tuple[str, str, str], ...] = tuple(
    (word[0], word[1], word[2:])
    for word in _words(
        "伟偉wei 芳芳fang 娜娜na 敏敏min 静靜jing 丽麗li 强強qiang 磊磊lei 洋洋yang 艳艷yan 勇勇yong 杰傑jie 娟娟juan 涛濤tao 明明ming 超超chao "
        "霞霞xia 平平ping 刚剛gang 桂桂gui 晨晨chen 宇宇yu 欣欣xin 浩浩hao 凯凱kai 佳佳jia 嘉嘉jia 琪琪qi 瑶瑤yao 萌萌meng 岚嵐lan 峰峰feng 远遠yuan "
        "博博bo 诚誠cheng 泽澤ze 思思si 雨雨yu 梦夢meng 云雲yun 鹏鵬peng 东東dong 国國guo 华華hua 建建jian 文文wen 志志zhi 晓曉xiao 海海hai 春春chun"
    )
)
FIRST = _words(
    "Robert Bob|William Bill|Elizabeth Liz|Katherine Kate|Michael Mike|Thomas Tom|Margaret Peggy|Richard Dick|James Jim|"
    "Edward Ted|Susan Sue|Andrew Andy|Rebecca Becky|Anthony Tony|Jennifer Jenny|Christopher Chris|Patricia Pat|Daniel Dan",
    "|",
)
LAST = _words(
    "Ashcombe Birchall Calloway Dunmore Eastwick Fairbairn Garrow Hollis Ingleby Jessop Kettering Lorimer Marchbank Norcott Oakden "
    "Pemberley Quarrie Ravenhill Selwood Thackray Underhay Venning Wetherby Yarrow Ackland Brockway Colby Denholm Everley Foxley"
)
BRAND_CHARS: tuple[tuple[str, str], ...] = tuple(
    (word[0], word[1:])
    for word in _words(
        "云yun 启qi 恒heng 瑞rui 盛sheng 拓tuo 锦jin 澜lan 晟sheng 朗lang 泓hong 钧jun 昊hao 璟jing 沐mu 屹yi 衡heng 曜yao 颂song 砺li "
        "翊yi 芮rui 岑cen 铂bo 霁ji 湛zhan 骏jun 弘hong 汇hui 旭xu 迈mai 凌ling 致zhi 域yu 巍wei 尚shang 卓zhuo 源yuan 谷gu 森sen"
    )
)
TRADES: tuple[tuple[str, str, str], ...] = (
    ("科技", "technology", "科技"),
    ("机械设备", "manufacturing", "機械設備"),
    ("贸易", "trade", "貿易"),
    ("信息技术", "software", "信息技術"),
    ("餐饮管理", "catering", "餐飲管理"),
    ("教育咨询", "education", "教育諮詢"),
    ("建筑工程", "construction", "建築工程"),
    ("物流", "logistics", "物流"),
    ("医疗器械", "healthcare", "醫療器械"),
    ("精密制造", "制造业", "精密製造"),
)
ENGLISH_BRANDS = _words(
    "Brightwater Copperfield Driftstone Emberline Foxglove Greymarsh Harborlight Ironvale Juniper Kestrelby Larkmoor Millbrace "
    "Northbeam Oakenshaw Pinecrest Quillford Redfern Silverbrook Thornbury Umberly Valewood Westering Yellowgate Zephyrine"
)
ENGLISH_TRADES: tuple[tuple[str, str], ...] = (
    ("Logistics", "logistics"),
    ("Instruments", "manufacturing"),
    ("Foods", "catering"),
    ("Software", "software"),
    ("Consulting", "consulting"),
)
ROADS = _words("云杉路 望江路 锦屏街 槐荫路 青枫路 海棠街 松涛路 长庚路 碧落街 明渠路")
MESSAGES = (
    "想了解一下报价",
    "请尽快联系我",
    "需要产品目录和样品",
    "预算已批，下周定供应商",
    "Please send a quotation",
    "Looking for a partner in the region",
    "We would like a demo next week",
)
PRODUCTS = ("crm", "erp", "scanner", "仓储系统", "客服系统", "training")


class City(NamedTuple):
    name: str
    region: str
    area: str  # area code with its trunk 0
    latin: str


CITIES = (
    City("上海", "上海", "021", "Shanghai"),
    City("杭州", "浙江", "0571", "Hangzhou"),
    City("宁波", "浙江", "0574", "Ningbo"),
    City("苏州", "江苏", "0512", "Suzhou"),
    City("南京", "江苏", "025", "Nanjing"),
    City("合肥", "安徽", "0551", "Hefei"),
    City("广州", "广东", "020", "Guangzhou"),
    City("深圳", "广东", "0755", "Shenzhen"),
    City("厦门", "福建", "0592", "Xiamen"),
    City("成都", "四川", "028", "Chengdu"),
    City("重庆", "重庆", "023", "Chongqing"),
    City("武汉", "湖北", "027", "Wuhan"),
    City("西安", "陕西", "029", "Xi'an"),
    City("北京", "北京", "010", "Beijing"),
    City("天津", "天津", "022", "Tianjin"),
    City("青岛", "山东", "0532", "Qingdao"),
)
SIZES = ("1-20人", "20-50人", "50-100人", "100-499人", "500-1000人", "1000人以上")
VALUES = ("2000", "3,500元", "8000", "1.2万", "５万", "12万", "30-40万", "60万", "1,200,000", "面议")
