"""Live sources: the reference plant, the protocols that carry records, and the collector.

`wire` and `outbox` know no network; `opcua` carries them and reads any OPC UA server besides;
`collector` commits what arrives to the store and only then acknowledges it. Next door,
`twin.measuring` says what is measured, `twin.store` keeps it.
"""
