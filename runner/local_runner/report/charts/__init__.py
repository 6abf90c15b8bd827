"""Pictures of model quality."""
