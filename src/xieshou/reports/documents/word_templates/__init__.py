"""Templates that users write in Word: `{{ 指标(…) }}`, sentences with a condition, tables by county, charts."""
