"""How long a worker takes to have its state again, and whether the others go on meanwhile.

python -m load_tests.recovery --units 1000000 --broker kafka
"""
