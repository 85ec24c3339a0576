"""MQTT: JSON by mapping, and Sparkplug B.

`connection` carries messages and acknowledges none before it is told so; `json_source` and
`sparkplug_source` say what they mean. Nothing here knows the store.
"""
