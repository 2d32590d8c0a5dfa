"""A journal of what is done to colleagues' accounts, which nobody changes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts import roles
from common.append_only import AppendOnly


def grant(apps, schema_editor):
    roles.grant(apps, 'accounts', administrator=['view_userjournal'])


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_found_in_every_alphabet'),
    ]

    operations = [
        migrations.CreateModel(
            name='UserJournal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='date')),
                ('by_label', models.CharField(blank=True, max_length=200, verbose_name='auteur')),
                ('from_status', models.CharField(blank=True, max_length=30, verbose_name='de')),
                ('to_status', models.CharField(blank=True, max_length=30, verbose_name='à')),
                ('comment', models.TextField(blank=True, verbose_name='commentaire')),
                ('event', models.CharField(choices=[('open', 'compte ouvert'), ('change', 'compte modifié'), ('reset_factor', 'double authentification retirée'), ('deactivate', 'compte désactivé'), ('reactivate', 'compte réactivé')], max_length=30, verbose_name='événement')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('subject', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='journal', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'journal du compte',
                'verbose_name_plural': 'journal du compte',
                'ordering': ['at', 'pk'],
                'abstract': False,
            },
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
        AppendOnly("userjournal", may_null=["by"]),
    ]
