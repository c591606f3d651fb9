"""HTTP and event handlers, shared by the Azure Function and by whatever else serves them."""
