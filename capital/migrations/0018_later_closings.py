import django.db.models.deletion
from django.db import migrations, models
from blackgem.lib.squashed import Together

#: A part counts as its line does.
KEYS = """
    ALTER TABLE capital_call_lines ADD CONSTRAINT capital_call_lines_called_key UNIQUE (id, counts_as_called);
    ALTER TABLE capital_call_item_lines ADD CONSTRAINT call_item_line_counts_as_its_line
        FOREIGN KEY (line_id, counts_as_called) REFERENCES capital_call_lines (id, counts_as_called)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("capital", "0017_line_changes"),
    ]

    operations = [
        Together(
            [
                migrations.RemoveConstraint(
                    model_name="linechange",
                    name="line_change_has_one_origin",
                ),
                migrations.RemoveIndex(
                    model_name="capitalcallitemline",
                    name="call_item_lines_by_partner",
                ),
                migrations.AddField(
                    model_name="capitalcallitemline",
                    name="counts_as_called",
                    field=models.BooleanField(db_default=True, default=True),
                ),
                migrations.AddField(
                    model_name="capitalcallline",
                    name="counts_as_called",
                    field=models.BooleanField(db_default=True, default=True),
                ),
                migrations.AddField(
                    model_name="capitalcallline",
                    name="equalises",
                    field=models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="equalised_by",
                        to="capital.capitalcallline",
                    ),
                ),
                migrations.AddField(
                    model_name="linechange",
                    name="changes_owed",
                    field=models.BooleanField(db_default=True, default=True),
                ),
                migrations.AddField(
                    model_name="linechange",
                    name="closing_id",
                    field=models.BigIntegerField(null=True),
                ),
                migrations.AddIndex(
                    model_name="capitalcallitemline",
                    index=models.Index(
                        fields=["commitment", "call"],
                        include=("amount", "reduces_unfunded", "counts_as_called"),
                        name="call_item_lines_by_partner",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="capitalcallline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("counts_as_called", True),
                            models.Q(
                                ("equalises__isnull", True),
                                ("kind", "subsequent_close_interest"),
                                ("reduces_unfunded", False),
                            ),
                            _connector="OR",
                        ),
                        name="call_line_that_is_passed_on_is_interest",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="capitalcallline",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("equalises__isnull", True),
                            models.Q(
                                ("split_by", "fixed"),
                                models.Q(
                                    ("kind__in", ["management_fee", "subsequent_close_interest"]),
                                    _negated=True,
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="call_line_that_equalises_has_fixed_parts",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.UniqueConstraint(
                        fields=("closing_id", "item", "line", "changes_owed"),
                        name="one_change_per_closing_and_part",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="linechange",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__lt", 0),
                                ("closing_id__isnull", True),
                                ("excuse__isnull", True),
                                ("settlement__isnull", False),
                                ("basis__isnull", True),
                                ("changes_held", False),
                                ("changes_owed", True),
                                ("weight__isnull", True),
                            ),
                            models.Q(
                                ("closing_id__isnull", True),
                                ("excuse__isnull", False),
                                ("settlement__isnull", True),
                                ("basis__isnull", False),
                                ("changes_held", True),
                                ("changes_owed", True),
                                ("weight__gte", 0),
                            ),
                            models.Q(
                                ("amount__lt", 0),
                                ("closing_id__isnull", False),
                                ("excuse__isnull", True),
                                ("settlement__isnull", True),
                                ("basis__isnull", False),
                                ("changes_held", True),
                                ("weight__gte", 0),
                            ),
                            _connector="OR",
                        ),
                        name="line_change_has_one_origin",
                    ),
                ),
            ]
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
    ]
