"""Pages: composition of everything below into home, navigation, search, import wizard, figures, ledger, places, parties."""
