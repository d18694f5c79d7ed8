"""`xieshou ledger check-proof FILE --key KEY`: checks path and signature with the public key alone.

Works on any machine: no database, no settings, no home folder.
"""

import json
from pathlib import Path

import click

from xieshou.cli.bilingual import bilingual, spoken
from xieshou.ledger.checking import check_proof


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key",
    required=True,
    metavar="KEY",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=bilingual("公钥文件 ledger.ed25519.pub"),
)
@click.option("--json", "as_json", is_flag=True, help=bilingual("输出一份 JSON"))
def command(file: Path, key: Path, as_json: bool) -> int:
    """Exit code 1 when the proof does not hold, 2 when the file is none."""
    try:
        proof = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as broken:
        raise click.ClickException(
            spoken("%s 不是证明文件；请用 xieshou ledger prove -o 写出的文件。") % file
        ) from broken
    result = check_proof(proof, key.read_bytes())
    message = spoken(result.message, app="ledger") if result.message else spoken("证明成立。")
    if as_json:
        document = {
            "valid": result.valid,
            "code": result.code,
            "message": message,
            "entry": result.entry,
            "size": result.size,
            "sealed_at": result.sealed_at,
        }
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        click.echo(message)
        for name, value in result.entry.items():
            click.echo(f"  {name}: {value}")
    return 0 if result.valid else 1
