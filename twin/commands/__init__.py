"""One module a command of `lacss`; each turns options into one call and prints the answer.

Only typer and the standard library are imported at the top of these modules, so that
`lacss --help` answers at once.
"""
