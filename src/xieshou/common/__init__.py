"""What every app may use and no app owns: page components, lists, formats, errors, scoping. No domain word lives here."""
