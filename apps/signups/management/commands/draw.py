"""Do a published draw again from its two files (rule book 9.17). Reads no database."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from apps.signups import drawing


class Command(BaseCommand):
    help = "复核抽签：按公布的名单文件和结果文件重算一遍，印出“一致”或“不一致”和在哪里。"
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument(
            "--verify", nargs=2, metavar="文件", required=True, help="名单文件和结果文件（先后不限），从公布页下载"
        )

    def handle(self, *args, **options):
        first, second = (self.read(name) for name in options["verify"])
        list_data, result_data = (first, second) if drawing.is_list(first) else (second, first)
        try:
            faults = drawing.check(list_data, result_data)
            head, drawn = drawing.read_result(result_data)
        except drawing.WrongFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"名单校验值　　{drawing.sha256(list_data)}")
        self.stdout.write(f"密封数校验值　{drawing.sha256(head['secret'])}")
        self.stdout.write(f"现场抽取的数　{head['number']}")
        self.stdout.write("请把前两行与抽签前公布的、见证单上印的逐字核对。")
        if faults:
            raise CommandError("不一致。" + "".join(faults))
        self.stdout.write(f"一致：{len(drawn)} 张抽签表按名单、密封数和现场抽取的数重新抽了一遍，结果逐字相同。")

    def read(self, name: str) -> bytes:
        try:
            return Path(name).read_bytes()
        except OSError as error:
            raise CommandError(f"读不到文件 {name}。") from error
