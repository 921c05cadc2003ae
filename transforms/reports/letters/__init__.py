"""Layout of letters and forms in Word: page, styles, tables."""
