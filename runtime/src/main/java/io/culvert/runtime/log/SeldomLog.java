package io.culvert.runtime.log;

import org.slf4j.Logger;

/** Warns of what may happen with each message, once a minute. Single-threaded. */
public final class SeldomLog {
  private static final long PAUSE_MILLIS = 60_000;

  private final Logger log;
  private long nextMillis = Long.MIN_VALUE;
  private long unsaid;

  public SeldomLog(Logger log) {
    this.log = log;
  }

  /** Says it without what could break a line of the log. */
  public void warn(long nowMillis, String text) {
    if (nowMillis < nextMillis) {
      unsaid++;
      return;
    }
    String line = Printable.text(text);
    if (unsaid == 0) {
      log.warn(line);
    } else {
      log.warn("{} ({} times since it was last said)", line, unsaid + 1);
    }
    nextMillis = nowMillis + PAUSE_MILLIS;
    unsaid = 0;
  }
}
