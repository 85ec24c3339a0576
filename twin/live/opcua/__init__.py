"""OPC UA: any server read by subscription and history, and the server of the reference plant.

`pki` makes and names certificates, `security` says how a client may connect, `session` connects.
`subscription` and `history` read plain variables of any server, `transfer` the numbered records
of the plant; `server` serves the plant with `nodes` to browse.
"""
