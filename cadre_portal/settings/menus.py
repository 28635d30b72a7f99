"""Menus: plain data, read by apps/common/navigation.py and apps/branches/desk.py; base.py imports the lists."""

# (group, label, url name, permission). Entries without a page or without the permission are hidden.
STAFF_NAVIGATION = [
    ("", "今日待办", "admin:index", ""),
    ("", "老干部", "admin:registry_cadre_changelist", "registry.view_cadre"),
    ("", "一人一策台账", "admin:ledgers_duty_changelist", "ledgers.view_duty"),
    ("", "走访慰问", "admin:ledgers_contact_changelist", "ledgers.view_contact"),
    ("", "来电来访登记", "admin:ledgers_inquiry_changelist", "ledgers.view_inquiry"),
    ("", "电话单", "admin:ledgers_callsheet_changelist", "ledgers.view_callsheet"),
    ("", "当日上门核实", "admin:ledgers_safetycheck_changelist", "ledgers.view_safetycheck"),
    ("", "外出和异地居住", "admin:people_whereabouts_changelist", "people.view_whereabouts"),
    ("", "生日日历", "admin:birthday_calendar", "reminders.view_reminder"),
    ("", "生日名单", "admin:birthday_list", "ledgers.view_today"),
    ("", "纸质表", "admin:common_paper_changelist", "common.view_paper"),
    ("", "我的消息", "admin:inbox", ""),
    ("", "人数一览", "admin:headcount", "registry.view_cadre"),
    ("支部", "党组织", "admin:branches_organisation_changelist", "branches.view_organisation"),
    ("支部", "党员组织关系", "admin:branches_membership_changelist", "branches.view_membership"),
    ("支部", "换届到期一览", "admin:branches_election_due", "branches.view_election"),
    ("支部", "历次换届", "admin:branches_election_changelist", "branches.view_election"),
    ("支部", "支部任职", "admin:branches_post_changelist", "branches.view_post"),
    ("名册", "导入名册", "admin:registry_importbatch_changelist", "registry.import_roster"),
    ("名册", "导入和导出任务", "admin:common_job_changelist", "registry.export_cadre"),
    ("名册", "每月变动报告", "admin:registry_unitreport_changelist", "registry.view_unitreport"),
    ("名册", "年度信息核对", "admin:registry_unitcheck_changelist", "registry.view_unitcheck"),
    ("名册", "离世人员名单比对", "admin:registry_deceasedlist_changelist", "registry.view_deceasedlist"),
    ("名册", "人员变动", "admin:registry_lifeevent_changelist", "registry.view_lifeevent"),
    ("名册", "职级待认定", "admin:registry_cadre_ranks", "registry.change_cadre"),
    ("名册", "在职领导名册", "admin:registry_servingleader_changelist", "registry.view_servingleader"),
    ("名册", "专兼职工作人员", "admin:registry_worker_changelist", "registry.view_worker"),
    ("名册", "工作人员培训", "admin:registry_training_changelist", "registry.view_training"),
    ("名册", "责任分工", "admin:ledgers_careassignment_changelist", "ledgers.view_careassignment"),
    ("名册", "不在岗和代岗", "admin:accounts_absence_changelist", "accounts.view_absence"),
    ("提醒运行", "每日提醒情况", "admin:reminder_days", "reminders.view_run"),
    ("提醒运行", "待核实的发送", "admin:unknown_deliveries", "messaging.resolve_delivery"),
    ("提醒运行", "成批发送", "admin:batches", "messaging.make_batch"),
    ("提醒运行", "提醒", "admin:reminders_reminder_changelist", "reminders.view_reminder"),
    ("提醒运行", "发送记录", "admin:messaging_delivery_changelist", "reminders.view_run"),
    ("规则和文号", "规则和文号", "admin:organisation_ruleset_changelist", "organisation.view_ruleset"),
    ("规则和文号", "职级对应统计栏目", "admin:registry_rankcolumn_changelist", "registry.view_rankcolumn"),
    ("规则和文号", "名册栏目和别名", "admin:registry_rostercolumn_changelist", "registry.view_rostercolumn"),
    ("规则和文号", "代码表", "admin:common_codevalue_changelist", "common.view_codevalue"),
    ("规则和文号", "节假日和调休", "admin:organisation_calendarday_changelist", "organisation.view_calendarday"),
    ("规则和文号", "单位", "admin:organisation_unit_changelist", "organisation.view_unit"),
    ("规则和文号", "行政区划", "admin:organisation_division_changelist", "organisation.view_division"),
    ("规则和文号", "社区", "admin:organisation_community_changelist", "organisation.view_community"),
    ("系统", "不得登记的单位和职级", "admin:organisation_barredentry_changelist", "organisation.view_barredentry"),
    ("系统", "账号", "admin:accounts_user_changelist", "accounts.view_user"),
    ("系统", "查看完整号码的次数", "admin:accounts_user_reveals", "accounts.view_reveals"),
    ("系统", "证书和UKey", "admin:accounts_boundcertificate_changelist", "accounts.view_boundcertificate"),
    ("系统", "角色授权", "admin:accounts_rolegrant_changelist", "accounts.view_rolegrant"),
    ("系统", "查阅和操作记录", "admin:common_auditentry_changelist", "common.view_auditentry"),
    ("系统", "谁看过某位老同志", "admin:audit_looks", "common.view_auditentry"),
    ("系统", "操作记录封存", "admin:common_auditseal_changelist", "common.view_auditseal"),
]

# (label, url name, icon, who). ``who``: all, visitor (not signed in), member (signed in).
PUBLIC_NAVIGATION = [
    ("首页", "portal:home", "home", "all"),
    ("课程", "portal:courses", "book", "all"),
    ("活动", "portal:activities", "calendar", "all"),
    ("消息", "messaging:inbox", "news", "member"),
    ("帮助", "portal:help", "help", "all"),
]

# Tables of the secretary's workbench below the three large buttons: (label, url name taking the organisation's uuid,
# icon, sentence, capability that the kind of organisation needs or ""). Lines without a page are hidden.
DESK_ENTRIES: list[tuple[str, str, str, str, str]] = [
    ("换届", "branches:election", "people", "请示、候选人、选举大会、报告和任职", "election"),
]

# 这几天要办的: functions (desk) -> list[Due], see apps/branches/due.py.
DESK_DUE = [
    "apps.ledgers.queries.desk_due.duties_due",
    "apps.ledgers.queries.desk_due.checks_due",
    "apps.ledgers.queries.desk_due.birthdays_due",
    "apps.branches.queries.desk_due.meeting_due",
    "apps.branches.queries.desk_due.deliveries_due",
    "apps.branches.queries.desk_due.term_due",
    "apps.branches.queries.desk_elections.election_due",
]
