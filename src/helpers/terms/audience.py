"""For whom a page is made, and which tables of a year the public never sees."""

INTERNAL, PUBLIC = "internal", "public"
AUDIENCES = (INTERNAL, PUBLIC)
# The city's register, what leadership decided, and judgements on the city's work that no document prints.
UNPUBLISHED = ("register", "decisions", "effect_classes", "reason_codes")
# In tables whose rows a public page needs: the columns that say who decided inside the city hall, and why.
UNPUBLISHED_COLUMNS = {"acknowledged": ("reason", "acknowledged_by"), "corrections": ("corrected_by",)}
WITHHELD = "公表していない"
