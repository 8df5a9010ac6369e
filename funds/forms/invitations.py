"""What somebody new says who takes an invitation up."""

from django import forms
from django.contrib.auth import get_user_model, password_validation

from blackgem.lib.fields import PlainTextFormField


class InvitationForm(forms.Form):
    """Who follows an invitation says how to be called and chooses a password."""

    full_name = PlainTextFormField(label="Your name", max_length=200)
    password1 = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 12 characters; several words are easier to remember than one with signs.",
    )
    password2 = forms.CharField(
        label="Once more", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, email, **kwargs):
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self):
        cleaned = super().clean()
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ.")
        elif first:
            self._check(first, cleaned.get("full_name", ""))
        return cleaned

    def _check(self, password, full_name):
        try:
            person = get_user_model()(email=self.email, full_name=full_name)
            password_validation.validate_password(password, person)
        except forms.ValidationError as error:
            self.add_error("password1", error)
