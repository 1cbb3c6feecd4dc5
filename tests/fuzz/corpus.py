"""What goes in: real-looking values, and the pieces that have broken parsers elsewhere, spliced and repeated from a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

#: Values as people write them: a mutation of something nearly right goes deeper into a parser than noise.
SEEDS: tuple[str, ...] = (
    *("13800138000", "+86 138-0013-8000", "021-69318441-562", "(312) 406-3488 ext 12", "138****8000", "1.38001E+10"),
    *(
        "wang.wei+news@example.com",
        "王伟 <wei@例子.公司>",
        "wei (at) example (dot) com",
        "QQ 123456789",
        "微信：wx_abc123",
    ),
    *("王伟", "欧阳 娜娜 小姐", "Dr. Renée O'Neill-Smith, Jr.", "Tsai Ing-wen", "张先生13800138000", "N/A"),
    *("北京安捷医疗器械有限责任公司（原：安捷）", "Acme GmbH & Co. KG d/b/a A.C.M.E.", "招商银行股份有限公司深圳分行"),
    *("上海市浦东新区张江高科技园区郭守敬路498号1号楼2层201室", "9349Bridge Lane, Apt #4, Springfield, IL 62704-1234"),
    *("2026年3月5日", "05.03.26", "March 5th, 2026", "46086", "1,234.56 万元", "50万-100万", "三千五百万", "< 20k"),
    *(
        "mon-fri",
        "09:00-12:00, 13:30-18:00",
        "0" * 31 + "1",
        "Bearer abc",
        "sha256=" + "ab" * 32,
        "00-" + "a" * 32 + "-1-01",
    ),
)
#: Each has broken something somewhere.
PIECES: tuple[str, ...] = (
    *("\0", "\u202e", "\u2066", "\u200b", "\ufeff", "\ufffd", "\ud800", "\udfff", "\u2028", "\x85", "\x1b[31m", "\x7f"),
    *(
        "İ",
        "ß",
        "ﬁ",
        "ẞ",
        "\u0301",
        "\u0300" * 9,
        "👩‍👩‍👧",
        "🇨🇳",
        "１３８",
        "٣",
        "²",
        "½",
        "𝟙",
        "〇",
        "㊗",
        "ﷺ",
        "가",
        "\u3164",
    ),
    *("9" * 400, "1e400", "-0", "NaN", "Infinity", "0x1F", "1_000", "٫", "00" * 9, "1" * 5_000, "1.0E+999999999"),
    *(
        "(",
        ")",
        "[" * 40,
        "{" * 40,
        "<",
        ">",
        '"',
        "'",
        "\\",
        "/",
        "%",
        "%00",
        "%ff",
        "&",
        "=",
        ";",
        ",",
        "|",
        "\t",
        "\r",
        "\n",
    ),
    *(
        "@",
        "@@",
        ".",
        "..",
        "-",
        "--",
        "_",
        "+",
        "*",
        "**",
        "x",
        "#",
        "&amp;",
        "$(id)",
        "{{7*7}}",
        "' OR 1=1--",
        "=1+1",
        "../",
    ),
    *(
        "公司",
        "有限公司",
        "省",
        "市",
        "区",
        "路",
        "号",
        "楼",
        "分",
        "集团",
        "镇",
        "街道",
        "自治州",
        "（",
        "）",
        "·",
        "先生",
        "某",
    ),
    *(
        "null",
        "true",
        "[]",
        "{}",
        "&a [*a]",
        "!!python/object",
        "---",
        "- ",
        ": ",
        "? ",
        "<<: *x",
        "ext",
        "isub=",
        "&",
        "and",
    ),
    *(
        "Inc.",
        "co",
        "dba",
        "formerly ",
        "st",
        "of ",
        "a.",
        "1 ",
        " 1",
        "a1",
        "1a",
        "a ",
        "a-",
        "1-",
        "1,",
        "一",
        "万",
        "1万",
        "零",
    ),
)


class Maker:
    """Inputs without end. Number ``n`` of a target is the same in every run: ``Maker(f"{target}/{n}")``."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def text(self, most: int) -> str:
        """Up to ``most`` characters. One in fifty is long: a piece or two, again and again."""
        chance = self.random.random()
        if chance < 0.02:
            return self._repeated(most)
        text = self.random.choice(SEEDS) if chance < 0.8 else ""
        for _ in range(self.random.choice((0, 1, 1, 2, 3, 6))):
            text = self._changed(text)
        return text[:most]

    def sound(self, most: int) -> str:
        """Text that UTF-8 can carry: what is left once a door has refused the rest."""
        return self.text(most).encode("utf-8", "replace").decode()

    def _repeated(self, most: int) -> str:
        unit = "".join(self.random.choices((*PIECES, *SEEDS), k=self.random.choice((1, 1, 2, 3))))
        tail = self.random.choice(("", "!", "x", "1", "号", "@"))
        return (unit * (most // len(unit) + 1))[: most - 1] + tail

    def _changed(self, text: str) -> str:
        at, piece = self.random.randint(0, len(text)), self.random.choice(PIECES)
        what = self.random.randrange(5)
        if what == 0:
            return text[:at] + piece + text[at:]
        if what == 1:
            return text[:at] + piece * self.random.randint(2, 9) + text[at:]
        if what == 2:
            return text[:at] + text[at + self.random.randint(1, 5) :]
        if what == 3:
            return text[at:] + text[:at]
        return text + self.random.choice(SEEDS)

    def data(self, seeds: Sequence[bytes], most: int = 4_000) -> bytes:
        """One of the ``seeds`` with bytes turned, cut, doubled or put in; one in ten has nothing of them."""
        data = bytearray(self.random.choice(seeds) if self.random.random() < 0.9 else self._said(most))
        for _ in range(self.random.choice((0, 1, 1, 2, 4, 16))):
            at, what = self.random.randint(0, len(data)), self.random.randrange(5)
            if what == 0 and data:
                data[at % len(data)] = self.random.choice(
                    (0, 1, 0x7F, 0x80, 0xC0, 0xDC, 0xFF, self.random.randrange(256))
                )
            elif what == 1:
                del data[at : at + self.random.randint(1, 40)]
            elif what == 2:
                data[at:at] = self._said(200)
            elif what == 3:
                data[at:at] = data[at : at + self.random.randint(1, 400)]
            else:
                data[at:at] = self.random.randbytes(self.random.randint(1, 9))
        return bytes(data[:most])

    def _said(self, most: int) -> bytes:
        codec = self.random.choice(("utf-8", "utf-8", "gb18030", "utf-16"))
        return self.text(most).encode(codec, self.random.choice(("replace", "backslashreplace")))

    def value(self, depth: int = 4) -> Any:
        """Anything JSON can say. One in fifty is nested deeper than anybody reads."""
        chance = self.random.random()
        if chance < 0.02:
            value: Any = self.text(20)
            for _ in range(self.random.choice((17, 100, 500))):
                value = [value] if self.random.random() < 0.5 else {self.text(5): value}
            return value
        if chance < 0.5 or not depth:
            return self.random.choice((None, True, 0, -1, 1e308, 10**400, self.text(60), self.text(4_000)))
        inner = [self.value(depth - 1) for _ in range(self.random.randrange(4))]
        return inner if chance < 0.7 else {self.text(12): item for item in inner}

    def body(self, keys: Sequence[str]) -> dict[str, Any]:
        """An object with some of the keys that are looked for, and some that are not."""
        some = self.random.sample(keys, k=min(len(keys), self.random.randint(0, 5)))
        return {key: self.text(4_000) if self.random.random() < 0.7 else self.value() for key in [*some, self.text(9)]}

    def json(self, keys: Sequence[str]) -> bytes:
        """Such an object as JSON, now and then broken."""
        text = json.dumps(self.body(keys), ensure_ascii=self.random.random() < 0.5).encode("utf-8", "surrogatepass")
        return text if self.random.random() < 0.8 else self.data([text])
