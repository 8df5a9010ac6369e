"""The words of bank statements and payment files: what the audit trail says, and the shapes of states."""

from blackgem import shapes
from blackgem.lib import timeline
from blackgem.shapes import Status

timeline.register(
    {
        "add_bank_account": "added a bank account",
        "reveal_bank_account": "looked at the whole number of a bank account",
        "name_columns": "named the columns of a bank’s tables",
        "upload_statement": "uploaded a bank statement",
        "import_statement": "read a bank statement",
        "refuse_statement": "refused a bank statement",
        "post_entry": "posted a bank entry",
        "link_entry": "said which wires a bank entry is",
        "classify_entry": "classified a bank entry",
        "ignore_entry": "left a bank entry aside",
        "undo_entry": "took back what was said of a bank entry",
        "name_holder": "said whose unapplied cash it is",
        "teach_rule": "taught a rule for bank entries",
        "change_rule": "changed a rule for bank entries",
        "retire_rule": "retired a rule for bank entries",
        "name_layout": "said what a bank asks of payment files",
        "write_payment_file": "wrote a payment file",
        "approve_payment_file": "approved a payment file",
        "reject_payment_file": "turned a payment file down",
        "withdraw_payment_file": "withdrew a payment file",
        "hand_over_payment_file": "took a payment file to the bank",
        "download_payment_file": "took a payment file again",
        "accept_payment_file": "said that the bank accepted a payment file",
        "refuse_payment_file": "said that the bank refused a payment file",
        "read_status_report": "read what the bank reports of a payment file",
        "return_payment": "said that the bank gave a payment back",
    },
    detailed={
        verb: f"{said} {{number}}, {{total}}"
        for verb, said in {
            "write_payment_file": "wrote payment file",
            "approve_payment_file": "approved payment file",
            "hand_over_payment_file": "took to the bank payment file",
        }.items()
    },
    amounts=("total",),
)

shapes.register(
    {
        "payment_file": {
            "waiting": Status("Awaiting approval", "warning", "ring-clock"),
            "approved": Status("Approved", "info", "ring-dashed"),
            "handed_over": Status("Handed over", "info", "ring-clock"),
            "accepted": Status("Accepted by the bank", "good", "ring-check"),
            "refused": Status("Refused by the bank", "bad", "triangle"),
            "rejected": Status("Turned down", "neutral", "ring-cross"),
            "withdrawn": Status("Withdrawn", "neutral", "ring-cross"),
        }
    }
)
