import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '__first__'),
        ('common', '0004_kept_fresh'),
        ('organisation', '0002_kept_fresh'),
        ('people', '0004_workbench'),
    ]

    operations = [
        migrations.CreateModel(
            name='PersonMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('state', models.CharField(choices=[('proposed', '等复核'), ('done', '已合并'), ('refused', '没有同意'), ('undone', '已撤销')], default='proposed', max_length=9, verbose_name='情况')),
                ('chosen', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None, verbose_name='取并入那一份的项目')),
                ('reason', models.CharField(max_length=200, verbose_name='怎样知道是同一个人')),
                ('proposed_at', models.DateTimeField(editable=False, verbose_name='提出时间')),
                ('decided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='复核时间')),
                ('decision_note', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='复核意见')),
                ('undone_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='撤销时间')),
                ('moved', models.JSONField(default=dict, editable=False, verbose_name='移过来的')),
                ('left', models.JSONField(default=list, editable=False, verbose_name='撤销时没有移回的')),
                ('before', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.attachment', verbose_name='合并以前')),
                ('decided_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='复核人')),
                ('loser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='people.person', verbose_name='并入')),
                ('proposed_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='提出人')),
                ('undone_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='撤销人')),
                ('winner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merged_into_me', to='people.person', verbose_name='保留')),
            ],
            options={
                'verbose_name': '重复的人合并',
                'verbose_name_plural': '重复的人合并',
                'ordering': ['-proposed_at', '-id'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('state', 'done')), fields=['winner'], name='personmerge_aliases'), models.Index(fields=['state', '-proposed_at'], name='personmerge_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('winner', models.F('loser')), _negated=True), name='personmerge_two'), models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'done'])), fields=('loser',), name='personmerge_once', violation_error_message='这份登记已经提出合并，或者已经并入另一份。')],
            },
        ),
        migrations.CreateModel(
            name='TwinPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('phone', '姓名和电话相同'), ('last4', '姓名和证号末四位相同'), ('birth', '姓名和出生日期相同'), ('partly', '姓名相同，出生年月不矛盾'), ('sound', '姓名同音，出生日期相同')], max_length=12), size=None, verbose_name='为什么像同一个人')),
                ('score', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='相像程度')),
                ('found_on', models.DateField(verbose_name='哪天发现')),
                ('gone_on', models.DateField(blank=True, null=True, verbose_name='不再相像')),
                ('dismissed_at', models.DateTimeField(blank=True, null=True, verbose_name='排除时间')),
                ('dismiss_reason', models.CharField(blank=True, db_default='', max_length=200, verbose_name='为什么是两个人')),
                ('dismissed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='排除人')),
                ('high', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='另一位')),
                ('low', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='一位')),
            ],
            options={
                'verbose_name': '可能重复的人',
                'verbose_name_plural': '可能重复的人',
                'ordering': ['-score', 'low_id', 'high_id'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('dismissed_at__isnull', True), ('gone_on__isnull', True)), fields=['-score', 'low', 'high'], name='twinpair_waiting')],
                'constraints': [models.UniqueConstraint(fields=('low', 'high'), name='twinpair_once'), models.CheckConstraint(condition=models.Q(('low__lt', models.F('high'))), name='twinpair_order')],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='person',
            name='changed_update',
        ),
        migrations.AddField(
            model_name='person',
            name='mourned_until',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='家中不发问候到何日（不含）'),
        ),
        migrations.AddField(
            model_name='personevent',
            name='mourned_until',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='家中不发问候到何日（不含）'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('mourned_until__isnull', False), ('life_status', 'reported'), _connector='OR'), fields=['household', 'mourned_until'], name='person_mourned'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."birth_note" IS DISTINCT FROM (NEW."birth_note") OR OLD."birthday_calendar" IS DISTINCT FROM (NEW."birthday_calendar") OR OLD."birthday_day" IS DISTINCT FROM (NEW."birthday_day") OR OLD."birthday_greeting" IS DISTINCT FROM (NEW."birthday_greeting") OR OLD."birthday_leap" IS DISTINCT FROM (NEW."birthday_leap") OR OLD."birthday_leap_policy" IS DISTINCT FROM (NEW."birthday_leap_policy") OR OLD."birthday_month" IS DISTINCT FROM (NEW."birthday_month") OR OLD."citizen_id_historic" IS DISTINCT FROM (NEW."citizen_id_historic") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."dialect" IS DISTINCT FROM (NEW."dialect") OR OLD."died_on" IS DISTINCT FROM (NEW."died_on") OR OLD."ethnicity" IS DISTINCT FROM (NEW."ethnicity") OR OLD."former_name" IS DISTINCT FROM (NEW."former_name") OR OLD."hard_of_hearing" IS DISTINCT FROM (NEW."hard_of_hearing") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."life_status" IS DISTINCT FROM (NEW."life_status") OR OLD."mourned_until" IS DISTINCT FROM (NEW."mourned_until") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."native_place" IS DISTINCT FROM (NEW."native_place") OR OLD."photo_id" IS DISTINCT FROM (NEW."photo_id") OR OLD."political_status" IS DISTINCT FROM (NEW."political_status") OR OLD."poor_sight" IS DISTINCT FROM (NEW."poor_sight") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."reach_answers" IS DISTINCT FROM (NEW."reach_answers") OR OLD."reach_by" IS DISTINCT FROM (NEW."reach_by") OR OLD."reach_hours" IS DISTINCT FROM (NEW."reach_hours") OR OLD."reach_note" IS DISTINCT FROM (NEW."reach_note") OR OLD."reach_through" IS DISTINCT FROM (NEW."reach_through") OR OLD."residence_division_id" IS DISTINCT FROM (NEW."residence_division_id") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "people_personevent" ("birth_date", "birth_note", "birthday_calendar", "birthday_day", "birthday_greeting", "birthday_leap", "birthday_leap_policy", "birthday_month", "citizen_id_historic", "community_id", "created_at", "dialect", "died_on", "ethnicity", "former_name", "hard_of_hearing", "household_id", "id", "life_status", "mourned_until", "name", "native_place", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_id", "political_status", "poor_sight", "public_id", "reach_answers", "reach_by", "reach_hours", "reach_note", "reach_through", "residence_division_id", "sex", "updated_at", "version", "void_reason", "voided_at") VALUES (OLD."birth_date", OLD."birth_note", OLD."birthday_calendar", OLD."birthday_day", OLD."birthday_greeting", OLD."birthday_leap", OLD."birthday_leap_policy", OLD."birthday_month", OLD."citizen_id_historic", OLD."community_id", OLD."created_at", OLD."dialect", OLD."died_on", OLD."ethnicity", OLD."former_name", OLD."hard_of_hearing", OLD."household_id", OLD."id", OLD."life_status", OLD."mourned_until", OLD."name", OLD."native_place", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."photo_id", OLD."political_status", OLD."poor_sight", OLD."public_id", OLD."reach_answers", OLD."reach_by", OLD."reach_hours", OLD."reach_note", OLD."reach_through", OLD."residence_division_id", OLD."sex", OLD."updated_at", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='0448fb134245ec3c57efb678ec23b59043a9664a', operation='UPDATE', pgid='pgtrigger_changed_update_41b30', table='people_person', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personmerge',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='7e80322e870cfac50e9910562bee01073ae0dfe1', operation='UPDATE', pgid='pgtrigger_raise_version_d0d91', table='people_personmerge', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='twinpair',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='3cfcd3e6fa203f1f5d27fa943141d5068a87c824', operation='UPDATE', pgid='pgtrigger_raise_version_948c8', table='people_twinpair', when='BEFORE')),
        ),
    ]
