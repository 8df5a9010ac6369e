from django.db import migrations

from blackgem.lib.encrypted_fields import (
    EncryptedBinaryField,
    EncryptedJSONField,
    MaybeEncryptedField,
    encrypted_bytes_rail,
)
from blackgem.lib.encrypting import encrypt_bytes, encrypt_json
from blackgem.lib.encryption import draw_keys

#: Keys by which columns are encrypted, each wrapped under a key of the environment (blackgem/lib/encryption.py).
TABLE = """
    CREATE TABLE data_keys (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        name text NOT NULL CONSTRAINT data_key_name_once UNIQUE,
        purpose text NOT NULL CONSTRAINT data_key_purpose_known CHECK (purpose IN ('encrypts', 'indexes')),
        wrapped text NOT NULL,
        drawn_at timestamptz NOT NULL DEFAULT now(),
        wrapped_at timestamptz NOT NULL DEFAULT now()
    );
    CREATE UNIQUE INDEX one_key_of_blind_indexes ON data_keys (purpose) WHERE purpose = 'indexes';
"""


def draw(apps, editor):
    draw_keys(editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("blackgem", "0012_readable_admin"),
    ]

    operations = [
        migrations.RunSQL(TABLE, "DROP TABLE data_keys"),
        migrations.RunPython(draw, migrations.RunPython.noop),
        migrations.AlterField("auditevent", "changes", EncryptedJSONField(default=dict)),
        migrations.AlterField("auditevent", "object_label", MaybeEncryptedField(max_length=300)),
        migrations.AlterField("idempotentanswer", "body", EncryptedBinaryField()),
        encrypt_json("audit_events", "changes"),
        encrypt_bytes("idempotent_answers", "body"),
        migrations.AddConstraint("idempotentanswer", encrypted_bytes_rail("answer_is_encrypted", "body")),
    ]
