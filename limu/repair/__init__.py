"""Credit repair: notice, application, conditions, decision by two people of the body that found the fact."""
