from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    people: int
    members: int
    organisations: int
    seed: int = 20261122


SIZES = {
    "small": Size(people=300, members=150, organisations=12),
    "city": Size(people=25_000, members=12_800, organisations=206),
    "province": Size(people=1_000_000, members=500_000, organisations=2_000),
}
