"""A client of XDS.b servers that says on the wire exactly what a test case wants said."""
