import datetime as dt
import sys
import time
from contextlib import nullcontext
from itertools import chain
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from apps.people.models import Person
from apps.portal.demo.accounts import write_others, write_staff
from apps.portal.demo.aftermath import write_aftermath
from apps.portal.demo.aid import write_aid
from apps.portal.demo.air import write_air
from apps.portal.demo.bank import write_bank
from apps.portal.demo.branch_life import write_branch_life
from apps.portal.demo.campaigns import write_campaigns
from apps.portal.demo.care import write_care
from apps.portal.demo.cast import fixed_cast
from apps.portal.demo.channels import write_channels
from apps.portal.demo.class_life import write_class_life
from apps.portal.demo.colleagues import write_colleagues
from apps.portal.demo.desk import write_desk
from apps.portal.demo.doors import write_doors
from apps.portal.demo.draws import write_draws
from apps.portal.demo.dues import fill_branch, write_dues
from apps.portal.demo.elections import write_elections
from apps.portal.demo.enrolment_desk import write_enrolment_desk
from apps.portal.demo.evaluation import write_evaluations
from apps.portal.demo.family import write_family
from apps.portal.demo.health import write_health
from apps.portal.demo.help import write_help
from apps.portal.demo.imports import write_import
from apps.portal.demo.medals import write_medals
from apps.portal.demo.money import write_money
from apps.portal.demo.organisations import write_organisation_life
from apps.portal.demo.own_classes import write_own_classes
from apps.portal.demo.pairing import write_pairing
from apps.portal.demo.paper import write_papers
from apps.portal.demo.people import Inventor
from apps.portal.demo.places import unit_tree
from apps.portal.demo.plans import write_plans
from apps.portal.demo.posts import write_posts
from apps.portal.demo.roster_file import write_roster
from apps.portal.demo.school_life import write_school_life
from apps.portal.demo.schools import write_schools
from apps.portal.demo.service import write_hospital_stays, write_service
from apps.portal.demo.service_proof import write_service_proof
from apps.portal.demo.shifts import write_shifts
from apps.portal.demo.sign_in import write_sign_in
from apps.portal.demo.sizes import SIZES, Size
from apps.portal.demo.standing import write_standing
from apps.portal.demo.students import write_students
from apps.portal.demo.talks import write_talks
from apps.portal.demo.transfers import write_transfers
from apps.portal.demo.treatments import write_treatments
from apps.portal.demo.unit_checks import write_unit_checks
from apps.portal.demo.unit_reports import write_unit_reports
from apps.portal.demo.volunteers import write_volunteers
from apps.portal.demo.writing import analyse, write_organisations, write_people, write_places


class Command(BaseCommand):
    help = "建立虚构的演示城市（small 300 人，city 25,000 人，province 1,000,000 人），或只写出它的名册文件。"

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=list(SIZES), default="small")
        parser.add_argument("--date", type=dt.date.fromisoformat, help="走访和住院记录围绕哪一天（默认今天）")
        parser.add_argument("--as-roster", metavar="FILE", help="不写数据库，只把这些人写成名册模板的 .xlsx 文件")

    def handle(self, *, size, as_roster, date, **options):
        on = date or timezone.localdate()
        plan = SIZES[size]
        tree = unit_tree()
        inventor = Inventor(plan.seed, [row[0] for row in tree])
        people = chain(fixed_cast(), inventor.people(plan.people - len(list(fixed_cast()))))
        if as_roster:
            count = write_roster(Path(as_roster), people, {row[0]: row[1] for row in tree})
            self.stderr.write(f"已写出 {count} 人的名册：{as_roster}")
            return
        if Person.objects.exists():
            raise CommandError("数据库里已经有人员，演示数据只写进空库。")
        began = time.monotonic()
        # An interrupted small load leaves nothing, so that the next start loads it whole; large ones commit by portion.
        with transaction.atomic() if size == "small" else nullcontext():
            written = self._write(plan, people, on)
        self.stderr.write(f"演示城市已建好：{written} 人，用时 {time.monotonic() - began:.1f} 秒。")

    def _write(self, plan: Size, people, on: dt.date) -> int:
        units = write_places()
        staff = write_staff(units)
        organisations = write_organisations(units, plan.organisations)
        written = write_people(people, units, organisations, members=plan.members, progress=self._progress)
        write_others()
        fill_branch(on=on)
        write_family(staff, on=on)
        write_sign_in(staff, on=on)
        analyse()
        write_organisation_life(staff, on=on)
        write_evaluations(staff, on=on)
        write_branch_life(on=on)
        write_service(staff, on=on)
        write_hospital_stays(staff, on=on)
        write_desk(staff, on=on)
        write_papers(staff, on=on)
        write_doors(staff)
        write_dues(units, staff, on=on)
        write_care(staff, on=on)
        write_colleagues(staff, on=on)
        write_unit_reports(staff, on=on)
        write_unit_checks(staff, on=on)
        write_standing(units, staff, on=on)
        write_channels(staff, on=on)
        write_campaigns(staff, on=on)
        write_elections(staff, on=on)
        write_transfers(staff, on=on)
        write_medals(staff, on=on)
        write_aid(staff, on=on)
        write_treatments(staff, on=on)
        write_plans(staff, on=on)
        write_health(staff, on=on)
        write_pairing(staff, on=on)
        write_import(units, staff, on=on)
        write_aftermath(staff, on=on)
        write_schools(staff, on=on)
        write_school_life(staff, on=on)
        write_students(staff, on=on)
        write_enrolment_desk(staff, on=on)
        write_draws(staff, on=on)
        write_own_classes(staff, on=on)
        write_class_life(staff, on=on)
        write_air(staff, on=on)
        write_volunteers(staff, on=on)
        write_shifts(staff, on=on)
        write_bank(staff, on=on)
        write_help(staff, on=on)
        write_posts(staff, on=on)
        write_talks(staff, on=on)
        write_service_proof(staff, on=on)
        write_money(staff, on=on)
        return written

    def _progress(self, done: int) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"  已写入 {done} 人")
