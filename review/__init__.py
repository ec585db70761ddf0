"""The human floor: everything only a person may do. Its door is the pages."""
