import apps.common.fields
import apps.common.migration_operations
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '__first__'),
        ('people', '0001_initial'),
    ]

    operations = [
        apps.common.migration_operations.Together(
            operations=[
                migrations.CreateModel(
                    name='ChannelState',
                    fields=[
                        ('channel', models.CharField(choices=[('inbox', '站内'), ('sms', '短信'), ('email', '邮件')], max_length=8, primary_key=True, serialize=False, verbose_name='通道')),
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
                    name='Delivery',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='发送键')),
                        ('channel', models.CharField(choices=[('inbox', '站内'), ('sms', '短信'), ('email', '邮件')], max_length=8, verbose_name='通道')),
                        ('delivery_class', models.CharField(choices=[('code', '验证码'), ('urgent', '单独发送'), ('digest', '每日汇总')], max_length=8, verbose_name='发送方式')),
                        ('on_day', models.DateField(verbose_name='归入哪一天')),
                        ('state', models.CharField(choices=[('pending', '等待发送'), ('claimed', '正在发送'), ('sent', '已发送'), ('failed', '没有发出'), ('unknown', '不知是否送达'), ('withdrawn', '已撤回')], db_default='pending', default='pending', max_length=10, verbose_name='状态')),
                        ('outcome', models.CharField(blank=True, choices=[('', ''), ('accepted', '对方已接收'), ('receipt', '运营商回执：已送达'), ('verified', '工作人员核实已送达'), ('undelivered', '运营商回执：未送达'), ('refused', '对方拒收'), ('unreachable', '连不上，稍后再试'), ('busy', '对方繁忙，稍后再试'), ('no_answer', '没有收到答复'), ('interrupted', '发送中途中断'), ('too_many', '多次重试仍未成功'), ('over_cap', '超过每日条数上限'), ('expired', '过了时效'), ('no_address', '没有可用的号码或邮箱'), ('no_consent', '本人没有同意接收'), ('not_reached_so', '本人不用这种方式联系'), ('not_living', '老同志已离世或情况待核实'), ('no_recipient', '接收人账号已停用'), ('basis_gone', '事由已消除'), ('channel_off', '这条通道没有启用')], db_default='', default='', max_length=14, verbose_name='结果')),
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
                    ],
                    options={
                        'verbose_name': '发送记录',
                        'verbose_name_plural': '发送记录',
                        'ordering': ['-id'],
                        'permissions': [('resolve_delivery', '核实没有结果的发送')],
                        'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['channel', 'next_attempt_at'], name='delivery_due'), models.Index(condition=models.Q(('state', 'claimed')), fields=['lease_until'], name='delivery_leases'), models.Index(condition=models.Q(('state', 'unknown')), fields=['state', '-id'], name='delivery_worklist'), models.Index(fields=['on_day', 'channel', 'state'], name='delivery_day'), models.Index(fields=['address_index', 'on_day'], name='delivery_address')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('user__isnull', False)), models.Q(('person__isnull', False), ('user__isnull', True)), _connector='OR'), name='delivery_one_recipient'), models.UniqueConstraint(condition=models.Q(('delivery_class', 'digest')), fields=('channel', 'on_day', 'user', 'person'), name='delivery_one_digest', nulls_distinct=False), models.CheckConstraint(condition=models.Q(models.Q(('claim__isnull', False), ('lease_until__isnull', False), ('state', 'claimed')), models.Q(('state', 'claimed'), _negated=True), _connector='OR'), name='delivery_claim_has_lease')],
                    },
                ),
                migrations.CreateModel(
                    name='Message',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('key', models.CharField(max_length=160, unique=True, verbose_name='唯一键')),
                        ('delivery_class', models.CharField(choices=[('code', '验证码'), ('urgent', '单独发送'), ('digest', '每日汇总')], max_length=8, verbose_name='发送方式')),
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
                        'indexes': [models.Index(condition=models.Q(('user__isnull', False)), fields=['user', '-on_day', '-id'], name='message_inbox')],
                        'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), ('user__isnull', False)), models.Q(('person__isnull', False), ('user__isnull', True)), _connector='OR'), name='message_one_recipient')],
                    },
                ),
                migrations.CreateModel(
                    name='DeliveryItem',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.CharField(choices=[('inbox', '站内'), ('sms', '短信'), ('email', '邮件')], max_length=8, verbose_name='通道')),
                        ('withheld', models.CharField(blank=True, choices=[('', ''), ('accepted', '对方已接收'), ('receipt', '运营商回执：已送达'), ('verified', '工作人员核实已送达'), ('undelivered', '运营商回执：未送达'), ('refused', '对方拒收'), ('unreachable', '连不上，稍后再试'), ('busy', '对方繁忙，稍后再试'), ('no_answer', '没有收到答复'), ('interrupted', '发送中途中断'), ('too_many', '多次重试仍未成功'), ('over_cap', '超过每日条数上限'), ('expired', '过了时效'), ('no_address', '没有可用的号码或邮箱'), ('no_consent', '本人没有同意接收'), ('not_reached_so', '本人不用这种方式联系'), ('not_living', '老同志已离世或情况待核实'), ('no_recipient', '接收人账号已停用'), ('basis_gone', '事由已消除'), ('channel_off', '这条通道没有启用')], db_default='', default='', max_length=14, verbose_name='未发出的原因')),
                        ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='messaging.delivery', verbose_name='发送记录')),
                        ('message', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='messaging.message', verbose_name='消息')),
                    ],
                    options={
                        'verbose_name': '发送内容',
                        'verbose_name_plural': '发送内容',
                        'constraints': [models.UniqueConstraint(fields=('message', 'channel'), name='deliveryitem_once')],
                    },
                ),
            ],
        ),
    ]
