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
        ('messaging', '0001_initial'),
        ('organisation', '0002_kept_fresh'),
        ('people', '0003_kept_fresh'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChannelPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8), blank=True, size=None, verbose_name='先后')),
                ('person', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='channel_preference', to='people.person', verbose_name='老同志')),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='channel_preference', to=settings.AUTH_USER_MODEL, verbose_name='同事')),
            ],
            options={
                'verbose_name': '接收方式',
                'verbose_name_plural': '接收方式',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('user__isnull', False)), models.Q(('person__isnull', False), ('user__isnull', True)), _connector='OR'), name='channelpreference_one_recipient')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('channel', models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, verbose_name='通道')),
                ('on_day', models.DateField(verbose_name='哪一天')),
                ('counts', models.JSONField(default=dict, verbose_name='计数')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='第一次下载或打印')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='结果登记时间')),
                ('file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.attachment', verbose_name='交出的文件')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='制作人')),
                ('paper', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.paper', verbose_name='纸质表')),
                ('result_file', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.attachment', verbose_name='收回的结果')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.unit', verbose_name='哪个单位（含下级）的人')),
            ],
            options={
                'verbose_name': '成批发送',
                'verbose_name_plural': '成批发送',
                'ordering': ['-id'],
                'permissions': [('make_batch', '制作短信文件、贺卡、电话单，登记结果')],
                'abstract': False,
                'indexes': [models.Index(fields=['unit', '-id'], name='deliverybatch_unit')],
            },
        ),
        migrations.AlterField(
            model_name='channelstate',
            name='channel',
            field=models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, primary_key=True, serialize=False, verbose_name='通道'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='channel',
            field=models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, verbose_name='通道'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='delivery_class',
            field=models.CharField(choices=[('code', '验证码'), ('alarm', '当日急办'), ('urgent', '单独发送'), ('digest', '每日汇总')], max_length=8, verbose_name='发送方式'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='outcome',
            field=models.CharField(blank=True, choices=[('', ''), ('accepted', '对方已接收'), ('receipt', '运营商回执：已送达'), ('verified', '工作人员核实已送达'), ('posted', '已寄出'), ('told', '已电话或当面转达'), ('file_ok', '结果文件：已送达'), ('file_failed', '结果文件：未送达'), ('returned', '退回或没有寄成'), ('not_told', '没有联系上'), ('no_result', '结果看不出是否送达'), ('elsewhere', '已由别的通道送达'), ('undelivered', '运营商回执：未送达'), ('refused', '对方拒收'), ('unreachable', '连不上，稍后再试'), ('busy', '对方繁忙，稍后再试'), ('no_answer', '没有收到答复'), ('interrupted', '发送中途中断'), ('too_many', '多次重试仍未成功'), ('over_cap', '超过每日条数上限'), ('expired', '过了时效'), ('no_address', '没有可用的号码或邮箱'), ('no_consent', '本人没有同意接收'), ('not_reached_so', '本人不用这种方式联系'), ('not_living', '老同志已离世或情况待核实'), ('no_recipient', '接收人账号已停用'), ('basis_gone', '事由已消除'), ('channel_off', '这条通道没有启用')], db_default='', default='', max_length=14, verbose_name='结果'),
        ),
        migrations.AlterField(
            model_name='delivery',
            name='state',
            field=models.CharField(choices=[('pending', '等待发送'), ('claimed', '正在发送'), ('handed', '已交出，等结果'), ('sent', '已发送'), ('failed', '没有发出'), ('unknown', '不知是否送达'), ('withdrawn', '已撤回')], db_default='pending', default='pending', max_length=10, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='deliveryitem',
            name='channel',
            field=models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, verbose_name='通道'),
        ),
        migrations.AlterField(
            model_name='deliveryitem',
            name='withheld',
            field=models.CharField(blank=True, choices=[('', ''), ('accepted', '对方已接收'), ('receipt', '运营商回执：已送达'), ('verified', '工作人员核实已送达'), ('posted', '已寄出'), ('told', '已电话或当面转达'), ('file_ok', '结果文件：已送达'), ('file_failed', '结果文件：未送达'), ('returned', '退回或没有寄成'), ('not_told', '没有联系上'), ('no_result', '结果看不出是否送达'), ('elsewhere', '已由别的通道送达'), ('undelivered', '运营商回执：未送达'), ('refused', '对方拒收'), ('unreachable', '连不上，稍后再试'), ('busy', '对方繁忙，稍后再试'), ('no_answer', '没有收到答复'), ('interrupted', '发送中途中断'), ('too_many', '多次重试仍未成功'), ('over_cap', '超过每日条数上限'), ('expired', '过了时效'), ('no_address', '没有可用的号码或邮箱'), ('no_consent', '本人没有同意接收'), ('not_reached_so', '本人不用这种方式联系'), ('not_living', '老同志已离世或情况待核实'), ('no_recipient', '接收人账号已停用'), ('basis_gone', '事由已消除'), ('channel_off', '这条通道没有启用')], db_default='', default='', max_length=14, verbose_name='未发出的原因'),
        ),
        migrations.AlterField(
            model_name='message',
            name='delivery_class',
            field=models.CharField(choices=[('code', '验证码'), ('alarm', '当日急办'), ('urgent', '单独发送'), ('digest', '每日汇总')], max_length=8, verbose_name='发送方式'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('person__isnull', False)), fields=['on_day', 'person'], name='message_person_day'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='batch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='messaging.deliverybatch', verbose_name='哪一批'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch', 'id'], name='delivery_of_batch'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='channelpreference',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='ac24599dfe670970bb614beb8899dd76b373e34f', operation='UPDATE', pgid='pgtrigger_raise_version_59177', table='messaging_channelpreference', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deliverybatch',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='896bb81216b86e65baeb034a199d41e650a62e44', operation='UPDATE', pgid='pgtrigger_raise_version_e7ad0', table='messaging_deliverybatch', when='BEFORE')),
        ),
    ]
