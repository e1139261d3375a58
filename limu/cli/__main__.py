"""`python -m limu.cli`: the same command where no console script is installed."""

from limu.cli.main import main

if __name__ == "__main__":
    main()
