"""One module per command; each holds a click command of the name `command`, listed in `cli.main`."""
