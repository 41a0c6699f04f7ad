"""Reports: one self-contained HTML file about one option, or about several beside each other. Nothing in them asks the network."""

from .comparison import comparison_report
from .single import single_report

__all__ = ["comparison_report", "single_report"]
