from django.db import migrations, models

import blackgem.lib.fields
from funds.calc.codes import fund_code


def give_codes(apps, editor):
    """Each fund that there is gets the code that a new one of its name would get, the oldest first."""
    taken = set()
    for fund in apps.get_model("funds", "Fund").objects.using(editor.connection.alias).order_by("pk"):
        fund.code = fund_code(fund.name, taken)
        taken.add(fund.code)
        fund.save(update_fields=["code"])


class Migration(migrations.Migration):
    dependencies = [("funds", "0005_notice_readings")]
    operations = [
        migrations.AddField(
            model_name="fund",
            name="code",
            field=blackgem.lib.fields.SafeCharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.UniqueConstraint(fields=["code"], name="fund_code_once"),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(code__regex="^[A-Z0-9]{2,12}$"), name="fund_code_is_letters_and_digits"
            ),
        ),
    ]
