"""The mathematics of later closings: pure, frozen values in and out, no row and no database."""
