"""`xieshou report NAME … -o FILE` makes a report; `xieshou report verify FILE` asks a published one again."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from xieshou.cli.bilingual import bilingual
from xieshou.cli.commands.report_make import command as make
from xieshou.cli.commands.report_verify import command as verify
from xieshou.reports.documents.builtin.catalogue import TEMPLATES


class ReportCommands(click.Group):
    """`verify` is a command; every other first word is the name of a template, which `make` takes."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "", make, args

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # `xieshou report --template FILE -o OUT` has no name in front; only its own help belongs to the group.
        if args and args[0] not in ctx.help_option_names and args[0].startswith("-"):
            args = ["", *args]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(bilingual("报告模板")):
            formatter.write_dl([(template.key, f"{template.name}：{template.about}") for template in TEMPLATES])
        with formatter.section(_("用法")):
            formatter.write_text("xieshou report annual --party Q --year 2019 -o FILE.docx")


command = ReportCommands("report", context_settings={"help_option_names": ["-h", "--help"]})
verify.name, verify.help = "verify", bilingual("核对已发布的报告：重新计算每处引用，指出此后的变动。")
make.help = bilingual("生成报告，每个数字都有引用。")
command.add_command(verify)
