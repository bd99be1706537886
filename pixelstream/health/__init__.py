"""Whether everything runs, told three ways: to balancers, to Prometheus, and in words."""
