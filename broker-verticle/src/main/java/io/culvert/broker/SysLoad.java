package io.culvert.broker;

import java.util.List;

/**
 * How much of something there was each minute, averaged over the last 1, 5 and 15 minutes; what was
 * long ago counts less and less, as in the load of a Unix system.
 */
final class SysLoad {
  private static final double SECONDS_PER_MINUTE = 60;

  private final String topic;
  private final List<Window> windows = List.of(new Window(1), new Window(5), new Window(15));
  private long before;

  /**
   * Nothing yet.
   *
   * @param topic below which the averages are published
   */
  SysLoad(String topic) {
    this.topic = topic;
  }

  String topic() {
    return topic;
  }

  List<Window> windows() {
    return windows;
  }

  /**
   * So much has come since the start.
   *
   * @param seconds since the last call
   */
  void update(long total, double seconds) {
    if (seconds <= 0) {
      return;
    }
    double perMinute = (total - before) * SECONDS_PER_MINUTE / seconds;
    before = total;
    windows.forEach(window -> window.update(perMinute, seconds));
  }

  /** One average. */
  static final class Window {
    private final int minutes;
    private double perMinute;

    private Window(int minutes) {
      this.minutes = minutes;
    }

    int minutes() {
      return minutes;
    }

    double perMinute() {
      return perMinute;
    }

    private void update(double now, double seconds) {
      double kept = Math.exp(-seconds / (minutes * SECONDS_PER_MINUTE));
      perMinute = now + kept * (perMinute - now);
    }
  }
}
