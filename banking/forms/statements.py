"""Uploading a statement, and registering the account that it is of."""

from django import forms

from banking.models import BankAccount
from blackgem.lib.fields import PlainTextFormField
from blackgem.lib.forms import Form


class UploadForm(Form):
    """A file; a table (CSV) needs the account whose columns were named, of `accounts`."""

    file = forms.FileField(
        label="File of the bank",
        allow_empty_file=True,
        help_text="camt.053, MT940, OFX or BAI2; a table (CSV) of an account whose columns were named. At most 25 MB.",
    )
    account = forms.TypedChoiceField(
        label="Account of a table",
        coerce=int,
        empty_value=None,
        required=False,
        help_text="Other files say of which account they are.",
    )

    service_names = {"name": "file", "content": "file"}

    def __init__(self, *args, accounts: list[BankAccount], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [("", "Not a table"), *((one.pk, one.masked) for one in accounts)]


class AccountForm(Form):
    """The number of an account of the fund."""

    number = PlainTextFormField(
        label="Account number or IBAN",
        max_length=60,
        help_text="As the bank writes it in its files; spaces do not matter.",
    )
    bank = PlainTextFormField(
        label="BIC or routing number of the bank",
        max_length=50,
        required=False,
        help_text="Tells accounts apart that have one number at two banks.",
    )
