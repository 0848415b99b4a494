import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("owner", models.CharField(db_index=True, max_length=64)),
                ("title", models.CharField(max_length=200)),
                ("created", models.DateTimeField(default=django.utils.timezone.now)),
                ("scenario_name", models.CharField(max_length=100)),
                ("body", models.CharField(help_text="live or virtual.", max_length=10)),
                (
                    "from_t",
                    models.FloatField(help_text="Seconds of lab time, as are all times."),
                ),
                ("to_t", models.FloatField()),
                ("digest", models.CharField(max_length=64)),
                ("head", models.TextField(help_text="The first line of the file, JSON.")),
                ("file", models.BinaryField()),
                ("file_bytes", models.PositiveIntegerField()),
                ("is_shared", models.BooleanField(default=False)),
                (
                    "key",
                    models.CharField(
                        help_text="Opens it to whoever has the link, while it is shared.",
                        max_length=43,
                    ),
                ),
                (
                    "verdict",
                    models.TextField(
                        blank=True,
                        default="",
                        help_text="What came of playing it again, JSON.",
                    ),
                ),
            ],
            options={"ordering": ("-created",)},
        ),
    ]
