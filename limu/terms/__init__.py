"""The field's own words: codes, names, numbers, days, money, regions, industries."""
