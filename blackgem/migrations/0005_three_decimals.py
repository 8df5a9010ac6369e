from django.db import migrations

_DOMAIN = """
    ALTER DOMAIN money_amount DROP CONSTRAINT money_amount_is_exact;
    ALTER DOMAIN money_amount ADD CONSTRAINT money_amount_is_exact
        CHECK (VALUE <> 'NaN' AND VALUE = round(VALUE, {decimals}) AND abs(VALUE) < 1e13);
"""


class Migration(migrations.Migration):
    """Money has room for currencies of three decimals. The rails of the tables hold each row to its own."""

    dependencies = [("blackgem", "0004_applied_sql")]
    operations = [migrations.RunSQL(_DOMAIN.format(decimals=3), _DOMAIN.format(decimals=2))]
