"""Payment files that wait for a second look."""

from banking.models import PaymentFile
from banking.services.payments import check_approve
from blackgem.lib.approvals import Verb
from funds.queries.approvals import register_queue

register_queue(
    PaymentFile.objects.pending,
    asked_by="created_by",
    subject=lambda file: f"payment file {file.number} of {file.fund.name}",
    shown=lambda rows: rows.select_related("fund", "account").defer("content"),
    check=lambda file, by, at: check_approve(file, by),
    key="payment_files",
    place=45,
    noun="payment file to approve",
    plural="payment files to approve",
    title="Payment files",
    headings=("File", "Account", "Pays on", "Payments", "Sum"),
    numeric=("Payments", "Sum"),
    template="banking/approvals_payment_files.html",
    approve=Verb("banking:payment_file_approve", "Approve", "Approve", "primary"),
    reject=Verb("banking:payment_file_reject", "Turn down", "Turn down"),
    foot="Look through its payments first: to whom, how much, to which account. Approved, it may be taken to the bank.",
)
