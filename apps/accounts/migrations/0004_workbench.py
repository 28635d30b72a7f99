import apps.accounts.models.users
import apps.common.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_kept_fresh'),
    ]

    operations = [
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
        pgtrigger.migrations.AddTrigger(
            model_name='phonelogin',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='966d8f52d9e70420e22222e9513497ff7692fa4b', operation='UPDATE', pgid='pgtrigger_raise_version_f7c11', table='accounts_phonelogin', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='signincard',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='e867a83be2c191db560ac75faf4078e857a24c12', operation='UPDATE', pgid='pgtrigger_raise_version_14699', table='accounts_signincard', when='BEFORE')),
        ),
    ]
