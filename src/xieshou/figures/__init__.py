"""Figures (指标): what one is, and evaluating, tracing and comparing it.

A figure is a query with a definition (口径), a unit and its entries; nothing stores a total. Every figure takes the
same scope and break-downs, counts only what the actor may see, and opens the entries behind its value (出处). A scope
can be saved under a name (口径); a state of the ledger can be named (报送版本) and opened again. How entries count is
written down in docs/rules/figures.md.
"""
