"""The AWS door: reads AWS's wire protocols, walks the road, and writes AWS's answers."""
