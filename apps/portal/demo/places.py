"""The fictional city of 云江: its districts, departments, units and communities."""

from apps.organisation.choices import UnitLevel, UnitNature

BUREAU = "云江市委老干部局"
DISTRICTS = ("云山区", "江北区", "南河区", "青溪区", "石桥县", "柳湖县", "金沙县", "桐岭县")
DEPARTMENTS = (
    "市委办公室", "市人大常委会办公室", "市政府办公室", "市政协办公室", "市委组织部", "市委宣传部", "市教育局",
    "市财政局", "市公安局",
    "市民政局", "市交通运输局", "市农业农村局", "市水务局", "市卫生健康委", "市审计局", "市统计局",
    "市粮食局", "市林业局", "市文化馆", "市第一人民医院", "市第一中学", "云江师范学院", "云江纺织厂", "云江机械厂",
)  # fmt: skip
DISTRICT_DEPARTMENTS = ("党政机关", "教育局", "卫生健康局", "农业农村局", "公安局", "供销社", "人民医院", "第一中学")
STREETS = ("河滨街道", "南河街道", "云山街道", "朝阳街道", "桥头镇", "柳湖镇")
COMMUNITIES = (
    "南河社区", "舟山里社区", "朝阳社区", "梧桐社区", "学府社区", "江湾社区", "石桥社区",
    "青溪社区", "望云社区", "柳岸社区",
)  # fmt: skip
# County codes of identity numbers; the people are invented, the codes must exist to pass the check.
ID_REGIONS = ("440604", "440605", "440606", "440607", "440608", "370103", "430682", "522301", "371702", "330106")


def unit_tree() -> list[tuple[str, str, str | None, str, str]]:
    """(code, name, parent code, level, nature), parents first: the bureau, its departments, districts and theirs."""
    rows = [("YJ", BUREAU, None, UnitLevel.CITY, UnitNature.ORGAN)]
    for number, name in enumerate(DEPARTMENTS, 1):
        rows.append(
            (f"YJ{number:03d}", f"云江{name}" if name[0] == "市" else name, "YJ", UnitLevel.CITY, _nature(name))
        )
    for number, district in enumerate(DISTRICTS, 1):
        code = f"YJ9{number:02d}"
        rows.append((code, f"{district}委老干部局", "YJ", UnitLevel.COUNTY, UnitNature.ORGAN))
        for place, name in enumerate(DISTRICT_DEPARTMENTS, 1):
            rows.append((f"{code}{place:02d}", f"{district}{name}", code, UnitLevel.COUNTY, _nature(name)))
    return rows


def _nature(name: str) -> str:
    if name.endswith("厂"):
        return UnitNature.ENTERPRISE
    if name.endswith(("医院", "中学", "学院", "文化馆")):
        return UnitNature.INSTITUTION
    return UnitNature.ORGAN
