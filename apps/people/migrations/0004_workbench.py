import apps.accounts.models.users
import apps.common.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
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
        ('people', '0003_kept_fresh'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProxyGrant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('may_enrol', models.BooleanField(default=False, verbose_name='报名办事')),
                ('sees_promises', models.BooleanField(default=False, verbose_name='看承诺')),
                ('sees_health', models.BooleanField(default=False, verbose_name='看健康')),
                ('method', models.CharField(choices=[('signed', '本人签字的授权书'), ('spoken', '本人口头同意'), ('guardian', '监护人凭证明')], max_length=8, verbose_name='怎样同意')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='同意日期')),
                ('starts_on', models.DateField(verbose_name='自何日起')),
                ('ends_on', models.DateField(verbose_name='到何日（不含）')),
                ('spoken_how', models.CharField(blank=True, choices=[('face', '当面'), ('phone', '电话')], db_default='', max_length=5, verbose_name='怎样说的')),
                ('spoken_words', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='原话')),
                ('guardian_document', models.CharField(blank=True, db_default='', max_length=120, verbose_name='监护证明')),
                ('guardian_as', models.CharField(blank=True, choices=[('spouse', '配偶'), ('child', '子女'), ('kin', '其他近亲属'), ('agreed', '意定监护人'), ('other', '居委会等指定的人')], db_default='', max_length=6, verbose_name='监护关系')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='停止时间')),
                ('closed_because', models.CharField(blank=True, choices=[('person', '本人停止'), ('proxy', '家属自己停止'), ('staff', '工作人员停止'), ('died', '老同志离世')], db_default='', max_length=6, verbose_name='怎样停止')),
                ('close_note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='停止原因')),
                ('closed_by_event', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='停止人')),
                ('heard_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='听取人')),
                ('paper', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.paper', verbose_name='授权书')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proxy_grants', to='people.person', verbose_name='老同志')),
                ('proof', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.attachment', verbose_name='证明扫描件')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('relative', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='people.relative', verbose_name='家属')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proxy_grants', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '家属授权',
                'verbose_name_plural': '家属授权',
                'ordering': ['ends_on', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('kind', models.CharField(choices=[('phone', '电话'), ('address', '住址'), ('act', '家里人意见不一')], max_length=7, verbose_name='改什么')),
                ('topic', models.CharField(max_length=80, verbose_name='事项')),
                ('wanted', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='要改成')),
                ('asked_on', models.DateField(verbose_name='提出日期')),
                ('state', models.CharField(choices=[('waiting', '等核实'), ('accepted', '已办'), ('refused', '没有办'), ('withdrawn', '已撤回')], default='waiting', max_length=9, verbose_name='情况')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='办理日期')),
                ('verified', models.CharField(blank=True, db_default='', max_length=200, verbose_name='怎样核实的')),
                ('answer', models.CharField(blank=True, db_default='', max_length=200, verbose_name='给本人的答复')),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁提的')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='change_requests', to='people.person', verbose_name='老同志')),
                ('replaces', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.phone', verbose_name='代替哪个号码')),
                ('rival', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.changerequest', verbose_name='和哪一条相反')),
                ('grant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='requests', to='people.proxygrant', verbose_name='凭哪份授权')),
            ],
            options={
                'verbose_name': '改电话和住址',
                'verbose_name_plural': '改电话和住址',
                'ordering': ['asked_on', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='GrantRenewal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('called_on', models.DateField(verbose_name='打电话的日子')),
                ('words', models.CharField(max_length=200, verbose_name='怎么说的')),
                ('former_end', models.DateField(verbose_name='原来到何日')),
                ('ends_on', models.DateField(verbose_name='续到何日（不含）')),
                ('called_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='打电话的人')),
                ('grant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='renewals', to='people.proxygrant', verbose_name='家属授权')),
            ],
            options={
                'verbose_name': '授权续期',
                'verbose_name_plural': '授权续期',
                'ordering': ['-id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ChangeRequestEvent',
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
                ('kind', models.CharField(choices=[('phone', '电话'), ('address', '住址'), ('act', '家里人意见不一')], max_length=7, verbose_name='改什么')),
                ('topic', models.CharField(max_length=80, verbose_name='事项')),
                ('asked_on', models.DateField(verbose_name='提出日期')),
                ('state', models.CharField(choices=[('waiting', '等核实'), ('accepted', '已办'), ('refused', '没有办'), ('withdrawn', '已撤回')], default='waiting', max_length=9, verbose_name='情况')),
                ('decided_on', models.DateField(blank=True, null=True, verbose_name='办理日期')),
                ('verified', models.CharField(blank=True, db_default='', max_length=200, verbose_name='怎样核实的')),
                ('answer', models.CharField(blank=True, db_default='', max_length=200, verbose_name='给本人的答复')),
                ('asked_by', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='谁提的')),
                ('decided_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.person', verbose_name='老同志')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.changerequest')),
                ('replaces', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.phone', verbose_name='代替哪个号码')),
                ('rival', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.changerequest', verbose_name='和哪一条相反')),
                ('grant', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.proxygrant', verbose_name='凭哪份授权')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProxyGrantEvent',
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
                ('may_enrol', models.BooleanField(default=False, verbose_name='报名办事')),
                ('sees_promises', models.BooleanField(default=False, verbose_name='看承诺')),
                ('sees_health', models.BooleanField(default=False, verbose_name='看健康')),
                ('method', models.CharField(choices=[('signed', '本人签字的授权书'), ('spoken', '本人口头同意'), ('guardian', '监护人凭证明')], max_length=8, verbose_name='怎样同意')),
                ('agreed_on', models.DateField(blank=True, null=True, verbose_name='同意日期')),
                ('starts_on', models.DateField(verbose_name='自何日起')),
                ('ends_on', models.DateField(verbose_name='到何日（不含）')),
                ('spoken_how', models.CharField(blank=True, choices=[('face', '当面'), ('phone', '电话')], db_default='', max_length=5, verbose_name='怎样说的')),
                ('guardian_document', models.CharField(blank=True, db_default='', max_length=120, verbose_name='监护证明')),
                ('guardian_as', models.CharField(blank=True, choices=[('spouse', '配偶'), ('child', '子女'), ('kin', '其他近亲属'), ('agreed', '意定监护人'), ('other', '居委会等指定的人')], db_default='', max_length=6, verbose_name='监护关系')),
                ('closed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='停止时间')),
                ('closed_because', models.CharField(blank=True, choices=[('person', '本人停止'), ('proxy', '家属自己停止'), ('staff', '工作人员停止'), ('died', '老同志离世')], db_default='', max_length=6, verbose_name='怎样停止')),
                ('close_note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='停止原因')),
                ('closed_by_event', models.BigIntegerField(blank=True, editable=False, null=True)),
                ('closed_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='停止人')),
                ('heard_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='听取人')),
                ('paper', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='common.paper', verbose_name='授权书')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.person', verbose_name='老同志')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.proxygrant')),
                ('proof', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='common.attachment', verbose_name='证明扫描件')),
                ('recorded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('relative', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.relative', verbose_name='家属')),
                ('user', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='personaccount',
            name='closed_by_event',
            field=models.BigIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='proxygrant',
            index=models.Index(fields=['person', 'ends_on'], name='proxygrant_person'),
        ),
        migrations.AddIndex(
            model_name='proxygrant',
            index=models.Index(condition=models.Q(('closed_at__isnull', True), ('voided_at__isnull', True)), fields=['ends_on', 'id'], name='proxygrant_ending'),
        ),
        migrations.AddConstraint(
            model_name='proxygrant',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='proxygrant_order', violation_error_message='到期日要晚于开始日。'),
        ),
        migrations.AddConstraint(
            model_name='proxygrant',
            constraint=models.CheckConstraint(condition=models.Q(('may_enrol', True), ('sees_promises', True), ('sees_health', True), _connector='OR'), name='proxygrant_some_scope', violation_error_message='请至少勾一项能办的事。'),
        ),
        migrations.AddConstraint(
            model_name='proxygrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('method', 'spoken'), _negated=True), models.Q(('heard_by__isnull', False), ('spoken_words__isnull', False)), _connector='OR'), name='proxygrant_spoken_whole', violation_error_message='口头同意要写明谁听的、原话是什么。'),
        ),
        migrations.AddConstraint(
            model_name='proxygrant',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('method', 'guardian'), _negated=True), models.Q(models.Q(('guardian_document', ''), _negated=True), models.Q(('guardian_as', ''), _negated=True)), _connector='OR'), name='proxygrant_guardian_whole', violation_error_message='监护人办理要写明证明和监护关系。'),
        ),
        migrations.AddConstraint(
            model_name='proxygrant',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('closed_at__isnull', True), ('voided_at__isnull', True)), expressions=[('relative', '='), (apps.accounts.models.users.DateRange('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary()), '&&')], name='proxygrant_once', violation_error_message='这位家属在这段时间已经有授权，请先停止或续期那一份。'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxygrant',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='1365ad7e426bbf9159cb5ed509c24cc10d4b6b92', operation='UPDATE', pgid='pgtrigger_raise_version_8f730', table='people_proxygrant', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='proxygrant',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agreed_on" IS DISTINCT FROM (NEW."agreed_on") OR OLD."close_note" IS DISTINCT FROM (NEW."close_note") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_because" IS DISTINCT FROM (NEW."closed_because") OR OLD."closed_by_id" IS DISTINCT FROM (NEW."closed_by_id") OR OLD."closed_by_event" IS DISTINCT FROM (NEW."closed_by_event") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."guardian_as" IS DISTINCT FROM (NEW."guardian_as") OR OLD."guardian_document" IS DISTINCT FROM (NEW."guardian_document") OR OLD."heard_by_id" IS DISTINCT FROM (NEW."heard_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."may_enrol" IS DISTINCT FROM (NEW."may_enrol") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."paper_id" IS DISTINCT FROM (NEW."paper_id") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."proof_id" IS DISTINCT FROM (NEW."proof_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."recorded_by_id" IS DISTINCT FROM (NEW."recorded_by_id") OR OLD."relative_id" IS DISTINCT FROM (NEW."relative_id") OR OLD."sees_health" IS DISTINCT FROM (NEW."sees_health") OR OLD."sees_promises" IS DISTINCT FROM (NEW."sees_promises") OR OLD."spoken_how" IS DISTINCT FROM (NEW."spoken_how") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "people_proxygrantevent" ("agreed_on", "close_note", "closed_at", "closed_because", "closed_by_event", "closed_by_id", "created_at", "ends_on", "guardian_as", "guardian_document", "heard_by_id", "id", "may_enrol", "method", "paper_id", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proof_id", "public_id", "recorded_by_id", "relative_id", "sees_health", "sees_promises", "spoken_how", "starts_on", "updated_at", "user_id", "version", "void_reason", "voided_at") VALUES (OLD."agreed_on", OLD."close_note", OLD."closed_at", OLD."closed_because", OLD."closed_by_event", OLD."closed_by_id", OLD."created_at", OLD."ends_on", OLD."guardian_as", OLD."guardian_document", OLD."heard_by_id", OLD."id", OLD."may_enrol", OLD."method", OLD."paper_id", OLD."person_id", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."proof_id", OLD."public_id", OLD."recorded_by_id", OLD."relative_id", OLD."sees_health", OLD."sees_promises", OLD."spoken_how", OLD."starts_on", OLD."updated_at", OLD."user_id", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='f7598a93a94853b82ac71a3f58b9013b7be09c71', operation='UPDATE', pgid='pgtrigger_changed_update_863c9', table='people_proxygrant', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='grantrenewal',
            constraint=models.UniqueConstraint(fields=('grant', 'ends_on'), name='grantrenewal_once'),
        ),
        migrations.AddConstraint(
            model_name='grantrenewal',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('former_end'))), name='grantrenewal_longer'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='grantrenewal',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='45cf18280c1946450f5ced8bfac2f3ce21eccf14', operation='UPDATE', pgid='pgtrigger_raise_version_426b6', table='people_grantrenewal', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='changerequest',
            index=models.Index(fields=['person', 'topic', '-asked_on'], name='changerequest_topic'),
        ),
        migrations.AddIndex(
            model_name='changerequest',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['asked_on', 'id'], name='changerequest_waiting'),
        ),
        migrations.AddConstraint(
            model_name='changerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting'), ('voided_at__isnull', True)), fields=('person', 'topic', 'asked_by'), name='changerequest_one_waiting', violation_error_message='您已经提过，工作人员正在核实。'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='changerequest',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='4acc97518355d93a079f1fc77ebf0ddf461bdba8', operation='UPDATE', pgid='pgtrigger_raise_version_40fe5', table='people_changerequest', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='changerequest',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."answer" IS DISTINCT FROM (NEW."answer") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id") OR OLD."asked_on" IS DISTINCT FROM (NEW."asked_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."decided_on" IS DISTINCT FROM (NEW."decided_on") OR OLD."grant_id" IS DISTINCT FROM (NEW."grant_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."replaces_id" IS DISTINCT FROM (NEW."replaces_id") OR OLD."rival_id" IS DISTINCT FROM (NEW."rival_id") OR OLD."state" IS DISTINCT FROM (NEW."state") OR OLD."topic" IS DISTINCT FROM (NEW."topic") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."verified" IS DISTINCT FROM (NEW."verified") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "people_changerequestevent" ("answer", "asked_by_id", "asked_on", "created_at", "decided_by_id", "decided_on", "grant_id", "id", "kind", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "replaces_id", "rival_id", "state", "topic", "updated_at", "verified", "version", "void_reason", "voided_at") VALUES (OLD."answer", OLD."asked_by_id", OLD."asked_on", OLD."created_at", OLD."decided_by_id", OLD."decided_on", OLD."grant_id", OLD."id", OLD."kind", OLD."person_id", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."public_id", OLD."replaces_id", OLD."rival_id", OLD."state", OLD."topic", OLD."updated_at", OLD."verified", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='26f3b3526f7187c3f8fbb3ac580c099e8276cd4b', operation='UPDATE', pgid='pgtrigger_changed_update_9509a', table='people_changerequest', when='AFTER')),
        ),
    ]
