"""Whether applications for repair are taken here (两个入口，一件办件), and where they are handed in if not."""

import os
from typing import Final

from django.conf import settings

from limu.department.rules import Refusal

OFFICIAL: Final = "https://www.creditchina.gov.cn/"
NOT_AUTHORISED: Final = Refusal(
    "X-129",
    "本平台没有受理修复申请的授权，不能在这里提交。",
    "请下载已备齐的申请材料，在“信用中国”网站或者认定单位窗口提出申请；不收取任何费用。",
)


def takes_applications() -> bool:
    """Whether this deployment was authorised to take them (LIMU_REPAIR_PORTAL); production only where it says so."""
    told = os.environ.get("LIMU_REPAIR_PORTAL", "")
    return told == "1" if told else settings.LIMU_RUNS_AS != "production"


def official_site() -> str:
    """Where applications are handed in otherwise (LIMU_REPAIR_SITE)."""
    return os.environ.get("LIMU_REPAIR_SITE", "") or OFFICIAL
