"""The only code that touches the world on behalf of workflows; it takes ports, never adapters."""
