from django.db import migrations


class Migration(migrations.Migration):
    """The checksum of the SQL files that the database runs: one row, or none while they are being built again."""

    dependencies = [("blackgem", "0003_audit_address")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE applied_sql (
                one boolean PRIMARY KEY DEFAULT true CHECK (one),
                sha256 text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """,
            "DROP TABLE applied_sql",
        )
    ]
