"""Groups that every site has: rights for the admin that an administrator gives to people at one go."""

from django.contrib.auth.models import Group, Permission

#: Read everything there is.
AUDITORS = "Auditors"
#: Help people who cannot get in, and see what was mailed to whom.
SUPPORT = "Support"
SUPPORTED = (
    "blackgem.view_user",
    "blackgem.help_user",
    "blackgem.view_apitoken",
    "blackgem.view_auditevent",
    "usersessions.view_usersession",
    "funds.view_investorcontact",
    "funds.view_portalgrant",
    "funds.view_invitation",
    "funds.view_notice",
    "funds.view_noticedelivery",
    "funds.view_noticerendering",
    "funds.view_warningmail",
)


def make_groups(using: str, **kwargs) -> None:
    """After each migration: the groups are there, and have at least these rights. What was added to them stays."""
    permissions = Permission.objects.using(using).select_related("content_type")
    auditors, support = (
        Group.objects.using(using).get_or_create(name=name)[0] for name in (AUDITORS, SUPPORT)
    )
    auditors.permissions.add(*permissions.filter(codename__startswith="view_"))
    named = (one for one in permissions if f"{one.content_type.app_label}.{one.codename}" in SUPPORTED)
    support.permissions.add(*named)
