import apps.common.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
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
        ('ledgers', '0003_duty_run'),
        ('organisation', '0002_kept_fresh'),
        ('people', '0003_kept_fresh'),
        ('registry', '0003_export_and_orders'),
    ]

    operations = [
        migrations.CreateModel(
            name='CallSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('on_day', models.DateField(verbose_name='哪一天')),
                ('until', models.DateField(verbose_name='到哪天到期的')),
                ('order', models.CharField(choices=[('due', '期限先后'), ('community', '社区'), ('rank', '名次'), ('strokes', '姓氏笔画'), ('pinyin', '拼音')], default='due', max_length=10, verbose_name='排列')),
                ('entered_at', models.DateTimeField(blank=True, null=True, verbose_name='录入时间')),
                ('carer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='call_sheets', to=settings.AUTH_USER_MODEL, verbose_name='由谁打')),
                ('entered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='录入人')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='打印人')),
                ('paper', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.paper', verbose_name='纸质表')),
            ],
            options={
                'verbose_name': '电话单',
                'verbose_name_plural': '电话单',
                'ordering': ['-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['carer', '-id'], name='callsheet_carer')],
            },
        ),
        migrations.CreateModel(
            name='CallSheetLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('outcome', models.CharField(blank=True, choices=[('answered', '接通'), ('family', '家人代接'), ('unanswered', '无人接'), ('out', '停机')], db_default='', max_length=10, verbose_name='结果')),
                ('cadre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.cadre', verbose_name='老同志')),
                ('contact', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='sheet_line', to='ledgers.contact', verbose_name='联系记录')),
                ('duties', models.ManyToManyField(related_name='+', to='ledgers.duty', verbose_name='要办的事')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='ledgers.callsheet', verbose_name='电话单')),
            ],
            options={
                'verbose_name': '电话单的一行',
                'verbose_name_plural': '电话单的行',
                'ordering': ['sheet_id', 'position'],
                'indexes': [models.Index(condition=models.Q(('contact__isnull', True)), fields=['cadre'], name='callsheetline_open')],
                'constraints': [models.UniqueConstraint(fields=('sheet', 'position'), name='callsheetline_position'), models.UniqueConstraint(fields=('sheet', 'cadre'), name='callsheetline_cadre')],
            },
        ),
        migrations.CreateModel(
            name='Inquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('form_key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='表单编号')),
                ('caller', models.CharField(blank=True, db_default='', max_length=60, verbose_name='来人（不是本人才填）')),
                ('caller_phone', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='回电号码')),
                ('source', models.CharField(choices=[('staff', '工作人员'), ('self', '本人'), ('call', '来电'), ('visit', '来访'), ('letter', '来信'), ('branch', '支部代报'), ('family', '家属'), ('unit', '单位报送'), ('office', '其他部门提供'), ('file', '名册导入')], db_default='call', default='call', max_length=10, verbose_name='怎样来的')),
                ('subject', models.CharField(max_length=4, verbose_name='什么事')),
                ('content', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='内容')),
                ('received_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='受理时间')),
                ('state', models.CharField(choices=[('done', '当场办结'), ('open', '转办中'), ('answered', '办完待回复'), ('closed', '已回复')], max_length=10, verbose_name='状态')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='办理期限')),
                ('result', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='办理结果')),
                ('answered_on', models.DateField(blank=True, null=True, verbose_name='办完日期')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='回复日期')),
                ('closing_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closed_inquiries', to='ledgers.contact', verbose_name='回复记录')),
                ('handler', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='承办人')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inquiries', to='people.person', verbose_name='哪位老同志')),
                ('received_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='受理人（首问负责）')),
                ('unit', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit', verbose_name='受理单位')),
            ],
            options={
                'verbose_name': '来电来访',
                'verbose_name_plural': '来电来访登记',
                'ordering': ['-received_at', '-id'],
                'abstract': False,
                'indexes': [models.Index(fields=['-received_at', '-id'], name='inquiry_received'), models.Index(condition=models.Q(('state__in', ['open', 'answered'])), fields=['handler', 'due_on'], name='inquiry_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('person__isnull', False), models.Q(('caller', ''), _negated=True), _connector='OR'), name='inquiry_who', violation_error_message='请选是哪位老同志，或写明来人是谁。'), models.CheckConstraint(condition=models.Q(('state', 'done'), models.Q(('due_on__isnull', False), ('handler__isnull', False)), _connector='OR'), name='inquiry_passed_on_whole', violation_error_message='转办要选承办人，并定期限。')],
            },
        ),
        migrations.CreateModel(
            name='SafetyCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('raised_on', models.DateField(verbose_name='哪一天')),
                ('raised_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='发出时间')),
                ('result', models.CharField(blank=True, choices=[('seen', '见到本人，平安'), ('spoken', '与本人通了话，平安'), ('helped', '见到本人，已送医或求助'), ('away', '家人确认不在家，平安'), ('died', '已离世（另行登记）'), ('called_off', '误报，已撤销')], db_default='', max_length=10, verbose_name='结果')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='核实时间')),
                ('note', models.CharField(blank=True, db_default='', max_length=300, verbose_name='说明')),
                ('cadre', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='safety_checks', to='registry.cadre', verbose_name='老同志')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报告人')),
                ('closing_contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='closed_checks', to='ledgers.contact', verbose_name='核实记录')),
                ('last_call', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledgers.contact', verbose_name='最后一次没接通')),
                ('raised_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='由谁的记录发出')),
            ],
            options={
                'verbose_name': '当日上门核实',
                'verbose_name_plural': '当日上门核实',
                'ordering': ['-raised_at', '-id'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['-raised_at'], name='safetycheck_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True), ('voided_at__isnull', True)), fields=('cadre',), name='safetycheck_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('result', '')), models.Q(('closed_at__isnull', False), models.Q(('result', ''), _negated=True)), _connector='OR'), name='safetycheck_result'), models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('closed_at__gte', models.F('raised_at')), _connector='OR'), name='safetycheck_order')],
            },
        ),
        migrations.CreateModel(
            name='TierAdvice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '一级'), (2, '二级'), (3, '三级')], verbose_name='建议等级')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('veteran', '离休'), ('aged_80', '80 岁以上'), ('aged_90', '90 岁以上'), ('alone', '独居'), ('empty_nest', '空巢'), ('disabled', '自理能力差'), ('disabled_no_company', '自理能力差又无人陪伴'), ('seriously_ill', '患重病'), ('double_high', '双高期'), ('difficulty', '有特殊困难'), ('long_stay', '长期住院')], max_length=20), blank=True, db_default=[], default=list, size=None, verbose_name='建议理由')),
                ('advised_on', models.DateField(verbose_name='提出日期')),
                ('cadre', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='tier_advice', to='registry.cadre', verbose_name='老干部')),
            ],
            options={
                'verbose_name': '服务等级建议',
                'verbose_name_plural': '服务等级建议',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='contact',
            name='changed_update',
        ),
        migrations.AddField(
            model_name='contact',
            name='outcome',
            field=models.CharField(blank=True, choices=[('answered', '接通'), ('family', '家人代接'), ('unanswered', '无人接'), ('out', '停机')], db_default='', max_length=10, verbose_name='接通情况'),
        ),
        migrations.AddField(
            model_name='contact',
            name='source',
            field=models.CharField(choices=[('staff', '工作人员'), ('self', '本人'), ('call', '来电'), ('visit', '来访'), ('letter', '来信'), ('branch', '支部代报'), ('family', '家属'), ('unit', '单位报送'), ('office', '其他部门提供'), ('file', '名册导入')], db_default='staff', default='staff', max_length=10, verbose_name='信息来源'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='outcome',
            field=models.CharField(blank=True, choices=[('answered', '接通'), ('family', '家人代接'), ('unanswered', '无人接'), ('out', '停机')], db_default='', max_length=10, verbose_name='接通情况'),
        ),
        migrations.AddField(
            model_name='contactevent',
            name='source',
            field=models.CharField(choices=[('staff', '工作人员'), ('self', '本人'), ('call', '来电'), ('visit', '来访'), ('letter', '来信'), ('branch', '支部代报'), ('family', '家属'), ('unit', '单位报送'), ('office', '其他部门提供'), ('file', '名册导入')], db_default='staff', default='staff', max_length=10, verbose_name='信息来源'),
        ),
        migrations.AddField(
            model_name='duty',
            name='means',
            field=models.CharField(blank=True, choices=[('', ''), ('visit', '上门'), ('call', '打电话'), ('letter', '写信')], db_default='', default='', max_length=6, verbose_name='怎样办'),
        ),
        migrations.AddField(
            model_name='dutyrun',
            name='seen_until',
            field=models.DateTimeField(null=True, verbose_name='变动看到哪里'),
        ),
        migrations.AlterField(
            model_name='contact',
            name='entered_via',
            field=models.CharField(choices=[('staff', '工作人员页面'), ('branch', '支部页面'), ('import', '批量录入'), ('sheet', '电话单录入'), ('seed', '演示数据')], db_default='staff', default='staff', editable=False, max_length=10, verbose_name='录入途径'),
        ),
        migrations.AlterField(
            model_name='contactevent',
            name='entered_via',
            field=models.CharField(choices=[('staff', '工作人员页面'), ('branch', '支部页面'), ('import', '批量录入'), ('sheet', '电话单录入'), ('seed', '演示数据')], db_default='staff', default='staff', editable=False, max_length=10, verbose_name='录入途径'),
        ),
        migrations.AddIndex(
            model_name='caretier',
            index=django.contrib.postgres.indexes.BrinIndex(autosummarize=True, fields=['updated_at'], name='caretier_updated', pages_per_range=16),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='contact',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."by" IS DISTINCT FROM (NEW."by") OR OLD."campaign" IS DISTINCT FROM (NEW."campaign") OR OLD."companions" IS DISTINCT FROM (NEW."companions") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."entered_via" IS DISTINCT FROM (NEW."entered_via") OR OLD."feedback" IS DISTINCT FROM (NEW."feedback") OR OLD."form_key" IS DISTINCT FROM (NEW."form_key") OR OLD."gifts" IS DISTINCT FROM (NEW."gifts") OR OLD."happened_on" IS DISTINCT FROM (NEW."happened_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."leaders" IS DISTINCT FROM (NEW."leaders") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."money" IS DISTINCT FROM (NEW."money") OR OLD."needs" IS DISTINCT FROM (NEW."needs") OR OLD."on_behalf_of_id" IS DISTINCT FROM (NEW."on_behalf_of_id") OR OLD."outcome" IS DISTINCT FROM (NEW."outcome") OR OLD."place" IS DISTINCT FROM (NEW."place") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."summary" IS DISTINCT FROM (NEW."summary") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "ledgers_contactevent" ("by", "campaign", "companions", "created_at", "entered_via", "feedback", "form_key", "gifts", "happened_on", "id", "kind", "leaders", "method", "money", "needs", "on_behalf_of_id", "outcome", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place", "public_id", "recorded_by_id", "source", "summary", "updated_at", "version", "void_reason", "voided_at") VALUES (OLD."by", OLD."campaign", OLD."companions", OLD."created_at", OLD."entered_via", OLD."feedback", OLD."form_key", OLD."gifts", OLD."happened_on", OLD."id", OLD."kind", OLD."leaders", OLD."method", OLD."money", OLD."needs", OLD."on_behalf_of_id", OLD."outcome", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."place", OLD."public_id", OLD."recorded_by_id", OLD."source", OLD."summary", OLD."updated_at", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='9c7a2ad66a1a8cc0d7211c1bc59e279856868bf5', operation='UPDATE', pgid='pgtrigger_changed_update_ba096', table='ledgers_contact', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='callsheet',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='6bcc0022065c8e0c24a89367a9ed57b9e7f3737d', operation='UPDATE', pgid='pgtrigger_raise_version_f2b9d', table='ledgers_callsheet', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='inquiry',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='4d5c3ee5c6042ce95c31ffc91109604aa2b63301', operation='UPDATE', pgid='pgtrigger_raise_version_97543', table='ledgers_inquiry', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='safetycheck',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='75d3f849c1187075a73be96653a4c5c12bf2c5cd', operation='UPDATE', pgid='pgtrigger_raise_version_81be3', table='ledgers_safetycheck', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='tieradvice',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='7362fcecd220db183f9a9ba24eecf3cd6a90653d', operation='UPDATE', pgid='pgtrigger_raise_version_f9cb0', table='ledgers_tieradvice', when='BEFORE')),
        ),
    ]
