"""The groups of participants.roles with their permissions. It stands here because this app sees all the models."""

from django.contrib.auth.management import create_permissions
from django.db import migrations

from participants.roles import PERMISSIONS


def ensure_roles(apps, schema_editor):
    for label in ("participants", "topics", "meetings"):
        app = apps.get_app_config(label)
        app.models_module = True
        create_permissions(app, apps=apps, verbosity=0)
        app.models_module = None
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    for role, models in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role)
        for model, acts in models.items():
            app_label, model_name = model.split(".")
            wanted = Permission.objects.filter(
                content_type__app_label=app_label, codename__in=[f"{act}_{model_name}" for act in acts]
            )
            group.permissions.add(*wanted)


class Migration(migrations.Migration):
    dependencies = [
        ("meetings", "0001_initial"),
        ("topics", "0001_initial"),
        ("participants", "0002_ranks"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(ensure_roles, migrations.RunPython.noop)]
