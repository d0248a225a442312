"""What evaluators pull: published figures of a month, by program, under /v1.

Knows published cells, vintages, seals and who may pull them. Must never know a single box, nor how
a figure was counted or protected: what it is given is what anybody of the role may see.
"""
