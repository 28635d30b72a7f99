import apps.accounts.models.users
import apps.accounts.roles
import apps.common.fields
import apps.common.migration_operations
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
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

    initial = True

    dependencies = [
        ('organisation', '0001_initial'),
    ]

    operations = [
        apps.common.migration_operations.Together(
            operations=[
                migrations.CreateModel(
                    name='User',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                        ('username', models.CharField(max_length=40, unique=True, verbose_name='用户名')),
                        ('display_name', models.CharField(max_length=40, verbose_name='姓名')),
                        ('email', models.EmailField(blank=True, db_default='', max_length=254, verbose_name='电子邮箱')),
                        ('phone', models.CharField(blank=True, db_default='', max_length=20, verbose_name='工作手机')),
                        ('post', models.CharField(blank=True, db_default='', max_length=60, verbose_name='职务')),
                        ('is_staff', models.BooleanField(default=False, verbose_name='工作人员')),
                        ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                        ('must_change_password', models.BooleanField(default=False, verbose_name='下次登录须改密码')),
                        ('password_changed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='密码更改时间')),
                        ('former_passwords', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=128), default=list, editable=False, size=None)),
                        ('session_epoch', models.PositiveIntegerField(default=0, editable=False)),
                        ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='organisation.unit', verbose_name='所在单位')),
                    ],
                    options={
                        'verbose_name': '账号',
                        'verbose_name_plural': '账号',
                        'ordering': ['username'],
                        'permissions': [('view_reveals', '查看完整号码的次数')],
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('is_superuser', False)), name='user_no_superuser', violation_error_message='本系统没有超级用户：请授予角色。')],
                    },
                    managers=[
                        ('objects', apps.accounts.models.users.UserManager()),
                    ],
                ),
                migrations.CreateModel(
                    name='PersonalAccount',
                    fields=[
                    ],
                    options={
                        'verbose_name': '支部和个人账号',
                        'verbose_name_plural': '支部和个人账号',
                        'proxy': True,
                        'indexes': [],
                        'constraints': [],
                    },
                    bases=('accounts.user',),
                    managers=[
                        ('objects', apps.accounts.models.users.UserManager()),
                    ],
                ),
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
                    name='PhoneLogin',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('phone_hash', models.BinaryField()),
                        ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='停用时间')),
                        ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='停用人')),
                        ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='开通人')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='phone_logins', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ],
                    options={
                        'verbose_name': '登录手机',
                        'verbose_name_plural': '登录手机',
                        'ordering': ['-id'],
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['phone_hash'], name='phonelogin_number')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('user', 'phone_hash'), name='phonelogin_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RememberedDevice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('series', models.BinaryField(unique=True)),
                        ('digest', models.BinaryField()),
                        ('previous_digest', models.BinaryField(null=True)),
                        ('rotated_at', models.DateTimeField(editable=False)),
                        ('label', models.CharField(max_length=40, verbose_name='设备')),
                        ('remembered_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='记住的时间')),
                        ('last_used_at', models.DateTimeField(verbose_name='上次使用')),
                        ('expires_at', models.DateTimeField(verbose_name='有效到（不含）')),
                        ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='取消时间')),
                        ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='取消人')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='devices', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ],
                    options={
                        'verbose_name': '登录设备',
                        'verbose_name_plural': '登录设备',
                        'ordering': ['-last_used_at', '-id'],
                        'indexes': [models.Index(condition=models.Q(('revoked_at__isnull', True)), fields=['user'], name='device_of_user')],
                    },
                ),
                migrations.CreateModel(
                    name='RoleGrant',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('role', models.CharField(choices=apps.accounts.roles.role_choices, max_length=20, verbose_name='角色')),
                        ('starts_on', models.DateField(verbose_name='自何日起')),
                        ('ends_on', models.DateField(blank=True, null=True, verbose_name='到何日（不含）')),
                        ('reason', models.CharField(blank=True, db_default='', max_length=200, verbose_name='依据')),
                        ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='收回时间')),
                        ('community', models.ForeignKey(blank=True, help_text='社区联络员才填：只管住在这个社区的老同志', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.community', verbose_name='只限社区')),
                        ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='授权人')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit', verbose_name='单位（含下级）')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ],
                    options={
                        'verbose_name': '角色授权',
                        'verbose_name_plural': '角色授权',
                        'ordering': ['user_id', 'role', '-starts_on', 'id'],
                        'abstract': False,
                        'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__isnull', True), ('ends_on__gt', models.F('starts_on')), _connector='OR'), name='rolegrant_order', violation_error_message='结束日期要晚于开始日期。'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('revoked_at__isnull', True)), expressions=[('user', '='), ('role', '='), ('unit', '='), (django.db.models.functions.comparison.Coalesce('community', 0), '='), (apps.accounts.models.users.DateRange('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='rolegrant_once', violation_error_message='这个账号在这段时间已有同一单位（社区）的同一角色。'), models.CheckConstraint(condition=models.Q(('community__isnull', True), ('role', 'liaison'), _connector='OR'), name='rolegrant_community_liaison', violation_error_message='只有单位联络员可以限定社区。')],
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
                migrations.CreateModel(
                    name='SignInCard',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('digest', models.BinaryField(unique=True)),
                        ('digits', models.CharField(editable=False, max_length=128)),
                        ('tries', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='连错次数')),
                        ('expires_on', models.DateField(verbose_name='有效到（不含）')),
                        ('last_used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='上次使用')),
                        ('locked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='锁住时间')),
                        ('lock_told_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='锁住已告知')),
                        ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('issued_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发卡人')),
                        ('revoked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='作废人')),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sign_in_cards', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
                    ],
                    options={
                        'verbose_name': '二维码卡',
                        'verbose_name_plural': '二维码卡',
                        'ordering': ['-id'],
                        'abstract': False,
                        'indexes': [models.Index(condition=models.Q(('lock_told_at__isnull', True), ('locked_at__isnull', False)), fields=['locked_at'], name='signincard_locked')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('user',), name='signincard_one_in_force')],
                    },
                ),
                migrations.CreateModel(
                    name='SignInCode',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('phone_hash', models.BinaryField()),
                        ('number', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='号码')),
                        ('browser', models.BinaryField()),
                        ('by_call', models.BooleanField(db_default=False, default=False, verbose_name='请工作人员打电话告知')),
                        ('digest', models.BinaryField(null=True)),
                        ('asked_at', models.DateTimeField(verbose_name='要码时间')),
                        ('expires_at', models.DateTimeField(verbose_name='有效到（不含）')),
                        ('taken_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='处理时间')),
                        ('tries', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='试过几次')),
                        ('used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='使用时间')),
                        ('told_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='报码时间')),
                        ('told_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报码人')),
                    ],
                    options={
                        'verbose_name': '登录验证码',
                        'verbose_name_plural': '登录验证码',
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['phone_hash', '-asked_at'], name='signincode_number'), models.Index(fields=['browser', '-id'], name='signincode_browser'), models.Index(condition=models.Q(('taken_at__isnull', True)), fields=['id'], name='signincode_waiting'), models.Index(fields=['asked_at'], name='signincode_asked')],
                    },
                ),
                migrations.CreateModel(
                    name='CallRequest',
                    fields=[
                    ],
                    options={
                        'verbose_name': '电话报码',
                        'verbose_name_plural': '电话报码',
                        'proxy': True,
                        'indexes': [],
                        'constraints': [],
                    },
                    bases=('accounts.signincode',),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='user',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='5d2e764f295fe53fc27366a60f59047296e69610', operation='UPDATE', pgid='pgtrigger_raise_version_29fa6', table='accounts_user', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='absence',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='8e83f92fd651ac12090d26ee15efcb4f181bc7f1', operation='UPDATE', pgid='pgtrigger_raise_version_6414c', table='accounts_absence', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='boundcertificate',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='aea55f6c23a271ed16870a219e9a5bdc5e6b8eb8', operation='UPDATE', pgid='pgtrigger_raise_version_1ce7d', table='accounts_boundcertificate', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='phonelogin',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='966d8f52d9e70420e22222e9513497ff7692fa4b', operation='UPDATE', pgid='pgtrigger_raise_version_f7c11', table='accounts_phonelogin', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='rolegrant',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='8f88a8fa1aec5268d55c777e3b5b0b2530b0a433', operation='UPDATE', pgid='pgtrigger_raise_version_85ab1', table='accounts_rolegrant', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='signincard',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='e867a83be2c191db560ac75faf4078e857a24c12', operation='UPDATE', pgid='pgtrigger_raise_version_14699', table='accounts_signincard', when='BEFORE')),
                ),
            ],
        ),
    ]
