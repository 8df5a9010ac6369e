"""The management fee, worked out partner by partner. Standard library, money and rates alone."""
