"""What was stored before there were seals is sealed as it stands, where it is what its hash and its ids say."""

from hashlib import sha256

from django.db import migrations, models

from blackgem.lib import seals
from blackgem.lib.pdf import identifier_of

NONE = "0" * 64


def seal_letters(apps, editor) -> None:
    using = editor.connection.alias
    stored = apps.get_model("funds", "NoticeDocument").objects.using(using)
    editor.execute("ALTER TABLE notice_documents DISABLE TRIGGER USER")
    for document in stored.select_related("notice").order_by("pk").iterator(chunk_size=100):
        stored.filter(pk=document.pk).update(seal=_seal_of(document))
    editor.execute("ALTER TABLE notice_documents ENABLE TRIGGER USER")
    for mail in apps.get_model("funds", "WarningMail").objects.using(using):
        mail.seal = seals.seal("warning", (mail.recipient, mail.subject, mail.body))
        mail.save(using=using, update_fields=["seal"])


def _seal_of(document) -> str:
    """As `funds.queries.seals` seals; one that contradicts itself gets none that holds, and is made anew when it is
    sent."""
    notice, content = document.notice, bytes(document.content)
    of = (
        f"notice={notice.pk} version={notice.version} commitment={notice.commitment_id} item={notice.item_id}"
    )
    digest = sha256(content).hexdigest()
    if digest != document.sha256 or identifier_of(content) != of:
        return NONE
    ids = (notice.pk, notice.kind, notice.fund_id, notice.commitment_id, notice.subject_id, notice.item_id)
    head = (notice.number, notice.version, notice.dated_on.isoformat(), notice.change_note)
    return seals.seal("letter", [*ids, *head, notice.facts, digest])


def a_seal() -> models.Q:
    return models.Q(seal__regex=r"^[0-9a-f]{64}$")


class Migration(migrations.Migration):
    dependencies = [("funds", "0021_senders_in_use")]

    operations = [
        *(
            migrations.AddField(
                model, "seal", models.CharField(max_length=64, default=NONE), preserve_default=False
            )
            for model in ("noticedocument", "warningmail")
        ),
        migrations.RunPython(seal_letters, migrations.RunPython.noop),
        migrations.AddConstraint(
            "noticedocument", models.CheckConstraint(condition=a_seal(), name="notice_document_is_sealed")
        ),
        migrations.AddConstraint(
            "warningmail", models.CheckConstraint(condition=a_seal(), name="warning_mail_is_sealed")
        ),
    ]
