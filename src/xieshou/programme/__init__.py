"""Programmes of assistance (帮扶项目群) and their money.

Holds the fund reports of units (帮扶资金, the Guangzhou quarterly form three) and the fund plans beside their actual
amounts (资金计划与完成). Posts `fund.planned` 规划投入资金, `fund.raised` 筹集资金 by source and `fund.used`
使用资金 by use. Raised and used are two cuts of one amount: they are compared, never added. The rules are in
docs/rules/programme.md.
"""
