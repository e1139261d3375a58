"""What is told of a row of the register that was refused, or taken in with a flag or a warning."""

from dataclasses import dataclass
from typing import Final

REFUSALS: Final = {
    "person": "是自然人，不能作为信用主体登记。请只提供单位和个体工商户。",
    "no_name": "没有名称。请补充名称。",
    "no_number": "没有统一社会信用代码，也没有旧号码。请至少补充一个号码。",
    "repeated": "统一社会信用代码与本文件前面一行相同而名称不同。请核对其中一行。",
}
WARNINGS: Final = {
    "inner_check": "统一社会信用代码第 17 位（组织机构代码校验码）与规则不符，已照登记收录。",
    "region": "统一社会信用代码第 3—8 位不是已知的行政区划代码，已照登记收录。",
}
FLAGS: Final = {"irregular_code": "统一社会信用代码未通过校验，已按旧号码保留；须经两名工作人员确认后才能用于关联。"}


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was refused, or kept with a flag: where and why. It carries no name of a person."""

    row: int
    code: str
    message: str
