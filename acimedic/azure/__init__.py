"""The edge to Azure: one transport, readers and a writer over the SDKs. SDK objects stop here."""
