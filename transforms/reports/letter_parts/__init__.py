"""Parts that letters and forms in Word share: page, styles, tables. The text is in the module of each letter."""
