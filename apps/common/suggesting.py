"""A text field that offers what is usually written there, without a script and without binding to it."""

from collections.abc import Iterable

from django import forms
from django.utils.html import format_html, format_html_join


class SuggestingInput(forms.TextInput):
    """A text input with a `datalist` of suggestions; anything else may be typed as well."""

    def __init__(self, attrs=None, suggestions: Iterable[str] = ()):
        super().__init__(attrs)
        self.suggestions = tuple(suggestions)

    def render(self, name, value, attrs=None, renderer=None):
        if not self.suggestions:
            return super().render(name, value, attrs, renderer)
        key = f"{(attrs or {}).get('id', f'id_{name}')}_suggestions"
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        options = format_html_join("", '<option value="{}"></option>', ((text,) for text in self.suggestions))
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)
