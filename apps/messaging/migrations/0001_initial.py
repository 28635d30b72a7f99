import apps.common.fields
import apps.common.migration_operations
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('common', '0002_initial'),
        ('organisation', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        apps.common.migration_operations.Together(
            operations=[
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
                    name='ChannelState',
                    fields=[
                        ('channel', models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, primary_key=True, serialize=False, verbose_name='通道')),
                        ('failures', models.PositiveIntegerField(default=0, verbose_name='连续失败')),
                        ('open_until', models.DateTimeField(blank=True, null=True, verbose_name='暂停到')),
                        ('last_ok_at', models.DateTimeField(blank=True, null=True, verbose_name='最近成功')),
                    ],
                    options={
                        'verbose_name': '通道状态',
                        'verbose_name_plural': '通道状态',
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
                migrations.CreateModel(
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='发送键')),
                        ('channel', models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, verbose_name='通道')),
                        ('delivery_class', models.CharField(choices=[('code', '验证码'), ('alarm', '当日急办'), ('urgent', '单独发送'), ('digest', '每日汇总')], max_length=8, verbose_name='发送方式')),
                        ('on_day', models.DateField(verbose_name='归入哪一天')),
                        ('state', models.CharField(choices=[('pending', '等待发送'), ('claimed', '正在发送'), ('handed', '已交出，等结果'), ('sent', '已发送'), ('failed', '没有发出'), ('unknown', '不知是否送达'), ('withdrawn', '已撤回')], db_default='pending', default='pending', max_length=10, verbose_name='状态')),
                        ('outcome', models.CharField(blank=True, choices=[('', ''), ('accepted', '对方已接收'), ('receipt', '运营商回执：已送达'), ('verified', '工作人员核实已送达'), ('posted', '已寄出'), ('told', '已电话或当面转达'), ('file_ok', '结果文件：已送达'), ('file_failed', '结果文件：未送达'), ('returned', '退回或没有寄成'), ('not_told', '没有联系上'), ('no_result', '结果看不出是否送达'), ('elsewhere', '已由别的通道送达'), ('undelivered', '运营商回执：未送达'), ('refused', '对方拒收'), ('unreachable', '连不上，稍后再试'), ('busy', '对方繁忙，稍后再试'), ('no_answer', '没有收到答复'), ('interrupted', '发送中途中断'), ('too_many', '多次重试仍未成功'), ('over_cap', '超过每日条数上限'), ('expired', '过了时效'), ('no_address', '没有可用的号码或邮箱'), ('no_consent', '本人没有同意接收'), ('not_reached_so', '本人不用这种方式联系'), ('not_living', '老同志已离世或情况待核实'), ('mourning', '家有丧事，暂不祝贺问候'), ('no_recipient', '接收人账号已停用'), ('basis_gone', '事由已消除'), ('channel_off', '这条通道没有启用')], db_default='', default='', max_length=14, verbose_name='结果')),
                        ('attempts', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='次数')),
                        ('next_attempt_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='最早发送时间')),
                        ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='时效到（不含）')),
                        ('lease_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='租约到期')),
                        ('claim', models.UUIDField(blank=True, editable=False, null=True, verbose_name='占用标记')),
                        ('payload', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='内容')),
                        ('address_index', models.BinaryField(null=True)),
                        ('gateway_id', models.CharField(blank=True, db_default='', default='', max_length=80, verbose_name='对方编号')),
                        ('receipt_at', models.DateTimeField(blank=True, null=True, verbose_name='回执时间')),
                        ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发送时间')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='产生时间')),
                        ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='核实时间')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='people.person', verbose_name='接收人')),
                        ('resolved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='核实人')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to=settings.AUTH_USER_MODEL, verbose_name='接收账号')),
                        ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='messaging.deliverybatch', verbose_name='哪一批')),
                    ],
                    options={
                        'verbose_name': '发送记录',
                        'verbose_name_plural': '发送记录',
                        'ordering': ['-id'],
                        'permissions': [('resolve_delivery', '核实没有结果的发送')],
                        'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['channel', 'next_attempt_at'], name='delivery_due'), models.Index(condition=models.Q(('delivery_class', 'code'), ('state', 'pending')), fields=['next_attempt_at'], name='delivery_codes'), models.Index(condition=models.Q(('state', 'claimed')), fields=['lease_until'], name='delivery_leases'), models.Index(condition=models.Q(('state', 'unknown')), fields=['state', '-id'], name='delivery_worklist'), models.Index(fields=['on_day', 'channel', 'state'], name='delivery_day'), models.Index(fields=['address_index', 'on_day'], name='delivery_address'), models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch', 'id'], name='delivery_of_batch')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('user__isnull', False)), models.Q(('person__isnull', False), ('user__isnull', True)), _connector='OR'), name='delivery_one_recipient'), models.UniqueConstraint(condition=models.Q(('delivery_class', 'digest')), fields=('channel', 'on_day', 'user', 'person'), name='delivery_one_digest', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('lease_until__isnull', False), ('state', 'claimed')), models.Q(('state', 'claimed'), _negated=True), _connector='OR'), name='delivery_claim_has_lease')],
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('key', models.CharField(max_length=160, unique=True, verbose_name='唯一键')),
                        ('delivery_class', models.CharField(choices=[('code', '验证码'), ('alarm', '当日急办'), ('urgent', '单独发送'), ('digest', '每日汇总')], max_length=8, verbose_name='发送方式')),
                        ('template', models.CharField(max_length=40, verbose_name='模板')),
                        ('context', models.JSONField(default=dict, verbose_name='相关编号')),
                        ('on_day', models.DateField(verbose_name='归入哪一天')),
                        ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='时效到（不含）')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='产生时间')),
                        ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='阅读时间')),
                        ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                        ('about', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.person', verbose_name='关于哪位老同志')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='people.person', verbose_name='接收人')),
                        ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='inbox_messages', to=settings.AUTH_USER_MODEL, verbose_name='接收账号')),
                    ],
                    options={
                        'verbose_name': '消息',
                        'verbose_name_plural': '消息',
                        'ordering': ['-on_day', '-id'],
                        'indexes': [models.Index(condition=models.Q(('user__isnull', False)), fields=['user', '-on_day', '-id'], name='message_inbox'), models.Index(condition=models.Q(('person__isnull', False)), fields=['on_day', 'person'], name='message_person_day')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('user__isnull', False)), models.Q(('person__isnull', False), ('user__isnull', True)), _connector='OR'), name='message_one_recipient')],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.CharField(choices=[('inbox', '站内'), ('sheet', '电话单'), ('print', '信函贺卡'), ('smsfile', '短信批量文件'), ('sms', '短信'), ('webhook', '工作群机器人'), ('email', '邮件')], max_length=8, verbose_name='通道')),
                        ('withheld', models.CharField(blank=True, choices=[('', ''), ('accepted', '对方已接收'), ('receipt', '运营商回执：已送达'), ('verified', '工作人员核实已送达'), ('posted', '已寄出'), ('told', '已电话或当面转达'), ('file_ok', '结果文件：已送达'), ('file_failed', '结果文件：未送达'), ('returned', '退回或没有寄成'), ('not_told', '没有联系上'), ('no_result', '结果看不出是否送达'), ('elsewhere', '已由别的通道送达'), ('undelivered', '运营商回执：未送达'), ('refused', '对方拒收'), ('unreachable', '连不上，稍后再试'), ('busy', '对方繁忙，稍后再试'), ('no_answer', '没有收到答复'), ('interrupted', '发送中途中断'), ('too_many', '多次重试仍未成功'), ('over_cap', '超过每日条数上限'), ('expired', '过了时效'), ('no_address', '没有可用的号码或邮箱'), ('no_consent', '本人没有同意接收'), ('not_reached_so', '本人不用这种方式联系'), ('not_living', '老同志已离世或情况待核实'), ('mourning', '家有丧事，暂不祝贺问候'), ('no_recipient', '接收人账号已停用'), ('basis_gone', '事由已消除'), ('channel_off', '这条通道没有启用')], db_default='', default='', max_length=14, verbose_name='未发出的原因')),
                        ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='messaging.delivery', verbose_name='发送记录')),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='messaging.message', verbose_name='消息')),
                    ],
                    options={
                        'verbose_name': '发送内容',
                        'verbose_name_plural': '发送内容',
                        'constraints': [models.UniqueConstraint(fields=('message', 'channel'), name='deliveryitem_once')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='channelpreference',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='ac24599dfe670970bb614beb8899dd76b373e34f', operation='UPDATE', pgid='pgtrigger_raise_version_59177', table='messaging_channelpreference', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='deliverybatch',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='896bb81216b86e65baeb034a199d41e650a62e44', operation='UPDATE', pgid='pgtrigger_raise_version_e7ad0', table='messaging_deliverybatch', when='BEFORE')),
                ),
            ],
        ),
    ]
