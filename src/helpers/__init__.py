"""A city reform plan, from the published document to pages that can be acted on."""
