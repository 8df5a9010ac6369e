"""The shape of what people type. Whether it may be so is for the services to say."""
