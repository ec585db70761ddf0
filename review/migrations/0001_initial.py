import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
import ledger.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ("ledger", "0002_promises"),
        ('cases', '0002_promises'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('action', models.TextField(primary_key=True, serialize=False)),
                ('name', models.TextField()),
                ('demands', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ('standing_apart', models.IntegerField()),
                ('arrest_like', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='EvidenceKind',
            fields=[
                ('kind', models.TextField(primary_key=True, serialize=False)),
                ('channel', models.TextField()),
                ('judgement', models.BooleanField()),
                ('passes_on', models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name='CandidateEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.TextField(choices=[('excluded', 'excluded'), ('not_supported', 'not supported'), ('set_aside', 'set aside')])),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='cases.candidate')),
            ],
        ),
        migrations.CreateModel(
            name='Countersignature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.TextField(unique=True)),
                ('place', models.TextField()),
                ('because', models.TextField()),
                ('state', django_fsm.FSMField(choices=[('ASKED', 'ASKED'), ('SIGNED', 'SIGNED'), ('REFUSED', 'REFUSED'), ('STARTED', 'STARTED')], max_length=50, protected=True)),
                ('asked_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('act_by', models.DateTimeField(null=True)),
                ('action', models.ForeignKey(db_column='action', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.action')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CountersignatureTransition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.TextField()),
                ('source', models.TextField()),
                ('target', models.TextField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('act', 'source', 'target'), name='a_countersignature_move_is_listed_once')],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signed', models.BooleanField()),
                ('sentence', models.TextField()),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('rests_on', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('policy_digest', models.TextField()),
                ('entry', models.BigIntegerField(unique=True)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('countersignature', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='review.countersignature')),
            ],
        ),
        migrations.CreateModel(
            name='Disposition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('disposition', models.TextField(choices=[('withdrawn', 'withdrawn'), ('no_lead', 'no lead'), ('lead_ended', 'lead ended'), ('arrest', 'arrest'), ('other_person', 'other person'), ('not_pursued', 'not pursued')])),
                ('note', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='disposition', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.TextField(unique=True)),
                ('opened_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('candidate', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='lead', to='cases.candidate')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='cases.case')),
            ],
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.TextField(unique=True)),
                ('direction', models.TextField(choices=[('incriminating', 'incriminating'), ('exculpatory', 'exculpatory')])),
                ('description', models.TextField()),
                ('source_document', models.TextField(blank=True)),
                ('exculpatory_code', models.TextField(blank=True)),
                ('entered_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('kind', models.ForeignKey(db_column='kind', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.evidencekind')),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='evidence', to='review.lead')),
            ],
        ),
        migrations.AddField(
            model_name='countersignature',
            name='lead',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='countersignatures', to='review.lead'),
        ),
        migrations.CreateModel(
            name='LeadEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('because', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('lead', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='ended', to='review.lead')),
            ],
        ),
        migrations.CreateModel(
            name='NoticesRead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='OutsideGate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('action', models.TextField()),
                ('happened_at', models.DateTimeField()),
                ('description', models.TextField()),
                ('entered_at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('entered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('lead', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outside_gate', to='review.lead')),
            ],
        ),
        migrations.CreateModel(
            name='ProbeCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('grade', models.TextField(choices=[('fit', 'fit'), ('limited', 'limited'), ('unfit', 'unfit')])),
                ('depicts', models.TextField()),
                ('role_shown_by', models.TextField(blank=True)),
                ('limits', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='probe_check', to='cases.case')),
                ('probe', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.probe')),
            ],
        ),
        migrations.CreateModel(
            name='Sorting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kept', models.BooleanField()),
                ('reason', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.candidate')),
            ],
        ),
        migrations.CreateModel(
            name='Conclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rating', models.IntegerField()),
                ('grounds', models.TextField()),
                ('limits', models.TextField(blank=True)),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('candidate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='cases.candidate')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('candidate', 'by'), name='one_person_concludes_once_on_a_candidate'), models.CheckConstraint(condition=models.Q(('rating__range', (-3, 3))), name='the_scale_runs_from_minus_3_to_plus_3')],
            },
        ),
        migrations.CreateModel(
            name='Drawn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.IntegerField()),
                ('seed', models.BigIntegerField()),
                ('code', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drawn', to='cases.case')),
                ('reviewer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'reviewer'), name='a_reviewer_is_drawn_once_a_case'), models.UniqueConstraint(fields=('case', 'turn'), name='a_turn_is_drawn_once'), models.UniqueConstraint(fields=('reviewer', 'code'), name='a_code_names_one_examination_of_a_reviewer'), models.CheckConstraint(condition=models.Q(('turn__range', (1, 3))), name='there_are_three_turns')],
            },
        ),
        migrations.CreateModel(
            name='Edge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('content_from', 'content_from'), ('exposed_to', 'exposed_to'), ('selected_by', 'selected_by'), ('authorised_by', 'authorised_by')])),
                ('root', models.TextField(blank=True, choices=[('face_result', 'the face result'), ('probe', 'the probe')])),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='edges', to='review.evidence')),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.evidence')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('parent__isnull', True), ('root', ''), _connector='XOR'), name='an_edge_leads_to_one_thing'), models.CheckConstraint(condition=models.Q(('item', models.F('parent')), _negated=True), name='nothing_depends_on_itself')],
            },
        ),
        migrations.CreateModel(
            name='Closing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('how', models.TextField(choices=[('tested_excludes', 'tested: it holds, and the lead ends'), ('tested_does_not', 'tested: it does not exclude the person'), ('impossible', 'cannot be tested, because'), ('weighed', 'contested, and weighed by two people')])),
                ('because', models.TextField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='closing', to='review.evidence')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('how', 'weighed'), _negated=True), models.Q(('second__isnull', False), models.Q(('second', models.F('by')), _negated=True)), _connector='OR'), name='weighing_takes_two_people')],
            },
        ),
        migrations.CreateModel(
            name='Fixing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('links_to', models.TextField(choices=[('offence', 'offence'), ('identity', 'identity'), ('presence', 'presence'), ('character', 'character')])),
                ('discriminates', models.BooleanField()),
                ('one_in', models.IntegerField()),
                ('source_document_seen', models.BooleanField()),
                ('at', models.DateTimeField(db_default=ledger.fields.HouseNow())),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('item', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='fixing', to='review.evidence')),
                ('kind', models.ForeignKey(db_column='kind', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='review.evidencekind')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('one_in__gte', 1)), name='one_person_in_at_least_one')],
            },
        ),
        migrations.AddConstraint(
            model_name='countersignature',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['ASKED', 'SIGNED', 'STARTED'])), fields=('lead', 'action'), name='at_most_one_live_countersignature_for_an_action'),
        ),
        migrations.AddIndex(
            model_name='noticesread',
            index=models.Index(fields=['person', '-at'], name='readings_of_one_person'),
        ),
        migrations.AddConstraint(
            model_name='sorting',
            constraint=models.UniqueConstraint(fields=('candidate', 'by'), name='a_face_is_sorted_once_by_a_reviewer'),
        ),
    ]
