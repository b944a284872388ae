"""One module a sub-command of ``walt``: ``add_parser(subparsers)`` and ``run(args) -> int``."""
