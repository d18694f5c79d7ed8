"""Pages: home, navigation, search, import wizard, figures, ledger, places, parties, made of everything below."""
