"""Money of an option: what it costs, who pays, who is paid, and what that does to trusts and budgets.

Everything here rests on expected activity and is exact for the allocation in force, but for chances of overspending, which are
counted over replications, and for intervals of the numbers, which are of draws. All money is in whole pence of one price year until it
is shown.
"""

from .bridges import bridge_rows, growth_of
from .built import unit_costs
from .case import Money, Side, bill_of, money_of, period, reckon, reckon_with_growth
from .delays import delays
from .headline import money_summary
from .inaction import do_nothing
from .kinds import savings_kinds
from .option_cost import option_costs, option_costs_by_month
from .payer import payers, simulated_books
from .sheet import plan_guesses, plan_money
from .spread import BASIS as MONEY_BASIS
from .spread import drawn_cost, drawn_saving
from .target import savings
from .trust import flagged, providers
from .worth import (
    break_even_capital,
    growth_in_saving,
    net_present_value,
    net_saving,
    without_capital_for_beds,
    worth,
)

__all__ = [
    "MONEY_BASIS",
    "Money",
    "Side",
    "bill_of",
    "break_even_capital",
    "bridge_rows",
    "delays",
    "do_nothing",
    "drawn_cost",
    "drawn_saving",
    "flagged",
    "growth_in_saving",
    "growth_of",
    "money_of",
    "money_summary",
    "net_present_value",
    "net_saving",
    "option_costs",
    "option_costs_by_month",
    "payers",
    "period",
    "plan_guesses",
    "plan_money",
    "providers",
    "reckon",
    "reckon_with_growth",
    "savings",
    "savings_kinds",
    "simulated_books",
    "unit_costs",
    "without_capital_for_beds",
    "worth",
]
