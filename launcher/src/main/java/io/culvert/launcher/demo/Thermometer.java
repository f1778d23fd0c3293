package io.culvert.launcher.demo;

import java.util.Locale;

/** A room that warms up and cools down in waves, with a little noise. */
final class Thermometer {
  static final double COLDEST = 18;
  static final double WARMEST = 25;

  private int step;

  /** The next reading in °C, with one decimal. */
  String next() {
    double wave = Math.sin(step / 5.0) * 2.6;
    double noise = Math.sin(step * 12.9898) * 0.4;
    step++;
    return String.format(Locale.ROOT, "%.1f", (COLDEST + WARMEST) / 2 + wave + noise);
  }
}
