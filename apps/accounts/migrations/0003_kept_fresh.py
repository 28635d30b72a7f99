import apps.accounts.models.users
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_sign_in'),
        ('organisation', '0002_kept_fresh'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('starts_on', models.DateField(verbose_name='自何日起')),
                ('ends_on', models.DateField(verbose_name='到何日（不含）')),
                ('reason', models.CharField(blank=True, db_default='', help_text='例如 休假、学习', max_length=100, verbose_name='原因')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('substitute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='stands_in', to=settings.AUTH_USER_MODEL, verbose_name='由谁代（B岗）')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='absences', to=settings.AUTH_USER_MODEL, verbose_name='谁不在岗')),
            ],
            options={
                'verbose_name': '不在岗',
                'verbose_name_plural': '不在岗和代岗',
                'ordering': ['-starts_on', '-id'],
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='absence_order', violation_error_message='结束日期要晚于开始日期。'), models.CheckConstraint(condition=models.Q(('user', models.F('substitute')), _negated=True), name='absence_two_people', violation_error_message='代岗的要是另一位同志。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_at__isnull', True)), expressions=[('user', '='), (apps.accounts.models.users.DateRange('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='absence_once', violation_error_message='这段时间已经登记过不在岗。')],
            },
        ),
        migrations.CreateModel(
            name='BoundCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('serial', models.CharField(help_text='十六进制，照证书上写，冒号和空格会去掉', max_length=64, verbose_name='证书序列号')),
                ('subject', models.CharField(help_text='照系统在登录页显示的一行抄写', max_length=300, verbose_name='证书主题（DN）')),
                ('reason', models.CharField(help_text='例如 UKey 领用登记表第几号', max_length=200, verbose_name='依据')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='解除时间')),
                ('bound_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '证书和UKey',
                'verbose_name_plural': '证书和UKey',
                'ordering': ['-id'],
                'abstract': False,
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('serial', 'subject'), name='boundcertificate_once', violation_error_message='这张证书已经绑定在一个账号上。')],
            },
        ),
        migrations.CreateModel(
            name='CodeSheet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('printed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='打印时间')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('printed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='打印人')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='code_sheets', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '一次性口令单',
                'verbose_name_plural': '一次性口令单',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('user',), name='codesheet_one_in_force')],
            },
        ),
        migrations.CreateModel(
            name='KeptPost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('session_digest', models.BinaryField(unique=True, verbose_name='会话')),
                ('sealed', models.BinaryField(verbose_name='内容')),
                ('kept_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='保留时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '锁定时保留的填写内容',
                'verbose_name_plural': '锁定时保留的填写内容',
                'indexes': [models.Index(fields=['kept_at'], name='keptpost_at')],
            },
        ),
        migrations.CreateModel(
            name='SheetCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField(verbose_name='序号')),
                ('digest', models.BinaryField(verbose_name='摘要')),
                ('used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='使用时间')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='codes', to='accounts.codesheet', verbose_name='口令单')),
            ],
            options={
                'verbose_name': '一次性口令',
                'verbose_name_plural': '一次性口令',
                'ordering': ['sheet_id', 'number'],
                'constraints': [models.UniqueConstraint(fields=('sheet', 'number'), name='sheetcode_once')],
            },
        ),
        migrations.AlterModelOptions(
            name='user',
            options={'ordering': ['username'], 'permissions': [('view_reveals', '查看完整号码的次数')], 'verbose_name': '账号', 'verbose_name_plural': '账号'},
        ),
        migrations.RemoveConstraint(
            model_name='rolegrant',
            name='rolegrant_once',
        ),
        migrations.AddField(
            model_name='rolegrant',
            name='community',
            field=models.ForeignKey(blank=True, help_text='社区联络员才填：只管住在这个社区的老同志', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.community', verbose_name='只限社区'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at__isnull', True)), expressions=[('user', '='), ('role', '='), ('unit', '='), (django.db.models.functions.comparison.Coalesce('community', 0), '='), (apps.accounts.models.users.DateRange('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='rolegrant_once', violation_error_message='这个账号在这段时间已有同一单位（社区）的同一角色。'),
        ),
        migrations.AddConstraint(
            model_name='rolegrant',
            constraint=models.CheckConstraint(condition=models.Q(('community__isnull', True), ('role', 'liaison'), _connector='OR'), name='rolegrant_community_liaison', violation_error_message='只有单位联络员可以限定社区。'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='absence',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='8e83f92fd651ac12090d26ee15efcb4f181bc7f1', operation='UPDATE', pgid='pgtrigger_raise_version_6414c', table='accounts_absence', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='boundcertificate',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='aea55f6c23a271ed16870a219e9a5bdc5e6b8eb8', operation='UPDATE', pgid='pgtrigger_raise_version_1ce7d', table='accounts_boundcertificate', when='BEFORE')),
        ),
    ]
