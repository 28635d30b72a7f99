import apps.common.migration_operations
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        apps.common.migration_operations.Together(
            operations=[
                migrations.CreateModel(
                    name='CalendarDay',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('day', models.DateField(verbose_name='日期')),
                        ('kind', models.CharField(choices=[('off', '放假'), ('work', '上班（调休）')], max_length=4, verbose_name='安排')),
                        ('name', models.CharField(blank=True, db_default='', help_text='例如 春节', max_length=30, verbose_name='节日')),
                        ('document_no', models.CharField(blank=True, db_default='', max_length=80, verbose_name='文号')),
                    ],
                    options={
                        'verbose_name': '节假日和调休',
                        'verbose_name_plural': '节假日和调休',
                        'ordering': ['day'],
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('day',), name='calendarday_once', violation_error_message='这一天已经登记过。')],
                    },
                ),
                migrations.CreateModel(
                    name='Division',
                    fields=[
                        ('code', models.CharField(max_length=12, primary_key=True, serialize=False, verbose_name='代码')),
                        ('name', models.CharField(max_length=60, verbose_name='名称')),
                        ('full_name', models.CharField(max_length=160, verbose_name='全称')),
                        ('level', models.CharField(choices=[('province', '省级'), ('city', '市级'), ('county', '县级'), ('township', '乡级')], max_length=10, verbose_name='级别')),
                        ('disabled_on', models.DateField(blank=True, null=True, verbose_name='撤销日期')),
                        ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='organisation.division', verbose_name='上级')),
                    ],
                    options={
                        'verbose_name': '行政区划',
                        'verbose_name_plural': '行政区划',
                        'ordering': ['code'],
                    },
                ),
                migrations.CreateModel(
                    name='Community',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('name', models.CharField(max_length=60, verbose_name='社区')),
                        ('street', models.CharField(blank=True, db_default='', max_length=60, verbose_name='街道（乡镇）')),
                        ('contact_name', models.CharField(blank=True, db_default='', max_length=30, verbose_name='联系人')),
                        ('contact_phone', models.CharField(blank=True, db_default='', max_length=40, verbose_name='联系电话')),
                        ('closed_on', models.DateField(blank=True, null=True, verbose_name='撤并日期')),
                        ('division', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='organisation.division', verbose_name='区县')),
                    ],
                    options={
                        'verbose_name': '社区',
                        'verbose_name_plural': '社区',
                        'ordering': ['division_id', 'street', 'name', 'id'],
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('division', 'street', 'name'), name='community_unique', violation_error_message='这个街道已经有同名社区。')],
                    },
                ),
                migrations.CreateModel(
                    name='Unit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('path', models.CharField(max_length=255, unique=True)),
                        ('depth', models.PositiveIntegerField()),
                        ('numchild', models.PositiveIntegerField(default=0)),
                        ('code', models.CharField(max_length=30, unique=True, verbose_name='单位代码')),
                        ('name', models.CharField(max_length=100, unique=True, verbose_name='单位全称')),
                        ('short_name', models.CharField(blank=True, db_default='', max_length=40, verbose_name='简称')),
                        ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, help_text='旧名称、简称，用逗号分隔', size=None, verbose_name='导入时也认作')),
                        ('level', models.CharField(choices=[('central', '中央'), ('province', '省'), ('city', '市'), ('county', '县（市、区）'), ('township', '乡（镇、街道）')], default='city', max_length=10, verbose_name='层级')),
                        ('nature', models.CharField(choices=[('organ', '机关'), ('institution', '事业单位'), ('enterprise', '企业'), ('army', '军队'), ('other', '其他')], default='organ', max_length=12, verbose_name='单位性质')),
                        ('phone', models.CharField(blank=True, db_default='', max_length=40, verbose_name='电话')),
                        ('position', models.PositiveIntegerField(default=0, verbose_name='排序')),
                        ('closed_on', models.DateField(blank=True, null=True, verbose_name='撤并日期')),
                        ('division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='organisation.division', verbose_name='所在区划')),
                        ('successor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='organisation.unit', verbose_name='并入单位')),
                    ],
                    options={
                        'verbose_name': '单位',
                        'verbose_name_plural': '单位',
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='RuleSet',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('kind', models.CharField(max_length=40, verbose_name='规则')),
                        ('effective_from', models.DateField(verbose_name='自何日起')),
                        ('document_no', models.CharField(help_text='例如 云老干〔2026〕3号', max_length=80, verbose_name='文号')),
                        ('values', models.JSONField(default=dict, verbose_name='内容')),
                        ('note', models.CharField(blank=True, db_default='', max_length=300, verbose_name='说明')),
                        ('unit', models.ForeignKey(blank=True, help_text='空着表示全市', null=True, on_delete=django.db.models.deletion.PROTECT, to='organisation.unit', verbose_name='适用单位')),
                    ],
                    options={
                        'verbose_name': '规则',
                        'verbose_name_plural': '规则和文号',
                        'ordering': ['kind', '-effective_from', 'id'],
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('kind', 'unit', 'effective_from'), name='ruleset_unique', nulls_distinct=False, violation_error_message='同一单位同一天已经有这种规则，请修改那一条。')],
                    },
                ),
                migrations.CreateModel(
                    name='BarredEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('kind', models.CharField(choices=[('unit', '单位'), ('rank', '职务或职级')], max_length=4, verbose_name='类别')),
                        ('name', models.CharField(help_text='内容里出现这几个字就不能登记，请写得足够具体', max_length=60, verbose_name='名称')),
                        ('document_no', models.CharField(max_length=80, verbose_name='依据（文号）')),
                        ('reason', models.CharField(blank=True, db_default='', max_length=200, verbose_name='原因')),
                    ],
                    options={
                        'verbose_name': '不得登记的单位和职级',
                        'verbose_name_plural': '不得登记的单位和职级',
                        'ordering': ['kind', 'name', 'id'],
                        'abstract': False,
                        'constraints': [models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('kind', 'name'), name='barredentry_once', violation_error_message='这一条已经在清单里。')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='barredentry',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='218181665bc88f857d382ea11a655988f24c9b41', operation='UPDATE', pgid='pgtrigger_raise_version_f4108', table='organisation_barredentry', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='calendarday',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='8997d8928d6e09fdc2622679b080a00f16d295cf', operation='UPDATE', pgid='pgtrigger_raise_version_60c6e', table='organisation_calendarday', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='community',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='3d4b89db43a0bcd1c9d58b175e99fa6b1d8a2caf', operation='UPDATE', pgid='pgtrigger_raise_version_d9972', table='organisation_community', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='unit',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='8b50cf01eb808433a9c913b423c0ba29730674b3', operation='UPDATE', pgid='pgtrigger_raise_version_ef91b', table='organisation_unit', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='ruleset',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='cb36157985e578a1655d3b80183cfa61665b619a', operation='UPDATE', pgid='pgtrigger_raise_version_1200e', table='organisation_ruleset', when='BEFORE')),
                ),
            ],
        ),
    ]
