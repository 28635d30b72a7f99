"""Small registers that come in as tables of their own: serving leaders, and those who serve.

A file is read (`sheets`), each row compared with what stands in the register (`comparing`) and, once confirmed,
written (`writing`). What a register's table looks like is data (`tables`).
"""
