"""The ledger as a list of managers."""

from blackgem.lib.lists import ListColumn, ListKind, register_list

TRANSACTIONS = register_list(
    ListKind(
        page="dashboard:transaction_list",
        export="dashboard:transaction_export",
        noun="transaction",
        sort="-date",
        rows_link=False,
        columns=(
            ListColumn(name="date", label="Date", sorts=True, phone="note", files=("Date",)),
            ListColumn(
                name="investor", label="Investor", sorts=True, phone="name", files=("Investor", "Reference")
            ),
            ListColumn(name="fund", label="Fund", sorts=True, wraps=True, phone="note", files=("Fund",)),
            ListColumn(name="type", label="Type", sorts=True, phone="state", files=("Type", "Recallable")),
            ListColumn(name="purpose", label="What for", wraps=True, files=("Description", "For", "Deal")),
            ListColumn(
                name="contributed",
                label="Contribution",
                numeric=True,
                total="contributed",
                phone="amount",
                files=("Contribution",),
            ),
            ListColumn(
                name="distributed",
                label="Distribution",
                numeric=True,
                total="distributed",
                phone="amount",
                files=("Distribution",),
            ),
            ListColumn(
                name="other", label="Other", numeric=True, total="other", phone="amount", files=("Other",)
            ),
            ListColumn(
                name="net", label="Net effect", numeric=True, usual=False, total="net", files=("Net effect",)
            ),
        ),
    )
)
