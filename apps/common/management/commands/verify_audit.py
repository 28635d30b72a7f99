"""Recompute the chain of seals over the audit."""

from django.core.management.base import BaseCommand, CommandError

from apps.common.sealing import seal_committed, verify_chain


class Command(BaseCommand):
    help = "核对操作记录的封存链：有没有被改动、删除或调换。"

    def handle(self, **options):
        seal_committed()
        report = verify_chain()
        if report.broken_seal is not None:
            raise CommandError(
                f"封存链在第 {report.broken_seal} 封断开：之前 {report.seals} 封、{report.entries} 条一致，"
                "这一封里的记录被改动、删除、调换或添加过。请保留现场并报告审计员。"
            )
        self.stdout.write(
            f"一致：{report.seals} 封、{report.entries} 条；未封存 {report.unsealed} 条。链首 {report.head or '（空）'}"
        )
