"""Whole-broker benchmark: Culvert and Mosquitto on one machine, round by round. Python standard library only."""
