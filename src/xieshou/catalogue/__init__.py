"""Three plain lists: the forms that are taken in, the figures that are known, the records that post."""
