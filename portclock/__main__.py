"""`python -m portclock`: the same as the `portclock` command."""

from portclock.cli import main

if __name__ == "__main__":
    main()
