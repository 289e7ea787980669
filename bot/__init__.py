"""The process: reads settings, wires everything, speaks Socket Mode or HTTP."""
