"""The commands, a module to each family. Imported when one of the family is called."""
