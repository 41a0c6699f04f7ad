"""Money: what a service costs, what is paid for it and by whom. Pure functions of a service, its activity and its finance.

Amounts in pounds are worked out as doubles and turned into whole pence once, so that the parts still sum to the total
(`pence.in_pence`); from then on they are integers, and what is paid is what is received.
"""
