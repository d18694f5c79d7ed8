"""Documents whose every number is cited (报告): templates, Word, PDF, HTML, and their verification."""
