"""The command line: `main` parses; each sub-command is a module with ``add_parser(subparsers)`` and ``run(args)``."""
