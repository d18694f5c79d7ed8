"""Statements (统计表): tables in which units state totals of any measure, for a place and a period or date."""
