"""Dates that no record can have: a slip of the keyboard (0026, 9202) is said at its field, before anything is saved."""

import datetime as dt

FIRST_YEAR, LAST_YEAR = 1900, 2100  # both included: nobody on the register was born before, no paper runs longer
SENTENCE = f"年份不对，请填{FIRST_YEAR}年到{LAST_YEAR}年之间的日期。"


class DatesMixin:
    """Checks the dates of a form that was sent in. Beside forms.Form or ModelForm, before it."""

    def _clean_form(self):
        super()._clean_form()
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, dt.date) and not FIRST_YEAR <= value.year <= LAST_YEAR:
                self.add_error(name, SENTENCE)
