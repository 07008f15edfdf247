"""Bihuan (闭环): closed-loop administration of Party work in government agencies."""

__version__ = "0.1.0"
