import django.db.models.deletion
import ledger.fields
from django.db import migrations, models

from ledger.first_tables import FirstTables
from ledger.promises import promise


class Migration(FirstTables):

    initial = True

    dependencies = [
    ]

    operations = [
        promise("ledger", "0001_the_clock_of_the_house"),
        migrations.CreateModel(
            name='Kind',
            fields=[
                ('kind', models.TextField(primary_key=True, serialize=False)),
                ('function_only', models.BooleanField()),
                ('meaning', models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('only', models.BooleanField(default=True, primary_key=True, serialize=False)),
                ('ahead_by', models.DurationField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('only', True)), name='there_is_one_clock')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('seq', models.BigAutoField(primary_key=True, serialize=False)),
                ('xid', ledger.fields.TransactionIdField(db_default=models.Func(function='pg_current_xact_id'), editable=False)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('subject', models.TextField()),
                ('body', models.BinaryField()),
                ('leaf', models.BinaryField()),
                ('kind', models.ForeignKey(db_index=False, db_column='kind', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.kind')),
            ],
            options={
                'indexes': [models.Index(fields=['subject', 'seq'], name='entries_of_one_subject'), models.Index(fields=['xid', 'seq'], name='the_sequencers_cursor'), models.Index(condition=models.Q(('kind__in', ('gatecheck_differs', 'log_stalled', 'witness_refused', 'witnesses_silent'))), fields=['at'], name='alarms_for_auditors')],
            },
        ),
        migrations.CreateModel(
            name='Checkpoint',
            fields=[
                ('size', models.BigIntegerField(primary_key=True, serialize=False)),
                ('root', models.BinaryField()),
                ('note', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
            ],
        ),
        migrations.CreateModel(
            name='Leaf',
            fields=[
                ('index', models.BigIntegerField(primary_key=True, serialize=False)),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
        ),
        migrations.CreateModel(
            name='LogKey',
            fields=[
                ('what', models.TextField(primary_key=True, serialize=False)),
                ('key_id', models.TextField()),
                ('vkey', models.TextField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('what__in', ('log', 'bundles', 'certificates'))), name='a_key_signs_the_log_bundles_or_certificates')],
            },
        ),
        migrations.CreateModel(
            name='Tile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.SmallIntegerField()),
                ('number', models.BigIntegerField()),
                ('hashes', models.BinaryField()),
                ('root', models.BinaryField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('level', 'number'), name='a_tile_is_written_once')],
            },
        ),
        migrations.CreateModel(
            name='Timestamp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.BinaryField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('checkpoint', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.checkpoint')),
            ],
        ),
        migrations.CreateModel(
            name='WitnessPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('quorum', models.SmallIntegerField()),
                ('silence', models.DurationField()),
                ('timestamps', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.entry')),
            ],
        ),
        migrations.CreateModel(
            name='Cosignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vkey', models.TextField()),
                ('line', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.checkpoint')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('vkey', 'checkpoint'), name='a_witness_cosigns_a_checkpoint_once')],
            },
        ),
        migrations.CreateModel(
            name='Witnessed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('checkpoint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.checkpoint')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.witnesspolicy')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('policy', 'checkpoint'), name='a_checkpoint_is_witnessed_once')],
            },
        ),
        migrations.CreateModel(
            name='Witness',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('vkey', models.TextField()),
                ('address', models.TextField()),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.witnesspolicy')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('policy', 'vkey'), name='a_policy_names_a_witness_once')],
            },
        ),
    ]
