"""What can be asked on the command line: one file a command, each with ``main(given) -> int``; `sim.__main__` lists them."""
