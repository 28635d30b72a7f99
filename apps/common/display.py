"""How a visitor wants the pages shown: 长辈版 or standard, and one of four text sizes.

Kept in a cookie that the server reads, so that it works without scripts, before and after sign-in.
Source of the steps: 工信厅信管函〔2021〕67号 (30 px reachable, elder mode 18 and more, targets of 60).
"""

from dataclasses import dataclass

COOKIE = "display"
COOKIE_SECONDS = 365 * 24 * 3600
STEPS = (18, 24, 30, 36)
ELDER_STEP = 24
STANDARD_STEP = 18


@dataclass(frozen=True)
class Display:
    """``elder``: large targets and the short home page. ``size``: body text in px at the browser's default."""

    elder: bool = False
    size: int = STANDARD_STEP

    @classmethod
    def from_cookie(cls, text: str) -> "Display":
        """Read ``elder.24`` or ``standard.18``; anything else is the standard, never an error."""
        mode, _, size = text.partition(".")
        if mode not in ("elder", "standard") or size not in {str(step) for step in STEPS}:
            return cls()
        return cls(elder=mode == "elder", size=int(size))

    @property
    def cookie(self) -> str:
        return f"{'elder' if self.elder else 'standard'}.{self.size}"

    @property
    def html_class(self) -> str:
        """Classes of the root element; tokens.css gives them their sizes."""
        names = ["elder"] if self.elder else []
        if self.size != STANDARD_STEP:
            names.append(f"size-{self.size}")
        return " ".join(names)

    def switched(self) -> "Display":
        """The other version, in the text size it is meant for."""
        return Display() if self.elder else Display(elder=True, size=max(self.size, ELDER_STEP))

    def sized(self, size: int) -> "Display":
        """The same version in another size; a size that is no step changes nothing."""
        return Display(elder=self.elder, size=size) if size in STEPS else self


def set_cookie(response, display: Display, *, secure: bool) -> None:
    """Remember the choice for a year. Holds no personal data."""
    response.set_cookie(COOKIE, display.cookie, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", secure=secure)
