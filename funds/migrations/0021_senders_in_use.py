from django.db import migrations
from django.db.models import F


def keep_what_is_in_use(apps, schema_editor):
    """Who manages a fund today may open funds, as before; the funds there are were set up by who stands for them."""
    people, fund, membership = (
        apps.get_model(*model).objects.using(schema_editor.connection.alias)
        for model in (("blackgem", "User"), ("funds", "Fund"), ("funds", "FundMembership"))
    )
    people.filter(pk__in=membership.filter(role="manager").values("user")).update(opens_funds=True)
    fund.update(sender_admitted_at=F("created_at"), sender_admitted_by=F("created_by"))


class Migration(migrations.Migration):
    dependencies = [("funds", "0020_senders_admitted"), ("blackgem", "0009_opens_funds")]

    operations = [migrations.RunPython(keep_what_is_in_use, migrations.RunPython.noop)]
