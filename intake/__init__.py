"""Reading other programs' exports and mapping their words to our commands; what is right, the domain decides."""
