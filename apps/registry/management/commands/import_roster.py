"""`import_roster FILE… [--unit CODE] [--create-units] [--retire-type 离休|退休] [--full | --update-only]
[--accept-warnings REASON] [--dry-run] [--json]`: read rosters as one batch and write their good rows.

Exit code 0: every row was taken; 1: some rows were refused; 2: the file was refused (JSON then has `error`).
It acts as the system itself, in every unit; the web pages bind a clerk to his own.
"""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.common.code_lists import codes_by_name
from apps.common.workbook import FileRefused
from apps.organisation.models import Unit
from apps.registry.roster.answers import FULL, SUPPLEMENT, UPDATE, Answers
from apps.registry.roster.preview import finding_json
from apps.registry.services.roster import check_now, import_now, one_upload

NOTHING = {"rows": 0, "new": 0, "changed": 0, "unchanged": 0, "warned": 0, "refused": 0}
WORDS = {
    "rows": "共",
    "new": "新增",
    "changed": "更新",
    "unchanged": "没有变化",
    "warned": "其中有提醒",
    "refused": "没有导入",
    "missing": "名单上没有",
}


class Command(BaseCommand):
    help = "把名册文件（.xlsx、.xls、.csv，或装着它们的 .zip）作为一批导入名册"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="+", help="名册文件，可以写几个")
        kinds = parser.add_mutually_exclusive_group()
        kinds.add_argument("--full", action="store_true", help="是这些单位的全部名单：列出名册里有、名单上没有的人")
        kinds.add_argument("--update-only", action="store_true", help="只更新名册里已有的人，没有的不新增")
        parser.add_argument("--unit", help="没有写单位的行归哪个单位（单位代码）")
        parser.add_argument("--create-units", action="store_true", help="单位表里没有的单位，建在局下面")
        parser.add_argument("--retire-type", help="没有写离退休类型的行算离休还是退休")
        parser.add_argument("--accept-warnings", metavar="REASON", default="", help="有提醒的行照常导入的理由")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--json", action="store_true", help="输出 JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            name, data, is_bundle = one_upload([(Path(file).name, self._read(file)) for file in options["file"]])
            told = {"answers": self._answers(options), "is_bundle": is_bundle}
            if options["dry_run"]:
                batch, found = None, check_now(data, name, **told)
            else:
                batch, found = import_now(data, name, reason=options["accept_warnings"], **told)
        except FileRefused as refused:
            self._refuse(refused, as_json=options["json"])
        result = {
            **(batch.counts if batch else found.counts),
            "refusals": [finding_json(finding) for finding in found.refusals],
            "warnings": [finding_json(finding) for finding in found.warnings],
            "notes": found.notes,
            "questions": found.questions,
            "batch": batch.pk if batch else None,
            "dry_run": options["dry_run"],
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self._print(result)
        sys.exit(1 if result["refused"] else 0)

    def _read(self, name: str) -> bytes:
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise FileRefused("not_found", f"打不开文件 {name}：{error.strerror}。") from error

    def _answers(self, options: dict[str, Any]) -> Answers:
        retire_type = unit_id = None
        if options["retire_type"]:
            retire_type = codes_by_name("retire_type").get(options["retire_type"])
            if retire_type is None:
                raise FileRefused("retire_type", "--retire-type 请写离休或退休。")
        if options["unit"]:
            unit_id = Unit.objects.open().filter(code=options["unit"]).values_list("pk", flat=True).first()
            if unit_id is None:
                raise FileRefused("unit", f"单位表里没有代码“{options['unit']}”。")
        kind = FULL if options["full"] else UPDATE if options["update_only"] else SUPPLEMENT
        return Answers(
            kind=kind,
            retire_type=retire_type,
            unit_id=unit_id,
            create_units=options["create_units"],
            calendar="solar",
        )

    def _refuse(self, refused: FileRefused, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(
                json.dumps(
                    {**NOTHING, "refusals": [], "error": refused.sentence, "code": refused.code}, ensure_ascii=False
                )
            )
        else:
            self.stderr.write(refused.sentence)
        sys.exit(2)

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write("，".join(f"{word} {result[key]}" for key, word in WORDS.items() if key in result))
        for title, key in (("没有导入：", "refusals"), ("请核对：", "warnings")):
            if result[key]:
                self.stdout.write(title)
            for finding in result[key]:
                shown = f"（{finding['value']}）" if finding["value"] else ""
                self.stdout.write(
                    f"  {finding['sheet']}第 {finding['row']} 行 {finding['column']}{shown}：{finding['reason']}"
                )
        for note in result["notes"]:
            self.stdout.write(note)
        if result["dry_run"]:
            self.stdout.write("这是检查，没有写入。")
