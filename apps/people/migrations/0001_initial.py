import apps.common.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
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
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Household',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('name', models.CharField(help_text='例如 李德厚、王秀兰家', max_length=60, verbose_name='称呼')),
                ('note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='说明')),
            ],
            options={
                'verbose_name': '家庭',
                'verbose_name_plural': '家庭',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('name', models.CharField(max_length=100, verbose_name='姓名')),
                ('former_name', models.CharField(blank=True, db_default='', max_length=100, verbose_name='曾用名')),
                ('name_pinyin', models.TextField(blank=True, db_default='', help_text='可改，例如 shàn 姓', verbose_name='拼音')),
                ('name_initials', models.TextField(blank=True, db_default='', verbose_name='拼音首字母')),
                ('name_sort_key', models.TextField(blank=True, db_default='', editable=False, verbose_name='拼音排序')),
                ('name_stroke_key', models.TextField(blank=True, db_default='', editable=False, verbose_name='笔画排序')),
                ('search_grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, editable=False, size=None)),
                ('citizen_id', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='身份证号')),
                ('citizen_id_index', models.BinaryField(null=True)),
                ('citizen_id_last4', models.BinaryField(null=True)),
                ('citizen_id_historic', models.BooleanField(db_default=False, verbose_name='15 位旧号')),
                ('sex', models.CharField(choices=[('0', '未知'), ('1', '男'), ('2', '女'), ('9', '未说明')], default='0', max_length=1, verbose_name='性别')),
                ('birth_date', apps.common.fields.PartialDateField(blank=True, null=True, verbose_name='出生日期（档案认定）')),
                ('birth_note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='出生日期说明')),
                ('birthday_calendar', models.CharField(blank=True, choices=[('solar', '阳历'), ('lunar', '农历')], max_length=5, null=True, verbose_name='过生日按')),
                ('birthday_month', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='生日月')),
                ('birthday_day', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='生日日')),
                ('birthday_leap', models.BooleanField(db_default=False, verbose_name='闰月出生')),
                ('birthday_leap_policy', models.CharField(choices=[('normal', '过平月'), ('leap', '有闰月过闰月')], db_default='normal', default='normal', max_length=6, verbose_name='有闰月的年份')),
                ('birthday_greeting', models.BooleanField(db_default=True, default=True, verbose_name='生日问候')),
                ('ethnicity', models.CharField(blank=True, db_default='', max_length=2, verbose_name='民族')),
                ('native_place', models.CharField(blank=True, db_default='', max_length=60, verbose_name='籍贯')),
                ('political_status', models.CharField(blank=True, db_default='', max_length=2, verbose_name='政治面貌')),
                ('residence', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='现居住地址')),
                ('registered_address', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='户籍地址')),
                ('reach_by', models.CharField(choices=[('mobile', '打手机'), ('landline', '打座机'), ('visit', '上门'), ('letter', '写信'), ('through', '请人转告')], db_default='mobile', default='mobile', max_length=8, verbose_name='怎样联系')),
                ('reach_note', models.CharField(blank=True, db_default='', help_text='谁接、什么时候方便', max_length=120, verbose_name='联系说明')),
                ('hard_of_hearing', models.BooleanField(db_default=False, default=False, verbose_name='听力不好')),
                ('poor_sight', models.BooleanField(db_default=False, default=False, verbose_name='视力不好')),
                ('dialect', models.CharField(blank=True, db_default='', max_length=30, verbose_name='方言')),
                ('life_status', models.CharField(choices=[('living', '在世'), ('reported', '离世待核实'), ('deceased', '已离世'), ('lost', '失去联系')], db_default='living', default='living', max_length=8, verbose_name='存亡状态')),
                ('died_on', apps.common.fields.PartialDateField(blank=True, null=True, verbose_name='离世时间')),
                ('community', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='residents', to='organisation.community', verbose_name='社区')),
                ('household', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='people.household', verbose_name='家庭')),
                ('photo', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='common.attachment', verbose_name='照片')),
                ('residence_division', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.division', verbose_name='现居住地')),
            ],
            options={
                'verbose_name': '人员',
                'verbose_name_plural': '人员',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PersonAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('is_proxy', models.BooleanField(default=False, verbose_name='家属代办')),
                ('starts_on', models.DateField(verbose_name='自何日起')),
                ('ends_on', models.DateField(blank=True, null=True, verbose_name='到何日（不含）')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='people.person', verbose_name='人员')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='persons', to=settings.AUTH_USER_MODEL, verbose_name='账号')),
            ],
            options={
                'verbose_name': '人员账号',
                'verbose_name_plural': '人员账号',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='PersonEvent',
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
                ('name', models.CharField(max_length=100, verbose_name='姓名')),
                ('former_name', models.CharField(blank=True, db_default='', max_length=100, verbose_name='曾用名')),
                ('citizen_id_historic', models.BooleanField(db_default=False, verbose_name='15 位旧号')),
                ('sex', models.CharField(choices=[('0', '未知'), ('1', '男'), ('2', '女'), ('9', '未说明')], default='0', max_length=1, verbose_name='性别')),
                ('birth_date', apps.common.fields.PartialDateField(blank=True, null=True, verbose_name='出生日期（档案认定）')),
                ('birth_note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='出生日期说明')),
                ('birthday_calendar', models.CharField(blank=True, choices=[('solar', '阳历'), ('lunar', '农历')], max_length=5, null=True, verbose_name='过生日按')),
                ('birthday_month', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='生日月')),
                ('birthday_day', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='生日日')),
                ('birthday_leap', models.BooleanField(db_default=False, verbose_name='闰月出生')),
                ('birthday_leap_policy', models.CharField(choices=[('normal', '过平月'), ('leap', '有闰月过闰月')], db_default='normal', default='normal', max_length=6, verbose_name='有闰月的年份')),
                ('birthday_greeting', models.BooleanField(db_default=True, default=True, verbose_name='生日问候')),
                ('ethnicity', models.CharField(blank=True, db_default='', max_length=2, verbose_name='民族')),
                ('native_place', models.CharField(blank=True, db_default='', max_length=60, verbose_name='籍贯')),
                ('political_status', models.CharField(blank=True, db_default='', max_length=2, verbose_name='政治面貌')),
                ('reach_by', models.CharField(choices=[('mobile', '打手机'), ('landline', '打座机'), ('visit', '上门'), ('letter', '写信'), ('through', '请人转告')], db_default='mobile', default='mobile', max_length=8, verbose_name='怎样联系')),
                ('reach_note', models.CharField(blank=True, db_default='', help_text='谁接、什么时候方便', max_length=120, verbose_name='联系说明')),
                ('hard_of_hearing', models.BooleanField(db_default=False, default=False, verbose_name='听力不好')),
                ('poor_sight', models.BooleanField(db_default=False, default=False, verbose_name='视力不好')),
                ('dialect', models.CharField(blank=True, db_default='', max_length=30, verbose_name='方言')),
                ('life_status', models.CharField(choices=[('living', '在世'), ('reported', '离世待核实'), ('deceased', '已离世'), ('lost', '失去联系')], db_default='living', default='living', max_length=8, verbose_name='存亡状态')),
                ('died_on', apps.common.fields.PartialDateField(blank=True, null=True, verbose_name='离世时间')),
                ('community', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.community', verbose_name='社区')),
                ('household', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='people.household', verbose_name='家庭')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='people.person')),
                ('photo', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='common.attachment', verbose_name='照片')),
                ('residence_division', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='organisation.division', verbose_name='现居住地')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Phone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('kind', models.CharField(choices=[('mobile', '手机'), ('landline', '座机')], max_length=8, verbose_name='类型')),
                ('number', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='号码')),
                ('number_index', models.BinaryField()),
                ('last4_index', models.BinaryField()),
                ('whose', models.CharField(blank=True, db_default='', help_text='例如 本人、大女儿', max_length=40, verbose_name='谁接')),
                ('position', models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name='顺序')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phones', to='people.person', verbose_name='人员')),
            ],
            options={
                'verbose_name': '电话',
                'verbose_name_plural': '电话',
                'ordering': ['position', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Relative',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(db_default=1, editable=False, verbose_name='版本')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='登记时间')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False, verbose_name='最后修改')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True, verbose_name='编号')),
                ('voided_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='作废时间')),
                ('void_reason', models.CharField(blank=True, db_default='', editable=False, max_length=200, verbose_name='作废原因')),
                ('name', models.CharField(max_length=60, verbose_name='姓名')),
                ('relation', models.CharField(default='97', max_length=4, verbose_name='关系')),
                ('relation_note', models.CharField(blank=True, db_default='', help_text='例如 邻居赵阿姨', max_length=30, verbose_name='关系说明')),
                ('phone', apps.common.fields.EncryptedTextField(blank=True, null=True, verbose_name='电话')),
                ('phone_index', models.BinaryField(null=True)),
                ('is_emergency', models.BooleanField(default=False, verbose_name='紧急联系人')),
                ('is_proxy', models.BooleanField(default=False, verbose_name='代办人')),
                ('is_living', models.BooleanField(default=True, verbose_name='在世')),
                ('note', models.CharField(blank=True, db_default='', max_length=200, verbose_name='说明')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='relatives', to='people.person', verbose_name='老同志')),
            ],
            options={
                'verbose_name': '联系人',
                'verbose_name_plural': '联系人',
                'ordering': ['-is_emergency', 'id'],
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('sms', '短信问候'), ('photo', '发布照片和姓名'), ('family', '家属代办'), ('health', '登记健康情况')], max_length=10, verbose_name='用途')),
                ('wording', models.CharField(max_length=20, verbose_name='告知书版本')),
                ('given_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='同意时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='people.person', verbose_name='人员')),
            ],
            options={
                'verbose_name': '同意记录',
                'verbose_name_plural': '同意记录',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='household',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='98481a465903842caac462b3b76b98f2db929960', operation='UPDATE', pgid='pgtrigger_raise_version_b5187', table='people_household', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='person',
            index=django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['search_grams'], name='person_grams'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name'], name='person_name', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name_pinyin'], name='person_pinyin', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name_initials'], name='person_initials', opclasses=['text_pattern_ops']),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['name_sort_key', 'id'], name='person_sort'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['citizen_id_last4'], name='person_last4'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(condition=models.Q(('life_status', 'living'), ('voided_at__isnull', True)), fields=['birthday_calendar', 'birthday_month', 'birthday_day', 'birthday_leap'], name='person_birthday'),
        ),
        migrations.AddIndex(
            model_name='person',
            index=models.Index(fields=['birth_date'], name='person_birth'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.UniqueConstraint(condition=models.Q(('voided_at__isnull', True)), fields=('citizen_id_index',), name='person_citizen_id_unique', violation_error_message='这个身份证号已经登记过。'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('birthday_calendar__isnull', True), ('birthday_day__isnull', True), ('birthday_month__isnull', True)), models.Q(('birthday_calendar__isnull', False), ('birthday_day__range', (1, 31)), ('birthday_month__range', (1, 12))), _connector='OR'), name='person_birthday_whole', violation_error_message='生日的历法、月、日要么都填，要么都空着。'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='0531881138c8d0a4e97a0e96851c08ad6d3bc7b9', operation='UPDATE', pgid='pgtrigger_raise_version_5bbb3', table='people_person', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='person',
            trigger=pgtrigger.compiler.Trigger(name='changed_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."birth_date" IS DISTINCT FROM (NEW."birth_date") OR OLD."birth_note" IS DISTINCT FROM (NEW."birth_note") OR OLD."birthday_calendar" IS DISTINCT FROM (NEW."birthday_calendar") OR OLD."birthday_day" IS DISTINCT FROM (NEW."birthday_day") OR OLD."birthday_greeting" IS DISTINCT FROM (NEW."birthday_greeting") OR OLD."birthday_leap" IS DISTINCT FROM (NEW."birthday_leap") OR OLD."birthday_leap_policy" IS DISTINCT FROM (NEW."birthday_leap_policy") OR OLD."birthday_month" IS DISTINCT FROM (NEW."birthday_month") OR OLD."citizen_id_historic" IS DISTINCT FROM (NEW."citizen_id_historic") OR OLD."community_id" IS DISTINCT FROM (NEW."community_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."dialect" IS DISTINCT FROM (NEW."dialect") OR OLD."died_on" IS DISTINCT FROM (NEW."died_on") OR OLD."ethnicity" IS DISTINCT FROM (NEW."ethnicity") OR OLD."former_name" IS DISTINCT FROM (NEW."former_name") OR OLD."hard_of_hearing" IS DISTINCT FROM (NEW."hard_of_hearing") OR OLD."household_id" IS DISTINCT FROM (NEW."household_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."life_status" IS DISTINCT FROM (NEW."life_status") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."native_place" IS DISTINCT FROM (NEW."native_place") OR OLD."photo_id" IS DISTINCT FROM (NEW."photo_id") OR OLD."political_status" IS DISTINCT FROM (NEW."political_status") OR OLD."poor_sight" IS DISTINCT FROM (NEW."poor_sight") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."reach_by" IS DISTINCT FROM (NEW."reach_by") OR OLD."reach_note" IS DISTINCT FROM (NEW."reach_note") OR OLD."residence_division_id" IS DISTINCT FROM (NEW."residence_division_id") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."version" IS DISTINCT FROM (NEW."version") OR OLD."void_reason" IS DISTINCT FROM (NEW."void_reason") OR OLD."voided_at" IS DISTINCT FROM (NEW."voided_at"))', func='INSERT INTO "people_personevent" ("birth_date", "birth_note", "birthday_calendar", "birthday_day", "birthday_greeting", "birthday_leap", "birthday_leap_policy", "birthday_month", "citizen_id_historic", "community_id", "created_at", "dialect", "died_on", "ethnicity", "former_name", "hard_of_hearing", "household_id", "id", "life_status", "name", "native_place", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo_id", "political_status", "poor_sight", "public_id", "reach_by", "reach_note", "residence_division_id", "sex", "updated_at", "version", "void_reason", "voided_at") VALUES (OLD."birth_date", OLD."birth_note", OLD."birthday_calendar", OLD."birthday_day", OLD."birthday_greeting", OLD."birthday_leap", OLD."birthday_leap_policy", OLD."birthday_month", OLD."citizen_id_historic", OLD."community_id", OLD."created_at", OLD."dialect", OLD."died_on", OLD."ethnicity", OLD."former_name", OLD."hard_of_hearing", OLD."household_id", OLD."id", OLD."life_status", OLD."name", OLD."native_place", _pgh_attach_context(), NOW(), \'changed\', OLD."id", OLD."photo_id", OLD."political_status", OLD."poor_sight", OLD."public_id", OLD."reach_by", OLD."reach_note", OLD."residence_division_id", OLD."sex", OLD."updated_at", OLD."version", OLD."void_reason", OLD."voided_at"); RETURN NULL;', hash='8f25153b0992c130bfb3a2ae9d67e2bda1a7b4f5', operation='UPDATE', pgid='pgtrigger_changed_update_41b30', table='people_person', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('person', 'purpose'), name='consent_once'),
        ),
        migrations.AddConstraint(
            model_name='personaccount',
            constraint=models.UniqueConstraint(fields=('user', 'person'), name='personaccount_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='personaccount',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='a74f81f64361764e4fbdef470a70b1b76dffc307', operation='UPDATE', pgid='pgtrigger_raise_version_99372', table='people_personaccount', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='phone',
            index=models.Index(fields=['number_index'], name='phone_number'),
        ),
        migrations.AddIndex(
            model_name='phone',
            index=models.Index(fields=['last4_index'], name='phone_last4'),
        ),
        migrations.AddConstraint(
            model_name='phone',
            constraint=models.UniqueConstraint(fields=('person', 'number_index'), name='phone_once', violation_error_message='这个号码已经登记在他名下。'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='phone',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='4e49d516650701eebd42122141540d312179353d', operation='UPDATE', pgid='pgtrigger_raise_version_63bc6', table='people_phone', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='relative',
            constraint=models.UniqueConstraint(condition=models.Q(('is_emergency', True), ('voided_at__isnull', True)), fields=('person',), name='relative_one_emergency', violation_error_message='紧急联系人只能有一位。'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='relative',
            trigger=pgtrigger.compiler.Trigger(name='raise_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='NEW.version = OLD.version + 1; NEW.updated_at = now(); RETURN NEW;', hash='6b1b7db773042c4217f83007291f4ce0cd68446d', operation='UPDATE', pgid='pgtrigger_raise_version_76a3d', table='people_relative', when='BEFORE')),
        ),
    ]
