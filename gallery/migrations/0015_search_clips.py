"""The search index knows clips. Only posts that have one are written again."""

from django.db import migrations, models

from gallery.search import schema


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0014_clips"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="generatedimage",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("clip_ms__isnull", False)),
                name="image_clips",
            ),
        ),
        migrations.RunPython(schema.upgrade, schema.downgrade),
    ]
