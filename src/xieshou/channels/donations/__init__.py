"""Donations (捐赠): what donors gave (接收捐赠), and goods and cash handed out to households (发放清单).

A gift posts `donation.received_cash` 接收捐款, `donation.received_goods` 接收物资 or
`donation.received_goods_mass`; a line of a distribution list `donation.cash` 发放现金, `donation.goods` 发放物资 or
`donation.goods_mass`. Cash is in fen, goods in pieces of the unit written on the list, weights in grams. The rules are
in docs/rules/donations.md.
"""
