import django.contrib.postgres.fields
import django.db.models.deletion
import ledger.fields
from django.conf import settings
from django.db import migrations, models

from ledger.first_tables import FirstTables


class Migration(FirstTables):

    initial = True

    dependencies = [
        ("ledger", "0002_promises"),
    ]

    operations = [
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ori', models.CharField(max_length=9, unique=True)),
                ('name', models.TextField()),
                ('time_zone', models.TextField(default='America/New_York')),
            ],
        ),
        migrations.CreateModel(
            name='SignInTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_hash', models.TextField()),
                ('succeeded', models.BooleanField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
            ],
            options={
                'indexes': [models.Index(fields=['name_hash', 'at'], name='tries_of_one_name')],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='people.agency')),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('username', models.CharField(max_length=60, unique=True)),
                ('display_name', models.TextField()),
                ('is_active', models.BooleanField(default=True)),
                ('first_password', models.BooleanField(db_default=False, default=False)),
                ('mail', models.EmailField(blank=True, default='', max_length=254)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='people.agency')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to='people.unit')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='UsedCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('proof', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Agreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('detective', 'detective'), ('analyst', 'analyst'), ('reviewer', 'reviewer'), ('corroboration_officer', 'corroboration officer'), ('supervisor', 'supervisor'), ('legal_adviser', 'legal adviser'), ('prosecutor', 'prosecutor'), ('auditor', 'auditor'), ('manager', 'manager'), ('policy_board', 'policy board')]), size=None)),
                ('from_on', models.DateField()),
                ('until_on', models.DateField()),
                ('terms', models.TextField()),
                ('borrower', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='borrows', to='people.agency')),
                ('lender', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lends', to='people.agency')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('lender', models.F('borrower')), _negated=True), name='nobody_lends_to_himself'), models.CheckConstraint(condition=models.Q(('until_on__gte', models.F('from_on'))), name='an_agreement_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='UnitHeld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units_held', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'from_at'), name='a_stay_begins_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='RoleHeld',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.TextField(choices=[('detective', 'detective'), ('analyst', 'analyst'), ('reviewer', 'reviewer'), ('corroboration_officer', 'corroboration officer'), ('supervisor', 'supervisor'), ('legal_adviser', 'legal adviser'), ('prosecutor', 'prosecutor'), ('auditor', 'auditor'), ('manager', 'manager'), ('policy_board', 'policy board')])),
                ('from_on', models.DateField()),
                ('until_on', models.DateField(null=True)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='roles_held', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'role', 'from_on'), name='a_role_begins_once_a_day')],
            },
        ),
        migrations.CreateModel(
            name='Training',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject', models.TextField(choices=[('face_comparison', 'face comparison'), ('bias', 'bias and its limits'), ('limits', 'limits of a face search'), ('policy', 'the policy in force'), ('reading_output', 'reading what a search returns'), ('state_course', "the state's course"), ('cultural_diversity', 'cultural diversity'), ('tool', 'the tool')])),
                ('passed_on', models.DateField()),
                ('valid_until', models.DateField()),
                ('certificate', models.TextField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trainings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_until__gte', models.F('passed_on'))), name='training_ends_after_it_begins')],
            },
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=models.UniqueConstraint(fields=('agency', 'name'), name='a_unit_has_one_name_in_its_agency'),
        ),
        migrations.AddConstraint(
            model_name='usedcode',
            constraint=models.UniqueConstraint(fields=('person', 'proof'), name='a_code_is_used_once'),
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.TextField(choices=[('test', 'test'), ('seed', 'seed')])),
                ('case_key', models.TextField()),
                ('mated', models.BooleanField()),
                ('answer', models.TextField(choices=[('supports', 'supports'), ('no_conclusion', 'no_conclusion'), ('excludes', 'excludes'), ('set_aside', 'set_aside')])),
                ('seconds', models.FloatField(null=True)),
                ('answered_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trials', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'answered_at'], name='trials_of_a_person')],
                'constraints': [models.UniqueConstraint(fields=('person', 'case_key', 'mated'), name='a_known_case_is_answered_once'), models.CheckConstraint(condition=models.Q(('answer__in', ['supports', 'no_conclusion', 'excludes', 'set_aside'])), name='an_answer_is_one_of_four'), models.CheckConstraint(condition=models.Q(('source__in', ['test', 'seed'])), name='a_trial_is_a_test_or_a_seed')],
            },
        ),
    ]
