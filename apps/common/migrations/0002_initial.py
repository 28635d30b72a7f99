import apps.common.fields
import apps.common.migration_operations
import apps.common.models.audit
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
        ('common', '0001_extensions'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        apps.common.migration_operations.Together(
            operations=[
                migrations.CreateModel(
                    name='AuditSeal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('sealed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='封存时间')),
                        ('cluster', models.BigIntegerField(db_default=apps.common.models.audit.CurrentCluster(), editable=False, verbose_name='数据库实例')),
                        ('from_xid', models.BigIntegerField(verbose_name='起（含）')),
                        ('until_xid', models.BigIntegerField(verbose_name='止（不含）')),
                        ('entry_count', models.PositiveIntegerField(verbose_name='条数')),
                        ('digest', models.BinaryField(verbose_name='摘要')),
                        ('previous', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, to='common.auditseal', verbose_name='上一封')),
                    ],
                    options={
                        'verbose_name': '操作记录封存',
                        'verbose_name_plural': '操作记录封存',
                        'ordering': ['id'],
                        'constraints': [models.UniqueConstraint(fields=('cluster', 'until_xid'), name='auditseal_once')],
                    },
                ),
                migrations.CreateModel(
                    name='CodeValue',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code_list', models.CharField(max_length=40, verbose_name='代码表')),
                        ('code', models.CharField(max_length=20, verbose_name='代码')),
                        ('name', models.CharField(max_length=80, verbose_name='名称')),
                        ('aliases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, size=None, verbose_name='导入时也认作')),
                        ('position', models.PositiveIntegerField(default=0, verbose_name='顺序')),
                        ('disabled_on', models.DateField(blank=True, null=True, verbose_name='停用日期')),
                    ],
                    options={
                        'verbose_name': '代码',
                        'verbose_name_plural': '代码表',
                        'ordering': ['code_list', 'position', 'code'],
                        'constraints': [models.UniqueConstraint(fields=('code_list', 'code'), name='codevalue_unique')],
                    },
                ),
                migrations.CreateModel(
                    name='Attachment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('subject', models.CharField(max_length=80, verbose_name='属于')),
                        ('purpose', models.CharField(max_length=40, verbose_name='用途')),
                        ('filename', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='文件名')),
                        ('content_type', models.CharField(default='application/octet-stream', max_length=100, verbose_name='类型')),
                        ('size', models.BigIntegerField(verbose_name='字节数')),
                        ('digest', models.BinaryField(verbose_name='内容摘要（带密钥）')),
                        ('storage_name', models.CharField(max_length=100, unique=True, verbose_name='存放名')),
                        ('created_by_id', models.BigIntegerField(null=True, verbose_name='上传人')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='上传时间')),
                        ('purge_after', models.DateTimeField(blank=True, null=True, verbose_name='保留到')),
                        ('purged_at', models.DateTimeField(blank=True, null=True, verbose_name='清除时间')),
                    ],
                    options={
                        'verbose_name': '附件',
                        'verbose_name_plural': '附件',
                        'indexes': [models.Index(fields=['subject'], name='attachment_subject'), models.Index(condition=models.Q(('purged_at__isnull', True)), fields=['purge_after'], name='attachment_to_purge')],
                    },
                ),
                migrations.CreateModel(
                    name='Job',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('kind', models.CharField(max_length=40, verbose_name='类型')),
                        ('title', models.CharField(max_length=120, verbose_name='名称')),
                        ('state', models.CharField(choices=[('queued', '排队中'), ('running', '正在处理'), ('done', '已完成'), ('failed', '没有完成'), ('cancelled', '已取消')], default='queued', max_length=10, verbose_name='状态')),
                        ('requested_by_id', models.BigIntegerField(null=True, verbose_name='提出人')),
                        ('params', models.JSONField(default=dict, verbose_name='参数')),
                        ('result', models.JSONField(default=dict, verbose_name='结果')),
                        ('progress_done', models.PositiveIntegerField(default=0, verbose_name='已处理')),
                        ('progress_total', models.PositiveIntegerField(default=0, verbose_name='共')),
                        ('progress_note', models.CharField(blank=True, default='', max_length=80, verbose_name='正在做')),
                        ('error', models.CharField(blank=True, default='', max_length=500, verbose_name='原因')),
                        ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                        ('lease_until', models.DateTimeField(null=True, verbose_name='租约到期')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='提出时间')),
                        ('started_at', models.DateTimeField(null=True, verbose_name='开始时间')),
                        ('finished_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                        ('download_count', models.PositiveSmallIntegerField(default=0, verbose_name='下载次数')),
                        ('output', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='common.attachment', verbose_name='结果文件')),
                    ],
                    options={
                        'verbose_name': '后台任务',
                        'verbose_name_plural': '导入和导出任务',
                        'ordering': ['-id'],
                        'indexes': [models.Index(condition=models.Q(('state__in', ['queued', 'running'])), fields=['lease_until'], name='job_open_lease'), models.Index(fields=['requested_by_id', '-id'], name='job_requested_by')],
                    },
                ),
                migrations.CreateModel(
                    name='Paper',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('code', models.CharField(max_length=8, unique=True, verbose_name='编码')),
                        ('kind', models.CharField(max_length=30, verbose_name='哪种表')),
                        ('title', models.CharField(max_length=120, verbose_name='名称')),
                        ('subject', models.CharField(max_length=80, verbose_name='属于')),
                        ('pages', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='页数')),
                        ('state', models.CharField(choices=[('printed', '已打印'), ('to_sign', '待签字盖章'), ('returned', '已收回'), ('archived', '已归档'), ('cancelled', '已作废')], default='printed', max_length=10, verbose_name='状态')),
                        ('holder', models.CharField(blank=True, db_default='', max_length=60, verbose_name='在谁手里')),
                        ('due_on', models.DateField(blank=True, null=True, verbose_name='应收回')),
                        ('printed_at', models.DateTimeField(blank=True, null=True, verbose_name='打印时间')),
                        ('handed_on', models.DateField(blank=True, null=True, verbose_name='送签日期')),
                        ('returned_on', models.DateField(blank=True, null=True, verbose_name='收回日期')),
                        ('archived_on', models.DateField(blank=True, null=True, verbose_name='归档日期')),
                        ('unit_id', models.BigIntegerField(editable=False, null=True, verbose_name='所属单位')),
                        ('printed_by_id', models.BigIntegerField(editable=False, null=True, verbose_name='打印人')),
                        ('scan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.attachment', verbose_name='扫描件')),
                    ],
                    options={
                        'verbose_name': '纸质表',
                        'verbose_name_plural': '纸质表',
                        'ordering': ['-id'],
                        'abstract': False,
                        'indexes': [models.Index(fields=['subject'], name='paper_subject'), models.Index(condition=models.Q(('state__in', ['printed', 'to_sign'])), fields=['due_on', 'id'], name='paper_open'), models.Index(fields=['unit_id', '-id'], name='paper_unit')],
                    },
                ),
                migrations.CreateModel(
                    name='PaperEvent',
                    fields=[
                        ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                        ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                        ('pgh_label', models.TextField(help_text='The event label.')),
                        ('id', models.BigIntegerField()),
                        ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                        ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                        ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                        ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, verbose_name='编号')),
                        ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                        ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                        ('code', models.CharField(max_length=8, verbose_name='编码')),
                        ('kind', models.CharField(max_length=30, verbose_name='哪种表')),
                        ('title', models.CharField(max_length=120, verbose_name='名称')),
                        ('pages', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='页数')),
                        ('state', models.CharField(choices=[('printed', '已打印'), ('to_sign', '待签字盖章'), ('returned', '已收回'), ('archived', '已归档'), ('cancelled', '已作废')], default='printed', max_length=10, verbose_name='状态')),
                        ('holder', models.CharField(blank=True, db_default='', max_length=60, verbose_name='在谁手里')),
                        ('due_on', models.DateField(blank=True, null=True, verbose_name='应收回')),
                        ('printed_at', models.DateTimeField(blank=True, null=True, verbose_name='打印时间')),
                        ('handed_on', models.DateField(blank=True, null=True, verbose_name='送签日期')),
                        ('returned_on', models.DateField(blank=True, null=True, verbose_name='收回日期')),
                        ('archived_on', models.DateField(blank=True, null=True, verbose_name='归档日期')),
                        ('unit_id', models.BigIntegerField(editable=False, null=True, verbose_name='所属单位')),
                        ('printed_by_id', models.BigIntegerField(editable=False, null=True, verbose_name='打印人')),
                        ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                        ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='common.paper')),
                        ('scan', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='common.attachment', verbose_name='扫描件')),
                    ],
                    options={
                        'abstract': False,
                    },
                ),
                migrations.CreateModel(
                    name='AuditEntry',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='时间')),
                        ('xid', models.BigIntegerField(db_default=apps.common.models.audit.CurrentTransaction(), editable=False, verbose_name='事务')),
                        ('cluster', models.BigIntegerField(db_default=apps.common.models.audit.CurrentCluster(), editable=False, verbose_name='数据库实例')),
                        ('actor_id', models.BigIntegerField(null=True, verbose_name='操作人')),
                        ('on_behalf_of', models.BigIntegerField(null=True, verbose_name='代谁办理')),
                        ('action', models.CharField(max_length=40, verbose_name='动作')),
                        ('fields', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None, verbose_name='涉及字段')),
                        ('reason', models.CharField(blank=True, db_default='', max_length=200, verbose_name='理由')),
                        ('address', models.CharField(blank=True, db_default='', max_length=45, verbose_name='来源地址')),
                        ('source', models.CharField(blank=True, choices=[('staff', '工作人员'), ('self', '本人'), ('call', '来电'), ('visit', '来访'), ('letter', '来信'), ('branch', '支部代报'), ('family', '家属'), ('unit', '单位报送'), ('office', '其他部门提供'), ('file', '名册导入')], db_default='', max_length=10, verbose_name='信息来源')),
                        ('target', models.CharField(blank=True, db_default='', max_length=120, verbose_name='对象')),
                        ('subject_count', models.PositiveIntegerField(db_default=0, verbose_name='涉及人数')),
                    ],
                    options={
                        'verbose_name': '操作记录',
                        'verbose_name_plural': '操作记录',
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['actor_id', '-at'], name='auditentry_actor_at'), models.Index(fields=['cluster', 'xid', 'id'], name='auditentry_xid'), models.Index(fields=['-at'], name='auditentry_at'), models.Index(fields=['action', '-id'], name='auditentry_action')],
                    },
                ),
                migrations.CreateModel(
                    name='AuditSubject',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('person_id', models.BigIntegerField(verbose_name='人员')),
                        ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='时间')),
                        ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='common.auditentry', verbose_name='操作记录')),
                    ],
                    options={
                        'verbose_name': '操作涉及人员',
                        'verbose_name_plural': '操作涉及人员',
                        'indexes': [models.Index(fields=['person_id', '-at'], name='auditsubject_person_at')],
                    },
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditentry',
                    trigger=pgtrigger.compiler.Trigger(name='rows_stand', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit rows are never changed';", hash='163701f5f74ff59e0d26df2096d63b34a0ba6e00', operation='UPDATE OR DELETE', pgid='pgtrigger_rows_stand_91404', table='common_auditentry', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditentry',
                    trigger=pgtrigger.compiler.Trigger(name='table_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_database() LIKE 'test\\_%' THEN RETURN NULL; END IF; RAISE EXCEPTION 'audit rows are never removed';", hash='e064f7bb120b42f24fbcbcf49bcc655487780a7c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_table_stands_d4ba3', table='common_auditentry', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditseal',
                    trigger=pgtrigger.compiler.Trigger(name='rows_stand', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit rows are never changed';", hash='b8d4e6f34b920694afde9caed8024a2cd2cf8127', operation='UPDATE OR DELETE', pgid='pgtrigger_rows_stand_05268', table='common_auditseal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditseal',
                    trigger=pgtrigger.compiler.Trigger(name='table_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_database() LIKE 'test\\_%' THEN RETURN NULL; END IF; RAISE EXCEPTION 'audit rows are never removed';", hash='4fa5ccb4201c2e0d4de0be7bbb38078b317e18d8', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_table_stands_41dce', table='common_auditseal', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditsubject',
                    trigger=pgtrigger.compiler.Trigger(name='rows_stand', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'audit rows are never changed';", hash='8dba151d409a9e6175b1ba23aaf50a949c4daac6', operation='UPDATE OR DELETE', pgid='pgtrigger_rows_stand_61961', table='common_auditsubject', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='auditsubject',
                    trigger=pgtrigger.compiler.Trigger(name='table_stands', sql=pgtrigger.compiler.UpsertTriggerSql(func="IF current_database() LIKE 'test\\_%' THEN RETURN NULL; END IF; RAISE EXCEPTION 'audit rows are never removed';", hash='29df17ecbf7de4a32a342268d018a67711a11585', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_table_stands_76ac0', table='common_auditsubject', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paper',
                    trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='ec3223f2518666059cdc0ae06ca5c6290dc26707', operation='UPDATE', pgid='pgtrigger_raise_version_2e4b4', table='common_paper', when='BEFORE')),
                ),
                pgtrigger.migrations.AddTrigger(
                    model_name='paper',
                    trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."archived_on" IS DISTINCT FROM (NEW."archived_on") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."handed_on" IS DISTINCT FROM (NEW."handed_on") OR OLD."holder" IS DISTINCT FROM (NEW."holder") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."pages" IS DISTINCT FROM (NEW."pages") OR OLD."printed_at" IS DISTINCT FROM (NEW."printed_at") OR OLD."printed_by_id" IS DISTINCT FROM (NEW."printed_by_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."returned_on" IS DISTINCT FROM (NEW."returned_on") OR OLD."scan_id" IS DISTINCT FROM (NEW."scan_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "common_paperevent" ("archived_on", "code", "created_at", "due_on", "handed_on", "holder", "id", "kind", "pages", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "printed_at", "printed_by_id", "public_id", "returned_on", "scan_id", "state", "title", "unit_id", "updated_at", "version", "void_reason", "voided_at") VALUES (OLD."archived_on", OLD."code", OLD."created_at", OLD."due_on", OLD."handed_on", OLD."holder", OLD."id", OLD."kind", OLD."pages", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."printed_at", OLD."printed_by_id", OLD."public_id", OLD."returned_on", OLD."scan_id", OLD."state", OLD."title", OLD."unit_id", OLD."updated_at", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='afae85793c7cfd27a0a47218bd70a9b244263610', operation='UPDATE', pgid='pgtrigger_changed_update_cd9cf', table='common_paper', when='AFTER')),
                ),
            ],
        ),
    ]
