"""What watches data and models: the runner's side of the package `model_monitor`, which has numpy."""
