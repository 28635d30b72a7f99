"""What the clock says about the university: to students as sets to post from, to staff as a few rows."""

from .people import people_to_remind
from .staff import staff_to_remind

__all__ = ["people_to_remind", "staff_to_remind"]
