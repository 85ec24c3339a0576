"""Experiments with a line: many replications, several lines side by side, where to stop.

`engine` chooses what runs a line, `part` runs some replications of it, `workers` and `cluster` say
where, `moments` adds up without keeping anything of a replication. On top of them: `scenario` and
`comparison` (paired differences), `sweep` (one factor at a time, factorial), `stopping` (how many
replications), `pilot` (how much to leave out). `twin.experiment` is the door for one line.
"""
