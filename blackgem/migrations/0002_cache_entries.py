from django.db import migrations


class Migration(migrations.Migration):
    """The table of Django's database cache, in which attempts are counted; `createcachetable` would own it wrongly."""

    dependencies = [("blackgem", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            CREATE TABLE cache_entries (
                cache_key varchar(255) PRIMARY KEY,
                value text NOT NULL,
                expires timestamptz NOT NULL
            );
            CREATE INDEX cache_entries_expires ON cache_entries (expires);
            """,
            "DROP TABLE cache_entries",
        )
    ]
