"""Puts a form's field into USWDS markup, so that no page writes it twice."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect, Select, Textarea
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def kind_of(field: BoundField) -> str:
    """Return how a field is drawn: radio, checkboxes, checkbox or box."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, RadioSelect):
        return "radio"
    return "checkbox" if isinstance(widget, CheckboxInput) else "box"


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """Return the field's widget with USWDS classes, tied to its hint and its error."""
    drawn: Any = field.field.widget
    name = "usa-input"
    if isinstance(drawn, Textarea):
        name = "usa-textarea"
    elif isinstance(drawn, Select):
        name = "usa-select"
    elif isinstance(drawn, FileInput):
        name = "usa-file-input"
    elif isinstance(drawn, CheckboxInput):
        name = "usa-checkbox__input"
    described = [f"{field.id_for_label}-{part}" for part, there in (("hint", field.help_text), ("error", field.errors)) if there]
    attributes: dict[str, str | bool] = {"class": f"{name} usa-input--error" if field.errors and name == "usa-input" else name}
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors:
        attributes["aria-invalid"] = "true"
    return field.as_widget(attrs=attributes)
