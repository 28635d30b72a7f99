"""Pages of the workbench that belong to the branch itself."""
