"""Reports: one self-contained HTML file about one option, or about several beside each other. Nothing in them asks the network."""

from .single import single_report

__all__ = ["single_report"]
