from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("gallery", "0008_conversations"),
    ]

    operations = [
        migrations.AlterField(
            model_name="imported",
            name="kind",
            field=models.CharField(
                choices=[
                    ("post", "post"),
                    ("reference", "reference"),
                    ("conversation", "conversation"),
                ],
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="trashemptying",
            name="found_conversations",
            field=models.PositiveIntegerField(
                default=0, verbose_name="conversations at the beginning"
            ),
        ),
        migrations.AddField(
            model_name="trashemptying",
            name="deleted_conversations",
            field=models.PositiveIntegerField(default=0, verbose_name="conversations deleted"),
        ),
    ]
