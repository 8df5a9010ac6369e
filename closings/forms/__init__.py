"""The shape of what people type. Rules about the money are the services' own."""
