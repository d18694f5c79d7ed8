"""The peer of the import: one plain table of the same 20 columns, filled by django-import-export with bulk writes."""

import django
from distribution_lists import HEAD

django.setup()

from django.db import connection, models  # noqa: E402
from import_export import fields, resources, widgets  # noqa: E402


class PlainLine(models.Model):
    """A line of a distribution list, kept as it stands: no ledger, no registry, no proof."""

    number = models.IntegerField()
    handed_out_on = models.DateField()
    county = models.CharField(max_length=60)
    township = models.CharField(max_length=60)
    village = models.CharField(max_length=60)
    head_name = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    identity_number = models.CharField(max_length=20, db_index=True)
    relation = models.CharField(max_length=30)
    phone = models.CharField(max_length=20)
    item = models.CharField(max_length=80)
    specification = models.CharField(max_length=80)
    unit = models.CharField(max_length=20)
    quantity = models.BigIntegerField()
    unit_price = models.DecimalField(max_digits=12, decimal_places=2)
    value = models.DecimalField(max_digits=12, decimal_places=2)
    fund_source = models.CharField(max_length=60)
    giver = models.CharField(max_length=200)
    collected_by = models.CharField(max_length=60)
    remark = models.CharField(max_length=300)

    class Meta:
        app_label = "intake"


HEADERS = dict(zip([field.name for field in PlainLine._meta.fields if field.name != "id"], HEAD, strict=True))
_WIDGETS = {"number": widgets.IntegerWidget, "handed_out_on": widgets.DateWidget, "quantity": widgets.IntegerWidget} | {
    name: widgets.DecimalWidget for name in ("unit_price", "value")
}


class DistributionResource(resources.ModelResource):
    """Known rows are found by identity number, day and item, in one query for the whole file."""

    class Meta:
        model = PlainLine
        import_id_fields = ("identity_number", "handed_out_on", "item")
        fields = tuple(HEADERS)
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True  # the table is empty: no look-up a row, which would make the peer far slower

    locals().update(
        {
            name: fields.Field(attribute=name, column_name=header, widget=_WIDGETS.get(name, widgets.CharWidget)())
            for name, header in HEADERS.items()
        }
    )


def create_table() -> None:
    with connection.schema_editor() as editor:
        editor.create_model(PlainLine)
