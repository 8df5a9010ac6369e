"""What the manual says of one's own account and of the administration: name of the URL → page of the manual."""

from blackgem.lib.manual_pages import register

_ACCOUNT = "managers/your-account"

register(
    "",
    {
        "account": _ACCOUNT,
        "account_change_refuse": f"{_ACCOUNT}#when-an-account-changes",
        "account_change_password": f"{_ACCOUNT}#password",
        "account_reauthenticate": f"{_ACCOUNT}#second-factor",
        "account_set_password": f"{_ACCOUNT}#password",
        "mfa_activate_totp": f"{_ACCOUNT}#second-factor",
        "mfa_add_webauthn": f"{_ACCOUNT}#second-factor",
        "mfa_deactivate_totp": f"{_ACCOUNT}#second-factor",
        "mfa_edit_webauthn": f"{_ACCOUNT}#second-factor",
        "mfa_generate_recovery_codes": f"{_ACCOUNT}#recovery-codes",
        "mfa_index": _ACCOUNT,
        "mfa_list_webauthn": f"{_ACCOUNT}#second-factor",
        "mfa_reauthenticate": f"{_ACCOUNT}#second-factor",
        "mfa_reauthenticate_webauthn": f"{_ACCOUNT}#second-factor",
        "mfa_remove_webauthn": f"{_ACCOUNT}#second-factor",
        "mfa_view_recovery_codes": f"{_ACCOUNT}#recovery-codes",
        "tokens": f"{_ACCOUNT}#api-tokens",
        "usersessions_list": f"{_ACCOUNT}#where-you-are-signed-in",
    },
)
register(
    "admin",
    {
        "": "administrators/oversight#see-everything",
        "blackgem_accountchange": "administrators/people#what-takes-two",
        "blackgem_apitoken": "administrators/people#tokens-of-the-api",
        "blackgem_auditevent": "administrators/oversight#who-did-what",
        "blackgem_user": "administrators/people",
        "index": "administrators",
    },
)
