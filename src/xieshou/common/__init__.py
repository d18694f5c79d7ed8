"""What every app may use and none owns: page components, lists, formats, errors, scoping. No domain word is here."""
