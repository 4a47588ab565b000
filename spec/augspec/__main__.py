"""`python -m augspec`: the command line."""

from augspec.cli import main

if __name__ == "__main__":
    main()
