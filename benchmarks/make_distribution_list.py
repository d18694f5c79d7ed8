"""Write a distribution list of any length; every person in it is invented.

python benchmarks/make_distribution_list.py 20000 list.csv
python benchmarks/make_distribution_list.py 1000000 list.xlsx
"""

import argparse
from pathlib import Path

from distribution_lists import write_csv, write_xlsx


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path, help="ends in .csv or .xlsx")
    options = parser.parse_args()
    {".csv": write_csv, ".xlsx": write_xlsx}[options.path.suffix](options.path, options.rows)


if __name__ == "__main__":
    main()
