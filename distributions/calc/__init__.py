"""The mathematics of money going out: pure, frozen values in and out, no row and no database."""
