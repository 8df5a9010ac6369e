"""Rows that a forgotten filter cannot show: policies for the role that the portal's readers take on."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("funds", "0005_notice_readings"),
        ("capital", "0003_ledger_purposes"),
        ("distributions", "0003_parts_agree"),
    ]
    operations = []
