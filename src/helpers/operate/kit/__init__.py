"""The kit for a closed network: `make` puts everything into one zip, `install` installs from it, `wheels` says what there is for whom."""
