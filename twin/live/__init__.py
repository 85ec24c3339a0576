"""Live sources: the reference plant, its OPC UA server, and the collector that reads it.

`wire` and `outbox` know no network; `opcua_server` and `opcua_client` carry them over OPC UA;
`collector` commits what arrives to the store and only then acknowledges it. Next door,
`twin.measuring` says what is measured, `twin.store` keeps it.
"""
