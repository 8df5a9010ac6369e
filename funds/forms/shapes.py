"""Forms whose fields are those of a model, without the model's rules."""

from django import forms
from django.forms.models import fields_for_model

from blackgem.lib.forms import Form

ISO_DATE = "%Y-%m-%d"


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, **kwargs):
        super().__init__(format=ISO_DATE, **kwargs)


class ModelShapeForm(Form):
    """The form fields of `model_fields`, as the model's own fields make them. `help_texts` and `labels` by name.

    Give `row` to show what it holds.
    """

    model = None
    model_fields: tuple[str, ...] = ()
    help_texts: dict[str, str] = {}
    labels: dict[str, str] = {}

    def __init__(self, *args, row=None, initial=None, **kwargs):
        shown = {name: getattr(row, name) for name in self.model_fields} if row else {}
        super().__init__(*args, initial={**shown, **(initial or {})}, **kwargs)
        own = self.fields
        self.fields = fields_for_model(
            self.model, self.model_fields, help_texts=self.help_texts, labels=self.labels
        )
        self.fields.update(own)
        for field in self.fields.values():
            _make_date_iso(field)


def _make_date_iso(field) -> None:
    if isinstance(field, forms.DateField):
        field.input_formats = [ISO_DATE]
        field.widget = DateInput()
