import blackgem.lib.fields
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0012_partner_totals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="fund",
            name="residual_limit",
            field=blackgem.lib.fields.MoneyField(
                db_default=Decimal("0"), default=Decimal("0"), verbose_name="largest residual that is settled"
            ),
        ),
        migrations.AddConstraint(
            model_name="fund",
            constraint=models.CheckConstraint(
                condition=models.Q(("residual_limit__gte", 0)), name="fund_residual_limit_not_negative"
            ),
        ),
    ]
