import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django_fsm
import ledger.fields
import uuid
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Reverse, Upper


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("ledger", "0002_promises"),
        ('people', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Moved',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('case_id', models.BigIntegerField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('xid', ledger.fields.TransactionIdField(db_default=models.Func(function='pg_current_xact_id'), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.TextField(unique=True)),
                ('state', django_fsm.FSMField(choices=[('RECEIVED', 'RECEIVED'), ('ELIGIBLE', 'ELIGIBLE'), ('INELIGIBLE', 'INELIGIBLE'), ('FIT', 'FIT'), ('UNFIT', 'UNFIT'), ('NO_CANDIDATES', 'NO_CANDIDATES'), ('DISPUTED', 'DISPUTED'), ('LEAD', 'LEAD'), ('NO_LEAD', 'NO_LEAD'), ('CLOSED', 'CLOSED'), ('DESTROYED', 'DESTROYED')], max_length=50, protected=True)),
                ('track', models.TextField(choices=[('suspect', 'suspect'), ('victim_or_witness', 'victim or witness'), ('unidentified', 'unidentified (patient, deceased)'), ('missing', 'missing or endangered')])),
                ('door', models.TextField(choices=[('person', 'requested by a person'), ('machine', 'arrived from elsewhere')])),
                ('searched_before_screening', models.BooleanField()),
                ('received_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('locked_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agency')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CandidateList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('engine_name', models.TextField(blank=True)),
                ('engine_version', models.TextField(blank=True)),
                ('template_version', models.TextField(blank=True)),
                ('score_scale', models.TextField(blank=True)),
                ('threshold', models.FloatField(null=True)),
                ('gallery_name', models.TextField(blank=True)),
                ('gallery_revision', models.TextField(blank=True)),
                ('compared', models.IntegerField(null=True)),
                ('number', models.IntegerField()),
                ('not_reported', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('received_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='candidate_list', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Gallery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('kind', models.TextField(choices=[('booking_photos', 'booking photos'), ('licence_photos', 'licence photos'), ('other_lawful', 'other lawful'), ('demo', 'demo')])),
                ('lawful_basis', models.TextField()),
                ('key_id', models.TextField()),
                ('demo', models.BooleanField(default=False)),
                ('registered_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agency')),
            ],
        ),
        migrations.CreateModel(
            name='EnrolmentRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('folder', models.TextField()),
                ('files', models.IntegerField()),
                ('began_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('gallery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.gallery')),
            ],
        ),
        migrations.CreateModel(
            name='GallerySubject',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('subject_ref', models.TextField()),
                ('sealed_template', models.BinaryField()),
                ('template_version', models.TextField()),
                ('original_sha256', models.TextField()),
                ('enrolled_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('gallery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='cases.gallery')),
            ],
        ),
        migrations.CreateModel(
            name='Candidate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('subject_ref', models.TextField()),
                ('image_sha256', models.TextField(blank=True)),
                ('list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='cases.candidatelist')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='candidates', to='cases.case')),
                ('gallery_subject', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.gallerysubject')),
            ],
        ),
        migrations.CreateModel(
            name='GalleryThreshold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('template_version', models.TextField()),
                ('probe_kind', models.TextField()),
                ('threshold', models.FloatField()),
                ('because', models.TextField()),
                ('set_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('gallery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='thresholds', to='cases.gallery')),
            ],
        ),
        migrations.CreateModel(
            name='Investigation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency_case', models.TextField()),
                ('opened_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('locked_at', models.DateTimeField(null=True)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agency')),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='investigation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='cases', to='cases.investigation'),
        ),
        migrations.CreateModel(
            name='InvestigationLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.TextField(choices=[('same_probe', 'same probe'), ('same_event', 'same event'), ('same_person', 'same person')])),
                ('linked_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('one', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.investigation')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.investigation')),
            ],
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField()),
                ('key', models.TextField(unique=True)),
                ('details', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('not_before', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('attempts', models.IntegerField(db_default=0)),
                ('last_error', models.TextField(blank=True, db_default='')),
                ('done_at', models.DateTimeField(null=True)),
                ('given_up_at', models.DateTimeField(null=True)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Move',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('entry', models.BigIntegerField(unique=True)),
                ('xid', ledger.fields.TransactionIdField(db_default=models.Func(function='pg_current_xact_id'), editable=False)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='OffenceReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField()),
                ('report_reference', models.TextField()),
                ('confirmed_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='offence_report', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Policy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack', models.TextField()),
                ('title', models.TextField()),
                ('digest', models.TextField()),
                ('source', models.TextField()),
                ('adopted_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('first_adopter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second_adopter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='PolicyExculpatory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField()),
                ('name', models.TextField()),
                ('citation', models.TextField()),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exculpatory', to='cases.policy')),
            ],
        ),
        migrations.CreateModel(
            name='PolicyNumber',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('value', models.IntegerField()),
                ('citation', models.TextField()),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='numbers', to='cases.policy')),
            ],
        ),
        migrations.CreateModel(
            name='PolicyOffence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField()),
                ('name', models.TextField()),
                ('citation', models.TextField()),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offences', to='cases.policy')),
            ],
        ),
        migrations.CreateModel(
            name='PolicyProposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('pack', models.TextField()),
                ('title', models.TextField()),
                ('digest', models.TextField()),
                ('source', models.TextField()),
                ('compiled', models.JSONField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddField(
            model_name='policy',
            name='proposal',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.policyproposal'),
        ),
        migrations.CreateModel(
            name='Probe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField()),
                ('kind', models.TextField(choices=[('cctv_still', 'cctv still'), ('photograph', 'photograph'), ('document_photo', 'document photo'), ('other_still', 'other still')])),
                ('source', models.TextField()),
                ('place', models.TextField()),
                ('captured_at', models.DateTimeField(null=True)),
                ('clock_error_seconds', models.IntegerField(null=True)),
                ('frame', models.TextField(blank=True)),
                ('actors', models.IntegerField()),
                ('first_description', models.TextField()),
                ('target_box', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=4)),
                ('target_because', models.TextField()),
                ('edit', models.TextField(blank=True)),
                ('added_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='probes', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='ProbeRefused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.TextField()),
                ('sentence', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='probe_refusals', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Refused',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.TextField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('entry', models.BigIntegerField(unique=True)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refusals', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Screening',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('eligible', models.BooleanField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='screenings', to='cases.case')),
                ('policy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.policy')),
            ],
        ),
        migrations.CreateModel(
            name='SealedScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rank', models.IntegerField(null=True)),
                ('score', models.FloatField(null=True)),
                ('not_provided_because', models.TextField(blank=True)),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.candidate')),
            ],
        ),
        migrations.CreateModel(
            name='Search',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gallery_revision', models.TextField()),
                ('compared', models.IntegerField()),
                ('threshold', models.FloatField()),
                ('at_most', models.IntegerField()),
                ('measures', models.JSONField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='search', to='cases.case')),
                ('gallery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.gallery')),
                ('probe', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.probe')),
            ],
        ),
        migrations.AddField(
            model_name='candidatelist',
            name='search',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.search'),
        ),
        migrations.CreateModel(
            name='SearchRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offence_code', models.TextField()),
                ('purpose', models.TextField()),
                ('tried_before', models.TextField()),
                ('persons_named', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('repeats_because', models.TextField(blank=True)),
                ('earlier_search', models.TextField(blank=True)),
                ('armed', models.TextField(blank=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='request', to='cases.case')),
                ('gallery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.gallery')),
            ],
        ),
        migrations.CreateModel(
            name='SourceSystem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('key_sha256', models.TextField(unique=True)),
                ('active_until', models.DateTimeField()),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agency')),
            ],
        ),
        migrations.CreateModel(
            name='SearchResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('external_id', models.TextField()),
                ('idempotency_key', models.TextField()),
                ('body_sha256', models.TextField()),
                ('answer', models.JSONField()),
                ('received_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.agency')),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='result', to='cases.case')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.sourcesystem')),
            ],
        ),
        migrations.CreateModel(
            name='StoredImage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('shows', models.TextField(choices=[('probe', 'probe'), ('candidate', 'candidate'), ('gallery', 'gallery'), ('non_mate', 'non_mate'), ('attachment', 'attachment')])),
                ('key_id', models.TextField()),
                ('sealed', models.BinaryField()),
                ('original_sha256', models.TextField()),
                ('stored_sha256', models.TextField()),
                ('media_type', models.TextField()),
                ('width', models.IntegerField()),
                ('height', models.IntegerField()),
                ('demo', models.BooleanField(default=False)),
                ('stored_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                ('gallery', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.gallery')),
            ],
        ),
        migrations.AddField(
            model_name='probe',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.storedimage'),
        ),
        migrations.CreateModel(
            name='OutsideResult',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sender', models.TextField()),
                ('sender_ori', models.CharField(max_length=9)),
                ('their_number', models.TextField()),
                ('they_sent_at', models.DateTimeField()),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='outside_result', to='cases.case')),
                ('filed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('attachment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.storedimage')),
            ],
        ),
        migrations.CreateModel(
            name='Look',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('entry', models.BigIntegerField(unique=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('image', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.storedimage')),
            ],
        ),
        migrations.AddField(
            model_name='gallerysubject',
            name='image',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.storedimage'),
        ),
        migrations.AddField(
            model_name='candidate',
            name='image',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.storedimage'),
        ),
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
                ('mover', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('act', 'source', 'target'), name='a_move_is_in_the_table_once')],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('outcome', models.TextField(choices=[('enrolled', 'enrolled'), ('already', 'already enrolled'), ('skipped', 'skipped')])),
                ('because', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='done', to='cases.enrolmentrun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'name'), name='a_file_is_done_once_a_run')],
            },
        ),
        migrations.AddConstraint(
            model_name='gallery',
            constraint=models.UniqueConstraint(fields=('agency', 'name'), name='a_gallery_has_one_name_in_its_agency'),
        ),
        migrations.AddConstraint(
            model_name='gallerythreshold',
            constraint=models.UniqueConstraint(fields=('gallery', 'template_version', 'probe_kind'), name='a_threshold_is_set_once_for_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='investigation',
            constraint=models.UniqueConstraint(fields=('agency', 'agency_case'), name='an_investigation_is_opened_once'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['state', 'received_at', 'id'], name='cases_by_state_and_age'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['CLOSED', 'DESTROYED']), _negated=True), fields=['-received_at', '-id'], name='open_cases_newest_first'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state__in', ['FIT', 'DISPUTED'])), fields=['received_at', 'id'], name='cases_to_examine_by_age'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(django.contrib.postgres.indexes.OpClass(Reverse('ref'), 'text_pattern_ops'), name='cases_by_end_of_number'),
        ),
        migrations.AddIndex(
            model_name='investigation',
            index=models.Index(django.contrib.postgres.indexes.OpClass(Upper('agency_case'), 'text_pattern_ops'), name='agency_cases_by_begin'),
        ),
        migrations.AddIndex(
            model_name='investigation',
            index=models.Index(django.contrib.postgres.indexes.OpClass(Reverse(Upper('agency_case')), 'text_pattern_ops'), name='agency_cases_by_end'),
        ),
        migrations.AddIndex(
            model_name='offencereport',
            index=models.Index(fields=['code', '-case'], name='reports_of_an_offence'),
        ),
        migrations.AddConstraint(
            model_name='investigationlink',
            constraint=models.CheckConstraint(condition=models.Q(('one__lt', models.F('other'))), name='a_link_is_written_in_id_order'),
        ),
        migrations.AddConstraint(
            model_name='investigationlink',
            constraint=models.UniqueConstraint(fields=('one', 'other', 'because'), name='a_link_is_written_once_for_a_reason'),
        ),
        migrations.AddIndex(
            model_name='job',
            index=models.Index(condition=models.Q(('done_at__isnull', True), ('given_up_at__isnull', True)), fields=['not_before', 'id'], name='jobs_that_are_due'),
        ),
        migrations.AddConstraint(
            model_name='policyexculpatory',
            constraint=models.UniqueConstraint(fields=('policy', 'code'), name='an_exculpatory_test_is_listed_once'),
        ),
        migrations.AddConstraint(
            model_name='policynumber',
            constraint=models.UniqueConstraint(fields=('policy', 'name'), name='a_number_is_set_once'),
        ),
        migrations.AddConstraint(
            model_name='policynumber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', 'reviewers'), _negated=True), ('value__range', (2, 3)), _connector='OR'), name='two_reviewers_or_three'),
        ),
        migrations.AddConstraint(
            model_name='policynumber',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name', 'items_that_stand_apart'), _negated=True), ('value__gte', 1), _connector='OR'), name='never_an_arrest_on_the_face_alone'),
        ),
        migrations.AddConstraint(
            model_name='policyoffence',
            constraint=models.UniqueConstraint(fields=('policy', 'code'), name='an_offence_is_listed_once'),
        ),
        migrations.AddConstraint(
            model_name='policy',
            constraint=models.CheckConstraint(condition=models.Q(('first_adopter', models.F('second_adopter')), _negated=True), name='a_policy_is_adopted_by_two_people'),
        ),
        migrations.AddConstraint(
            model_name='sealedscore',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rank__isnull', False), ('score__isnull', False)), models.Q(('not_provided_because', ''), _negated=True), _connector='OR'), name='a_missing_score_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='sourcesystem',
            constraint=models.UniqueConstraint(fields=('agency', 'name'), name='a_source_has_one_name_in_its_agency'),
        ),
        migrations.AddConstraint(
            model_name='searchresult',
            constraint=models.UniqueConstraint(fields=('agency', 'source', 'external_id'), name='a_result_is_received_once'),
        ),
        migrations.AddConstraint(
            model_name='searchresult',
            constraint=models.UniqueConstraint(fields=('source', 'idempotency_key'), name='an_idempotency_key_is_used_once'),
        ),
        migrations.AddIndex(
            model_name='storedimage',
            index=models.Index(fields=['original_sha256'], name='the_same_picture_is_found'),
        ),
        migrations.AddConstraint(
            model_name='probe',
            constraint=models.UniqueConstraint(fields=('case', 'version'), name='a_probe_version_is_written_once'),
        ),
        migrations.AddConstraint(
            model_name='probe',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='versions_count_from_one'),
        ),
        migrations.AddConstraint(
            model_name='gallerysubject',
            constraint=models.UniqueConstraint(fields=('gallery', 'original_sha256', 'template_version'), name='a_picture_is_enrolled_once'),
        ),
        migrations.AddConstraint(
            model_name='candidate',
            constraint=models.UniqueConstraint(fields=('list', 'subject_ref', 'image_sha256'), name='a_face_is_listed_once'),
        ),
    ]
