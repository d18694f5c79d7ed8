"""`xieshou`: finds the command, loads its module, and turns every refusal into one sentence and an exit code.

Exit codes: 0 done, 1 problems were found (rejected rows, a ledger that does not verify), 2 wrong use or refused.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, NoReturn

import click

from xieshou.cli.bilingual import bilingual, language

PACKAGE = "xieshou.cli.commands"

# Name → module, help. Modules are imported when their command is called, so that help answers at once.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("serve", bilingual("启动网站；首次运行时建立数据库和管理员。")),
    "demo": ("demo", bilingual("导入 examples/ 中的样例项目。")),
    "forms": ("forms", bilingual("列出系统认识的表样。")),
    "form": ("form", bilingual("写出一张空白表。")),
    "import": ("importing", bilingual("导入工作簿：识别、核对、入账，退回有问题的行。")),
    "duties": ("duties", bilingual("上报情况：谁报了、谁没报，催报的话。")),
    "figures": ("figures", bilingual("查询指标。")),
    "trace": ("trace", bilingual("列出一个数字背后的台账条目、记录和单元格。")),
    "audit": ("audit", bilingual("审核一份报告里的数字：互相勾稽、对照台账、对照其他材料。")),
    "report": ("report", bilingual("生成引用台账的报告；核对已发布的报告。")),
    "fill": ("fill", bilingual("填上级的空表：在原版式上填数，每格可查出处。")),
    "ledger": ("ledger", bilingual("台账：核验、封存、证明。")),
    "backup": ("backup", bilingual("备份数据库、原件和密钥到一个文件。")),
    "restore": ("restore", bilingual("从备份文件恢复。")),
    "doctor": ("doctor", bilingual("检查本系统是否完好。")),
}
LEDGER_COMMANDS: Mapping[str, tuple[str, str]] = {
    "verify": ("ledger_verify", bilingual("重新计算全部条目和封存，指出被改动之处。")),
    "seal": ("ledger_seal", bilingual("封存到目前为止的全部条目。")),
    "head": ("ledger_head", bilingual("写出最近一次封存的签名摘要，供公布。")),
    "reconcile": ("ledger_reconcile", bilingual("由记录重算条目，与台账比较。")),
    "prove": ("ledger_prove", bilingual("写出一条条目在台账中的证明。")),
    "check-proof": ("ledger_check_proof", bilingual("检验一份证明；不需要数据库。")),
}
# These need no database, and so not even Django's settings; an audit starts it when it asks the ledger.
OFFLINE = frozenset({"check-proof", "ledger", "audit"})


class Commands(click.Group):
    """A group whose commands are listed by name and loaded when called."""

    def __init__(self, listed: Mapping[str, tuple[str, str]], *, name: str, help: str) -> None:
        super().__init__(name=name, help=help, context_settings={"help_option_names": ["-h", "--help"]})
        self.listed = listed

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.listed)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.listed:
            return None
        if cmd_name not in OFFLINE:
            start_django()
        module, summary = self.listed[cmd_name]
        if cmd_name == "ledger":
            return Commands(LEDGER_COMMANDS, name=cmd_name, help=summary)
        command: click.Command = import_module(f"{PACKAGE}.{module}").command
        command.name, command.help = cmd_name, summary
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands from the table alone, nothing imported."""
        with formatter.section(bilingual("命令")):
            formatter.write_dl([(name, summary) for name, (_, summary) in self.listed.items()])


def start_django() -> None:
    """Settings and apps, and the terminal's language; no database is touched."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xieshou.config.settings")
    import django  # here, so that checking a proof needs none of it
    from django.utils import translation

    django.setup()
    translation.activate(language())


class Xieshou(Commands):
    """The root: calls end the process with an exit code and at most one sentence of complaint."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> NoReturn:
        try:
            code = super().main(args, "xieshou", complete_var, standalone_mode=False, **extra)
        except click.UsageError as wrong:
            path = wrong.ctx.command_path if wrong.ctx else "xieshou"
            how = bilingual("查看用法")
            click.echo(f"{wrong.format_message()} {how}: {path} --help", err=True)
            code = 2
        except click.ClickException as refused:
            click.echo(refused.format_message(), err=True)
            code = 2
        except (click.Abort, KeyboardInterrupt):
            code = 130
        except BrokenPipeError:  # the reader (`| head`) has seen enough; Python must not complain at its end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        sys.exit(code)


main = Xieshou(COMMANDS, name="xieshou", help=bilingual("携手：对口帮扶工作的台账、指标与证明。"))
