"""Texts: from a file to a cleaned view cut into paragraphs, sentences and clauses."""
