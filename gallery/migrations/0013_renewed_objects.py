"""A public object may move to the public area: to another address."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0012_search_captions"),
    ]

    operations = [
        # The other way round it fails while an object is on its way to a new address.
        migrations.RunSQL(
            migrations.RunSQL.noop,
            "UPDATE gallery_storedobject SET moving_to = '' WHERE moving_to = area",
        ),
        migrations.AddField(
            model_name="storedobject",
            name="is_revoked",
            field=models.BooleanField(
                default=False,
                help_text="Others are not to see it again under this key.",
                verbose_name="address revoked",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="storedobject",
            name="object_moves_elsewhere",
        ),
        migrations.AddConstraint(
            model_name="storedobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("moving_to__in", ["", "public", "private"]),
                    models.Q(("area", "private"), ("moving_to", "private"), _negated=True),
                ),
                name="object_moves_somewhere",
            ),
        ),
    ]
