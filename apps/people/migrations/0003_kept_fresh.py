import apps.accounts.models.users
import apps.common.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('common', '0004_kept_fresh'),
        ('organisation', '0002_kept_fresh'),
        ('people', '0002_strokes_order'),
    ]

    operations = [
        migrations.CreateModel(
            name='Whereabouts',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('kind', models.CharField(choices=[('travelling', '外出'), ('elsewhere', '异地居住'), ('resettled', '易地安置')], max_length=10, verbose_name='情况')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='自何日起')),
                ('ends_on', models.DateField(blank=True, help_text='还没回来就空着', null=True, verbose_name='到何日（不含）')),
                ('place', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='详细地址')),
                ('phone', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='那里的电话')),
                ('host_unit', models.CharField(blank=True, db_default='', help_text='易地安置才填', max_length=100, verbose_name='接收单位')),
                ('document_no', models.CharField(blank=True, db_default='', max_length=80, verbose_name='文号')),
                ('note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='说明')),
                ('in_force', models.BooleanField(db_default=False, default=False, editable=False, verbose_name='已生效')),
                ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.division', verbose_name='在哪里（区划）')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='whereabouts', to='people.person', verbose_name='老同志')),
            ],
            options={
                'verbose_name': '外出和异地居住',
                'verbose_name_plural': '外出和异地居住',
                'ordering': ['person_id', '-starts_on', '-id'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('voided_at__isnull', True)), fields=['person'], name='whereabouts_person'), django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['updated_at'], name='whereabouts_updated', pages_per_range=16)],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('starts_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='whereabouts_order', violation_error_message='回来的日期要晚于离开的日期。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_at__isnull', True)), expressions=[('person', '='), (apps.accounts.models.users.DateRange('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='whereabouts_once', violation_error_message='这段时间已经登记过外出或异地居住。')],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='changed_update',
        ),
        migrations.AddField(
            model_name='person',
            name='reach_answers',
            field=models.CharField(blank=True, db_default='', help_text='例如 老伴', max_length=40, verbose_name='一般谁接'),
        ),
        migrations.AddField(
            model_name='person',
            name='reach_hours',
            field=models.CharField(blank=True, db_default='', help_text='例如 上午9点后', max_length=40, verbose_name='什么时候方便'),
        ),
        migrations.AddField(
            model_name='person',
            name='reach_through',
            field=models.CharField(blank=True, db_default='', help_text='例如 女儿、对门赵阿姨', max_length=60, verbose_name='请谁转告'),
        ),
        migrations.AddField(
            model_name='personevent',
            name='reach_answers',
            field=models.CharField(blank=True, db_default='', help_text='例如 老伴', max_length=40, verbose_name='一般谁接'),
        ),
        migrations.AddField(
            model_name='personevent',
            name='reach_hours',
            field=models.CharField(blank=True, db_default='', help_text='例如 上午9点后', max_length=40, verbose_name='什么时候方便'),
        ),
        migrations.AddField(
            model_name='personevent',
            name='reach_through',
            field=models.CharField(blank=True, db_default='', help_text='例如 女儿、对门赵阿姨', max_length=60, verbose_name='请谁转告'),
        ),
        migrations.AlterField(
            model_name='person',
            name='reach_note',
            field=models.CharField(blank=True, db_default='', help_text='例如 先发短信再打', max_length=120, verbose_name='联系说明'),
        ),
        migrations.AlterField(
            model_name='personevent',
            name='reach_note',
            field=models.CharField(blank=True, db_default='', help_text='例如 先发短信再打', max_length=120, verbose_name='联系说明'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('citizen_id_index__isnull', True), ('voided_at__isnull', True)), fields=['id'], name='person_without_number'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['updated_at'], name='person_updated', pages_per_range=16),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."birth_note" IS DISTINCT FROM (NEW."birth_note") OR OLD."birthday_calendar" IS DISTINCT FROM (NEW."birthday_calendar") OR OLD."birthday_day" IS DISTINCT FROM (NEW."birthday_day") OR OLD."birthday_greeting" IS DISTINCT FROM (NEW."birthday_greeting") OR OLD."birthday_leap" IS DISTINCT FROM (NEW."birthday_leap") OR OLD."birthday_leap_policy" IS DISTINCT FROM (NEW."birthday_leap_policy") OR OLD."birthday_month" IS DISTINCT FROM (NEW."birthday_month") OR OLD."citizen_id_historic" IS DISTINCT FROM (NEW."citizen_id_historic") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."dialect" IS DISTINCT FROM (NEW."dialect") OR OLD."died_on" IS DISTINCT FROM (NEW."died_on") OR OLD."ethnicity" IS DISTINCT FROM (NEW."ethnicity") OR OLD."former_name" IS DISTINCT FROM (NEW."former_name") OR OLD."hard_of_hearing" IS DISTINCT FROM (NEW."hard_of_hearing") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."life_status" IS DISTINCT FROM (NEW."life_status") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."native_place" IS DISTINCT FROM (NEW."native_place") OR OLD."photo_id" IS DISTINCT FROM (NEW."photo_id") OR OLD."political_status" IS DISTINCT FROM (NEW."political_status") OR OLD."poor_sight" IS DISTINCT FROM (NEW."poor_sight") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."reach_answers" IS DISTINCT FROM (NEW."reach_answers") OR OLD."reach_by" IS DISTINCT FROM (NEW."reach_by") OR OLD."reach_hours" IS DISTINCT FROM (NEW."reach_hours") OR OLD."reach_note" IS DISTINCT FROM (NEW."reach_note") OR OLD."reach_through" IS DISTINCT FROM (NEW."reach_through") OR OLD."residence_division_id" IS DISTINCT FROM (NEW."residence_division_id") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "people_personevent" ("birth_date", "birth_note", "birthday_calendar", "birthday_day", "birthday_greeting", "birthday_leap", "birthday_leap_policy", "birthday_month", "citizen_id_historic", "community_id", "created_at", "dialect", "died_on", "ethnicity", "former_name", "hard_of_hearing", "household_id", "id", "life_status", "name", "native_place", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_id", "political_status", "poor_sight", "public_id", "reach_answers", "reach_by", "reach_hours", "reach_note", "reach_through", "residence_division_id", "sex", "updated_at", "version", "void_reason", "voided_at") VALUES (OLD."birth_date", OLD."birth_note", OLD."birthday_calendar", OLD."birthday_day", OLD."birthday_greeting", OLD."birthday_leap", OLD."birthday_leap_policy", OLD."birthday_month", OLD."citizen_id_historic", OLD."community_id", OLD."created_at", OLD."dialect", OLD."died_on", OLD."ethnicity", OLD."former_name", OLD."hard_of_hearing", OLD."household_id", OLD."id", OLD."life_status", OLD."name", OLD."native_place", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."photo_id", OLD."political_status", OLD."poor_sight", OLD."public_id", OLD."reach_answers", OLD."reach_by", OLD."reach_hours", OLD."reach_note", OLD."reach_through", OLD."residence_division_id", OLD."sex", OLD."updated_at", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='eb66904c5919cd7aa2af672b7c227e1f8b16f1d1', operation='UPDATE', pgid='pgtrigger_changed_update_41b30', table='people_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='whereabouts',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='503c3475e0e4c6effb958e9a910948365ff315e8', operation='UPDATE', pgid='pgtrigger_raise_version_bb54a', table='people_whereabouts', when='BEFORE')),
        ),
    ]
