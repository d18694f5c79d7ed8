"""Statements (统计表): tables in which units state totals of any measure, for a place and a period or a date.

A form whose columns name measures is all it takes: each row becomes a `Statement`, each stated value one entry of the
measure that its column names. The measures stand in `measures.toml`, the forms in `forms/`; what the office teaches
on a page uses the same binding (`services.statement_binding`), postings and figures. Rules: docs/rules/statements.md.
"""
