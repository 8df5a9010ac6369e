import django.db.models.deletion
from django.db import migrations, models

import blackgem.lib.fields

#: The value of a deal belongs to an entry of its own fund.
KEYS = """
ALTER TABLE nav_entries ADD CONSTRAINT nav_entries_key UNIQUE (id, fund_id);
ALTER TABLE nav_entry_deals ADD CONSTRAINT nav_entry_deal_of_fund
    FOREIGN KEY (entry_id, fund_id) REFERENCES nav_entries (id, fund_id);
"""


class Migration(migrations.Migration):
    dependencies = [("funds", "0007_member_invitations")]

    operations = [
        migrations.AddField(
            model_name="naventry",
            name="payables_deducted",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="declared and not yet paid out is off it"
            ),
        ),
        migrations.AddField(
            model_name="naventry",
            name="receivables_included",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="called and not yet paid is in it"
            ),
        ),
        migrations.CreateModel(
            name="NavEntryDeal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("amount", blackgem.lib.fields.MoneyField()),
                (
                    "deal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.deal",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deals",
                        to="funds.naventry",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="funds.fund",
                    ),
                ),
            ],
            options={
                "db_table": "nav_entry_deals",
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "deal"), name="nav_entry_deal_once"),
                    models.CheckConstraint(
                        condition=models.Q(amount__gte=0), name="nav_entry_deal_not_negative"
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
    ]
