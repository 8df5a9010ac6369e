"""What an investor may see. Every function takes the investor (or investors) first, so that none can be forgotten."""
