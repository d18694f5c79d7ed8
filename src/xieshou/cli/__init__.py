"""The command line (命令行): one entry point, `xieshou`, over the same services as the pages.

`main` finds a command and loads its module only then; `session` prepares the database, knows who acts and prints the
answer, for people or as one JSON document; `commands/` holds one module per command or group of commands.
"""
