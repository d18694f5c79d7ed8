"""The address of the language switch, which every page offers, those before sign-in included."""

SWITCH_PATH = "language/"
