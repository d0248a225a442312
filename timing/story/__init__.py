"""Stories: why a visit was judged as it was, event by event and stage by stage."""
