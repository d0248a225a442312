"""The board at the door: what pages ask for, answered from the tables, the law and the log."""
