import apps.common.migration_operations
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('branches', '0001_initial'),
        ('messaging', '0001_initial'),
        ('people', '0001_initial'),
    ]

    operations = [
        apps.common.migration_operations.Together(
            operations=[
                migrations.CreateModel(
                    name='PlannerRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField(unique=True, verbose_name='日期')),
                        ('started_at', models.DateTimeField(null=True, verbose_name='最近开始')),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='最近完成')),
                        ('runs', models.PositiveIntegerField(default=0, verbose_name='次数')),
                        ('planned', models.PositiveIntegerField(default=0, verbose_name='排入')),
                        ('withdrawn', models.PositiveIntegerField(default=0, verbose_name='撤回')),
                        ('missed', models.PositiveIntegerField(default=0, verbose_name='错过')),
                        ('error', models.CharField(blank=True, default='', max_length=300, verbose_name='出错')),
                    ],
                    options={
                        'verbose_name': '提醒运行情况',
                        'verbose_name_plural': '提醒运行情况',
                        'ordering': ['-day'],
                    },
                ),
                migrations.CreateModel(
                    name='Reminder',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.CharField(choices=[('birthday', '生日'), ('visit', '走访、联系'), ('hospital', '住院'), ('discharge', '出院'), ('branch', '支部的事')], max_length=10, verbose_name='事项')),
                        ('subject_key', models.CharField(max_length=40, verbose_name='对象')),
                        ('occasion_date', models.DateField(verbose_name='哪一天的事')),
                        ('stage', models.CharField(choices=[('list', '下月名单'), ('ahead', '提前几天'), ('eve', '前一天'), ('day', '当天'), ('milestone', '整寿'), ('overdue', '逾期'), ('overdue_section', '逾期报科长'), ('overdue_bureau', '逾期报局领导')], max_length=16, verbose_name='阶段')),
                        ('role', models.CharField(choices=[('responsible', '责任人'), ('section', '科长'), ('bureau', '局领导'), ('branch', '支部书记、委员'), ('above', '上级党组织')], max_length=12, verbose_name='提醒谁')),
                        ('age', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='岁数')),
                        ('due_on', models.DateField(verbose_name='应提醒日')),
                        ('valid_until', models.DateField(verbose_name='有效到（不含）')),
                        ('state', models.CharField(choices=[('pending', '未到时或待发'), ('handed', '已交发送'), ('missed', '错过未发'), ('withdrawn', '已撤回')], db_default='pending', default='pending', max_length=10, verbose_name='状态')),
                        ('note', models.CharField(blank=True, db_default='', default='', max_length=14, verbose_name='说明')),
                        ('planned_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='排入时间')),
                        ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='处理时间')),
                        ('message', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminder', to='messaging.message', verbose_name='消息')),
                        ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='branches.organisation', verbose_name='党组织')),
                        ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='people.person', verbose_name='老同志')),
                    ],
                    options={
                        'verbose_name': '提醒',
                        'verbose_name_plural': '提醒',
                        'ordering': ['-due_on', '-id'],
                        'permissions': [('view_run', '查看提醒运行情况')],
                        'indexes': [models.Index(condition=models.Q(('state', 'pending')), fields=['due_on', 'id'], name='reminder_pending'), models.Index(fields=['due_on', 'state'], name='reminder_day'), models.Index(fields=['person', '-occasion_date'], name='reminder_person')],
                        'constraints': [models.UniqueConstraint(fields=('kind', 'subject_key', 'occasion_date', 'stage', 'role'), name='reminder_once'), models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('due_on'))), name='reminder_valid_after_due'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'branch'), ('organisation__isnull', False), ('person__isnull', True)), models.Q(models.Q(('kind', 'branch'), _negated=True), ('organisation__isnull', True), ('person__isnull', False)), _connector='OR'), name='reminder_person_or_organisation')],
                    },
                ),
            ],
        ),
    ]
