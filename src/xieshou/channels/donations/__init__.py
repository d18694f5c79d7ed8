"""Donations (捐赠): goods and cash handed out to households (发放清单).

Posts one entry a line: `donation.cash` 发放现金 in fen, `donation.goods` 发放物资 in pieces of the unit written on the
list, or `donation.goods_mass` 发放物资（按重量） in grams. The rules are in docs/rules/donations.md.
"""
