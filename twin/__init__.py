"""The plant, in time: line model, records, store, live sources, monitoring and forecasts.

The only room that touches disk or network. The numbers come from `process_models`; people see
them through `dashboards` and the command `lacss` (`twin.cli`).
"""
