"""What KPN's two interfaces share: tokens, stamps, words, error answers. Knows no field names of either."""
