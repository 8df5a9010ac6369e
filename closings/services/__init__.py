"""Services of later closings."""
